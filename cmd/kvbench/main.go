// Kvbench is a load-testing and benchmark suite for Cloudflare Workers KV: it
// says for each usage pattern how fast it is, how right it is and what it costs.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"kvbench/internal/printable"
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
	err    error
}

func (e *statusError) Error() string { return e.err.Error() }
func (e *statusError) Unwrap() error { return e.err }

// usage makes err one of the command or its files.
func usage(err error) error {
	if err == nil {
		return nil
	}
	return &statusError{exitUsage, err}
}

func main() { os.Exit(kvbench()) }

// kvbench runs the command line of the process.
func kvbench() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	return execute(ctx, os.Args[1:], os.Stdout, os.Stderr)
}

// execute runs a command line and returns its exit status. The result goes to
// stdout; progress and errors go to stderr.
func execute(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	var s *statusError
	if errors.Is(err, context.Canceled) && !errors.As(err, &s) {
		s = &statusError{exitInterrupted, errors.New("interrupted")}
		err = s
	}
	fmt.Fprintln(stderr, "kvbench:", printable.Text(err.Error()))
	if errors.As(err, &s) {
		return s.status
	}
	return exitFailed
}

func newRoot() *cobra.Command {
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
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.AddCommand(newRun(), newReport(), newAdvise(), newCompare(), newBaseline(), newList(), newCheck(), newEmulate(), newClean())
	for _, c := range append(root.Commands(), root) {
		c.SetFlagErrorFunc(flagError)
		if check := c.Args; check != nil {
			c.Args = func(c *cobra.Command, args []string) error { return usage(check(c, args)) }
		}
	}
	return root
}
