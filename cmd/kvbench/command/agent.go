package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"kvbench/internal/fleet"
	"kvbench/internal/printable"
	"kvbench/internal/runfile"
	"kvbench/kv"

	"github.com/spf13/cobra"
)

type agentOptions struct {
	nats     string
	once     bool
	wait     time.Duration
	parallel int
	table    []kv.Driver
}

func newAgent(table []kv.Driver) *cobra.Command {
	o := agentOptions{table: table}
	c := &cobra.Command{
		Use:   "agent --nats URL",
		Short: "Run shards of the runs that leaders ask for",
		Long: `Agent waits for runs that are led by kvbench run --agents, takes shards of them, and
sends what it measures to their leader, over a NATS server.

A shard is a process of its own. One that an agent did not end, as it was killed or
cut off, is run again by another agent in virtual time; on the wall clock the run is
degraded, and says so.

What drivers need, such as a token of Cloudflare's, an agent has in its own
environment: nothing secret is sent. Whoever may use the NATS server decides what
agents run.

KVBENCH_NATS_TOKEN is the server's token, or KVBENCH_NATS_CREDS names a file of
credentials; KVBENCH_NATS_CA one of certificates that those of tls:// are held
against.`,
		Example: `  kvbench agent --nats nats://127.0.0.1:4222 --once
  kvbench agent --nats tls://nats.example.com:4222`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			switch {
			case o.nats == "":
				return usage(errors.New("--nats is missing: the URL of the NATS server of the leader, which kvbench run --agents tells"))
			case o.wait <= 0:
				return usage(fmt.Errorf("--wait %v: want more than 0", o.wait))
			case o.parallel < 0 || o.parallel > maxParallel:
				return usage(fmt.Errorf("--parallel %d: want 0, for one shard on each core, or at most %d", o.parallel, maxParallel))
			}
			return serveAgent(c.Context(), o, c.ErrOrStderr())
		},
	}
	f := c.Flags()
	f.StringVar(&o.nats, "nats", "", "the NATS server's `URL`, nats:// or tls://")
	f.BoolVar(&o.once, "once", false, "end after one run")
	f.DurationVar(&o.wait, "wait", 10*time.Minute, "wait this `DURATION` for the NATS server, and with --once for a run")
	f.IntVar(&o.parallel, "parallel", 0, "run up to `N` shards in virtual time at once; 0 is one for each core")
	return c
}

// agent runs shards.
type agent struct {
	agentOptions
	worker *fleet.Worker
	told   func(format string, args ...any)
}

func serveAgent(ctx context.Context, o agentOptions, stderr io.Writer) error {
	me := machine()
	access, err := accessOf(o.nats, o.wait, "kvbench agent on "+me.Host, os.Getenv)
	if err != nil {
		return usage(err)
	}
	var mu sync.Mutex
	a := &agent{agentOptions: o, told: func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(stderr, format+"\n", args...)
	}}
	access.Told = func(text string) { a.told("%s", printable.Line(text)) }
	conn, err := fleet.Connect(ctx, access)
	if err != nil {
		return refusedByServer(err)
	}
	defer conn.Close()
	beating, stop := context.WithCancel(ctx)
	defer stop()
	lanes := o.parallel
	if lanes == 0 {
		lanes = runtime.GOMAXPROCS(0)
	}
	if a.worker, err = fleet.NewWorker(beating, conn, me.Host, me.CPUs, lanes, me.Version); err != nil {
		return err
	}
	defer a.worker.Leave()
	a.told("waiting for a run at %s", printable.Line(o.nats))
	done := map[string]bool{}
	for {
		waiting, end := ctx, func() {}
		if o.once {
			waiting, end = context.WithTimeout(ctx, o.wait)
		}
		call, err := a.worker.Await(waiting, func(job string) bool { return done[job] })
		end()
		if err != nil {
			if ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
				return fmt.Errorf("no run was led at %s for %v", o.nats, o.wait)
			}
			return refusedByServer(err)
		}
		why, err := a.serve(ctx, call)
		if err != nil {
			return refusedByServer(err)
		}
		done[call.Job] = true
		a.told("%s", strings.TrimSpace("run "+call.Job+" is over "+printable.Line(why)))
		if o.once {
			return nil
		}
	}
}

// serve takes part in one run.
func (a *agent) serve(ctx context.Context, call fleet.Call) (why string, err error) {
	if mine := machine().Version; call.Version != mine {
		err := fmt.Errorf("run %s is led by kvbench %.60s, and this agent is %s: they are to be the same", call.Job, printable.Line(call.Version), mine)
		a.worker.Refuse(call.Job, err.Error())
		return "", usage(err)
	}
	text, err := a.worker.Plan(ctx, call.Job)
	if err != nil {
		return "", err
	}
	p, want, err := readFleetPlan(text)
	if err == nil {
		err = a.canRun(want)
	}
	if err != nil {
		a.worker.Refuse(call.Job, err.Error())
		return "", usage(err)
	}
	dir, err := os.MkdirTemp("", "kvbench-agent-*")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	carried, err := p.unpack(dir)
	if err != nil {
		return "", err
	}
	a.told("run %s: %d shards", call.Job, p.Shards)
	env := a.environment(os.Environ(), want)
	return a.worker.Serve(ctx, call, func(ctx context.Context, c *fleet.Claim) error {
		return a.shard(ctx, &shardRun{plan: p, want: want, dir: filepath.Join(dir, planFolder), carried: carried, env: env, claim: c})
	})
}

// canRun refuses a run whose results would be of another kind than those of its other shards.
func (a *agent) canRun(want *runfile.Header) error {
	me := machine()
	for _, f := range []struct{ name, want, have string }{{"Go", want.Go, me.Go}, {"system", want.OS + "/" + want.Arch, me.OS + "/" + me.Arch}} {
		if f.want != f.have {
			return fmt.Errorf("the leader's %s is %s, and this agent's %s: they are to be the same", f.name, f.want, f.have)
		}
	}
	return nil
}
