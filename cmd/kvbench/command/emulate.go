package command

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"kvbench/drivers"
	"kvbench/drivers/rest"
	"kvbench/internal/clock"
	"kvbench/internal/emulator"
	"kvbench/internal/printable"
	"kvbench/internal/secret"
	"kvbench/internal/units"
	"kvbench/kv"

	"github.com/spf13/cobra"
)

type emulateOptions struct {
	listen     string
	remote     bool
	account    string
	namespaces []string
	fault      string
	limit      bool
	free       bool
	state      string
	every      time.Duration
	most       string // bytes of the state
	edgeReads  bool
	seed       uint64
	log        bool
	secrets    *secret.Set
}

func newEmulate(secrets *secret.Set) *cobra.Command {
	o := emulateOptions{secrets: secrets}
	c := &cobra.Command{
		Use:   "emulate [OPTION=VALUE...]",
		Short: "Serve an emulated Workers KV over HTTP, as Cloudflare's REST API does",
		Long: `Emulate serves namespaces in memory over HTTP as Cloudflare's REST API serves
Workers KV. Its arguments are options of the embedded store, each modelled:

  locations=3 profile=edge propagation=60s writes=strict

Unless they say otherwise it answers as soon as it can, and every write is seen
at once: profile=none propagation=0. With mode=instant the namespaces that it
begins with are of Workers KV Instant. The arguments may also be
those of faults, such as fault-from=60s fault-for=30s. The REST API of location
N is at /at/N/client/v4; reads there are answered by its cache. Those at /client/v4
ask the central store, unless --edge-reads has them asked of location 0.

A client needs the token of the environment's variable CLOUDFLARE_API_TOKEN; without
one a random token is made and shown.`,
		Example: `  kvbench emulate
  kvbench emulate --namespace sessions --namespace assets --state kv.state
  kvbench emulate locations=3 profile=edge propagation=60s writes=strict --fault partial-outage`,
		RunE: func(c *cobra.Command, args []string) error {
			if o.state == "" {
				if err := alone(c, "state", "which keeps what is stored in a file", "state-every", "state-max"); err != nil {
					return usage(err)
				}
			}
			return emulate(c.Context(), args, o, os.Getenv(rest.TokenVariable), c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	f := c.Flags()
	f.StringVar(&o.listen, "listen", "127.0.0.1:8787", "serve at this `ADDRESS`; port 0 takes a free one")
	f.BoolVar(&o.remote, "allow-remote-clients", false, "listen on an address that other machines can reach")
	f.StringVar(&o.account, "account", "0123456789abcdef0123456789abcdef", "the only account's `ID`")
	f.StringSliceVar(&o.namespaces, "namespace", []string{"bench"}, "there is a namespace of this `TITLE`, or TITLE=ID; may be given again")
	f.StringVar(&o.fault, "fault", "", "fail on purpose as this `PROFILE` of drivers/fault does, all the time unless fault-from or fault-for say when")
	f.BoolVar(&o.limit, "limit", false, "refuse calls beyond the REST API's 1,200 in 5 minutes")
	f.BoolVar(&o.free, "free-plan", false, "refuse operations beyond what the free plan includes in a day")
	f.StringVar(&o.state, "state", "", "keep what is stored in this `FILE`")
	f.DurationVar(&o.every, "state-every", 30*time.Second, "write the state at this `INTERVAL`, and at the end; 0 writes it at the end only")
	f.StringVar(&o.most, "state-max", "512MiB", "neither read nor write a state of more than this `SIZE`, unpacked and with 256 bytes for each line")
	f.BoolVar(&o.edgeReads, "edge-reads", false, "let location 0's cache answer the reads at /client/v4 too")
	f.Uint64Var(&o.seed, "seed", 1, "start everything random from here")
	f.BoolVar(&o.log, "log", false, "tell every call on stderr")
	return c
}

// modeOf takes the mode out of the arguments; the last one counts.
func modeOf(args []string) (mode string, rest []string) {
	for _, a := range args {
		if m, found := strings.CutPrefix(a, "mode="); found {
			mode = m
		} else {
			rest = append(rest, a)
		}
	}
	return mode, rest
}

// storeURL is the URL of the store that the arguments describe, but for its mode.
func (o emulateOptions) storeURL(args []string) (string, error) {
	options := slices.Clone(args)
	has := func(name string) bool {
		return slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, name+"=") })
	}
	for _, a := range args {
		if !strings.Contains(a, "=") || strings.ContainsAny(a, "&#") {
			return "", fmt.Errorf("%q: want OPTION=VALUE, such as locations=3", a)
		}
	}
	if o.fault != "" {
		options = append(options, "fault="+url.QueryEscape(o.fault))
		if !has("fault-from") && !has("fault-for") {
			options = append(options, "fault-from=0s", "fault-for=0s")
		}
	}
	if !has("profile") {
		options = append(options, "profile=none")
	}
	if !has("propagation") {
		options = append(options, "propagation=0")
	}
	return "embedded://?" + strings.Join(options, "&"), nil
}

