// Package command is the command line of kvbench, one file a verb, for kvbench itself and
// for a kvbench with drivers of one's own.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"

	"kvbench/drivers"
	"kvbench/internal/fleet"
	"kvbench/internal/printable"
	"kvbench/internal/runfile"
	"kvbench/internal/secret"
	"kvbench/kv"
)

// The exit statuses of kvbench.
const (
	exitOK          = 0
	exitFailed      = 1   // the run failed
	exitUsage       = 2   // the command or the file was wrong, nothing was run
	exitUnmet       = 3   // it ran, but an expectation was not met
	exitInterrupted = 130 // what was measured is kept
)

// statusError is an error that decides the exit status.
type statusError struct {
	status int
	err    error  // nil: what it is about has been said
	out    string // for stdout
}

func (e *statusError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *statusError) Unwrap() error { return e.err }

// usage makes err one of the command or its files.
func usage(err error) error {
	if err == nil {
		return nil
	}
	return &statusError{status: exitUsage, err: err}
}

// Main runs the command line of the process with a table of drivers, such as those of
// drivers.Table and one more, and returns its exit status.
func Main(table []kv.Driver) int {
	asked := os.Getenv(childVariable) != ""
	if !asked && children && mayHaveWorker(os.Args[1:]) {
		return supervise(os.Args[1:])
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	var told *parent
	if asked {
		ctx, told = asChild(ctx)
		defer told.tell(toldDone, "")
		defer runtime.KeepAlive(make([]byte, ballast))
	}
	ctx = watchScripts(ctx, longestTask)
	ctx = endAfter(ctx, func() {
		if stuck, ok := errors.AsType[*stuckError](context.Cause(ctx)); ok {
			fmt.Fprintf(os.Stderr, "kvbench: %v; what was measured until then is kept\n", stuck)
			told.tell(toldDone, "")
			os.Exit(exitFailed)
		}
		fmt.Fprintln(os.Stderr, "kvbench: interrupted, and ended in the middle of what takes long")
		told.tell(toldDone, "")
		os.Exit(exitInterrupted)
	})
	if os.Getenv("GOMEMLIMIT") == "" { // near it more is collected, rather than that the system ends the process
		debug.SetMemoryLimit(int64(0.9 * mostMemory()))
	}
	return executeWith(ctx, table, os.Args[1:], os.Stdout, os.Stderr)
}

// ballast is memory of a child that nothing touches, so that the system gives none for it. The
// collector counts it, and begins when as much again was allocated as there is: scripts make
// much garbage, of which little lives, and what lives of them is looked through several times less
// often. A child so has this much more memory at most.
const ballast = 32 << 20

// asChild makes the process the child of one that looks after it.
func asChild(ctx context.Context) (context.Context, *parent) {
	_ = os.Unsetenv(childVariable)
	p := &parent{to: os.NewFile(4, "parent"), crash: os.Stderr}
	os.Stderr = os.NewFile(3, "stderr")
	limitAddresses(0)
	return context.WithValue(ctx, parentKey{}, p), p
}

// execute is executeWith kvbench's own drivers.
func execute(ctx context.Context, args []string, stdout, stderr io.Writer) (status int) {
	return executeWith(ctx, drivers.Table(), args, stdout, stderr)
}

// executeWith runs a command line and returns its exit status. The result goes to
// stdout; progress and errors go to stderr. What is known to be secret goes nowhere.
func executeWith(ctx context.Context, table []kv.Driver, args []string, stdout, stderr io.Writer) (status int) {
	secrets := knownSecrets(table, args)
	told := &output{Writer: stdout}
	out, errs := secrets.Writer(told), secrets.Writer(stderr)
	defer errs.Flush()
	defer caught(errs, &status)
	log.SetOutput(errs) // where net/http quotes what a server sends unasked
	defer log.SetOutput(os.Stderr)
	root := newRoot(secrets, table)
	root.SetArgs(args)
	root.SetFlagErrorFunc(flagErrors(args)) // of all below it too
	root.SetOut(out)
	root.SetErr(errs)
	err := root.ExecuteContext(ctx)
	if s := new(statusError); errors.As(err, &s) && s.out != "" {
		_, _ = io.WriteString(out, s.out) // whose failure is told below
	}
	if flushed := out.Flush(); err == nil {
		err = flushed
	}
	if failed := told.failure(); err == nil || failed != nil && errors.Is(err, told.err) {
		err = failed
	}
	if err == nil {
		return exitOK
	}
	var s *statusError
	if damage := new(runfile.DamageError); errors.As(err, &damage) && !errors.As(err, &s) {
		err = usage(err)
	}
	if stuck, ok := errors.AsType[*stuckError](context.Cause(ctx)); ok {
		err = fmt.Errorf("%w (%w)", stuck, err)
		fmt.Fprintln(errs, "kvbench:", printable.Text(err.Error()))
		return exitFailed
	}
	if errors.Is(err, context.Canceled) && !errors.As(err, &s) {
		s = &statusError{status: exitInterrupted, err: errors.New("interrupted")}
		err = s
	}
	if err.Error() != "" {
		fmt.Fprintln(errs, "kvbench:", printable.Text(err.Error()))
	}
	if errors.As(err, &s) {
		return s.status
	}
	return exitFailed
}

// knownSecrets are those of the environment, which drivers take from there, and of the command line; what a scenario file
// takes from the environment is added when it is read.
func knownSecrets(table []kv.Driver, args []string) *secret.Set {
	var s secret.Set
	for _, d := range table {
		for _, name := range d.Secrets {
			s.Add(os.Getenv(name))
		}
	}
	s.Add(os.Getenv(fleet.TokenVariable))
	for _, a := range args {
		s.AddURLs(a)
	}
	return &s
}

// caught tells of a panic as Go would, but for the secrets, and makes it a failure.
// Deferred, it catches those of the command's own goroutine.
func caught(errs io.Writer, status *int) {
	if p := recover(); p != nil {
		fmt.Fprintf(errs, "kvbench: panic: %v\n\n%s", p, debug.Stack())
		*status = exitFailed
	}
}

func newRoot(secrets *secret.Set, table []kv.Driver) *cobra.Command {
	open := func(url string, env kv.Env) (kv.Store, error) { return drivers.OpenWith(table, url, env) }
	root := &cobra.Command{
		Use:   "kvbench",
		Short: "Load-testing and benchmark suite for Cloudflare Workers KV",
		Long: `kvbench says for each way to use Workers KV how fast it is, how right it is and
what it costs.

Exit status: 0 all well; 1 the run failed; 2 the command or the file was wrong
and nothing was run; 3 an expectation was not met; 130 interrupted, and what was
measured is kept.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		Version:       readBuild().String(),
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.AddCommand(newRun(secrets, open), newReport(), newAdvise(), newCompare(secrets, open), newBaseline(secrets), newList(secrets, table),
		newMerge(), newAgent(table), newCheck(secrets, open), newVerify(secrets, open), newSchema(), newEmulate(secrets), newClean(secrets, open))
	root.SetVersionTemplate("{{.Version}}\n")
	root.InitDefaultCompletionCmd()
	refuse(root)
	root.SetHelpCommand(newHelp())
	return root
}

// newHelp is cobra's own, but for a topic that there is not.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Help about any command",
		RunE: func(c *cobra.Command, args []string) error {
			about, rest, err := c.Root().Find(args)
			switch {
			case err != nil:
				return usage(err)
			case len(rest) > 0:
				return unknownCommand(about, rest[0])
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
	}
}