// check refuses what no server can have, before anything is opened.
func (o emulateOptions) check() error {
	if n, err := units.ParseSize(o.most); err != nil {
		return fmt.Errorf("--state-max %w", err)
	} else if n == 0 {
		return fmt.Errorf("--state-max %s: want more, such as 512MiB", o.most)
	}
	host, _, err := net.SplitHostPort(o.listen)
	if err != nil {
		return fmt.Errorf("--listen %q: want HOST:PORT, such as 127.0.0.1:8787", o.listen)
	}
	if ip := net.ParseIP(host); !o.remote && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("--listen %q can be reached from other machines: want a loopback address such as 127.0.0.1, "+
			"or say --allow-remote-clients", o.listen)
	}
	if o.every < 0 {
		return fmt.Errorf("--state-every %v: want 0 or more, such as 30s", o.every)
	}
	return nil
}

func emulate(ctx context.Context, args []string, o emulateOptions, token string, stdout, stderr io.Writer) (err error) {
	if err := o.check(); err != nil {
		return usage(err)
	}
	mode, args := modeOf(args)
	url, err := o.storeURL(args)
	if err != nil {
		return usage(err)
	}
	clk := clock.NewWall()
	open := func(mode string) (kv.Store, error) {
		url := url
		if mode != "" {
			url += "&mode=" + mode
		}
		store, err := drivers.Open(url, drivers.Env{Clock: clk, Seed: o.seed})
		if phased, ok := store.(kv.Phased); err == nil && ok {
			phased.BeginLoad(clk.Now()) // it is under load from now on
		}
		return store, err
	}
	made := token == ""
	if made {
		token = rand.Text()
	}
	most, _ := units.ParseSize(o.most) // which check has done
	server, err := emulator.New(emulator.Config{
		Account: o.account, Token: token, Open: open, Limit: o.limit, Free: o.free, Clock: clk,
		EdgeReads: o.edgeReads, StateLimit: int64(most),
	})
	if err != nil {
		return usage(err)
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	if o.state != "" {
		unlock, err := emulator.Lock(o.state)
		if err != nil {
			return usage(err)
		}
		defer unlock() // as the end of the process would
		switch err := server.Load(ctx, o.state); {
		case err != nil && ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return usage(tooMuch(err))
		}
	}
	for _, text := range o.namespaces {
		title, id, _ := strings.Cut(text, "=")
		if err := server.EnsureNamespace(emulator.Namespace{ID: id, Title: title, Mode: emulator.ModeOf(mode)}); err != nil {
			return usage(err)
		}
	}
	defer finish(ctx)() // what has been changed is written at the end
	l, err := net.Listen("tcp", o.listen)
	if err != nil {
		return usage(err)
	}
	var greeting bytes.Buffer
	o.greet(&greeting, server, l.Addr(), token, made)
	if _, err := stdout.Write(greeting.Bytes()); err != nil { // nobody would know the token
		return errors.Join(fmt.Errorf("writing the output: %w", err), l.Close())
	}
	o.secrets.Add(token) // from now on: one that was made had to be shown

	errs := log.New(stderr, "kvbench: ", 0)
	var h http.Handler = server
	if o.log {
		h = logged(server, errs)
	}
	saved := make(chan struct{})
	serving, stop := context.WithCancel(ctx)
	go func() {
		defer close(saved)
		o.save(serving, server, errs)
	}()
	err = server.Serve(ctx, l, h, errs)
	stop()
	<-saved
	if o.state != "" {
		err = errors.Join(err, tooMuch(server.Save(o.state)))
	}
	return err
}

// tooMuch says what can be done about a state that is too large.
func tooMuch(err error) error {
	if errors.Is(err, emulator.ErrStateLimit) {
		return fmt.Errorf("%w; --state-max says how much it may have", err)
	}
	return err
}

// save writes the state every so often, until ctx is done.
func (o emulateOptions) save(ctx context.Context, server *emulator.Server, errs *log.Logger) {
	if o.state == "" || o.every == 0 {
		return
	}
	tick := time.NewTicker(o.every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := server.Save(o.state); err != nil {
				errs.Print(tooMuch(err))
			}
		}
	}
}

// greet says where the server is, and what a client needs.
func (o emulateOptions) greet(w io.Writer, server *emulator.Server, at net.Addr, token string, made bool) {
	fmt.Fprintf(w, "Workers KV, emulated, at http://%s/client/v4\n", at)
	fmt.Fprintf(w, "account    %s\n", printable.Line(o.account))
	if made {
		fmt.Fprintf(w, "token      %s  (made for this run; set %s to choose one)\n", token, rest.TokenVariable)
	} else {
		fmt.Fprintf(w, "token      that of %s\n", rest.TokenVariable)
	}
	namespaces := server.Namespaces()
	for _, n := range namespaces {
		fmt.Fprintf(w, "namespace  %s  %s", printable.Line(n.ID), printable.Line(n.Title))
		for _, fact := range []string{n.Mode, n.Jurisdiction} {
			if fact != "" {
				fmt.Fprintf(w, "  (%s)", fact)
			}
		}
		fmt.Fprintln(w)
	}
	if len(namespaces) > 0 {
		capabilities := namespaces[0].Store.Capabilities()
		for _, source := range capabilities.Sources {
			fmt.Fprintf(w, "modelled   %s\n", source)
		}
		if !capabilities.Modelled {
			fmt.Fprintln(w, "latency    none modelled: it is this machine's (profile=edge models one)")
		}
	}
	fmt.Fprintln(w, "Ctrl-C stops it.")
}
