package command

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"kvbench/internal/printable"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
	"kvbench/internal/secret"

	"github.com/spf13/cobra"
)

// baselineDir is the folder of the run that others are compared with.
const baselineDir = "results/baseline"

func newBaseline(secrets *secret.Set) *cobra.Command {
	var reason, out string
	baseline := &cobra.Command{
		Use:   "baseline",
		Short: "Keep the run that others are compared with",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	update := &cobra.Command{
		Use:   "update RUN",
		Short: "Make a run the baseline, and say why",
		Long: `Update replaces results/baseline/ by a run, for git to keep and for compare to hold
other runs against. It keeps the header, with the reason, and the totals of every
repeat, which is all that compare needs of it; intervals and charts it leaves out.
A run that did not run to its end is refused.`,
		Example: "  kvbench baseline update results/20260101-120000-scenarios --reason 'sessions are renewed once a minute'",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if reason = strings.TrimSpace(reason); reason == "" {
				return usage(errors.New("--reason is missing: say why this run is what others are to be compared with"))
			}
			run, err := openFile(c.Context(), args[0])
			if err != nil {
				return err
			}
			defer run.Close()
			if err := whole(run); err != nil {
				return usage(fmt.Errorf("%s can't be the baseline: %w", args[0], err))
			}
			size, err := writeBaseline(filepath.Join(out, runfile.FileName), run, reason, secrets)
			if err != nil {
				return err
			}
			fmt.Fprintf(c.OutOrStdout(), "%s is the baseline: %d variants, %d kB\n", printable.Line(run.Dir()), len(run.Variants), (size+999)/1000)
			return nil
		},
	}
	update.Flags().StringVar(&reason, "reason", "", "why, in a `SENTENCE`; it is kept in the file")
	update.Flags().StringVar(&out, "out", baselineDir, "write to this `DIR`")
	baseline.AddCommand(update)
	return baseline
}

// whole refuses a run that is not one to compare with: cut off, interrupted, without some of
// its shards, or with a variant that failed or did not run.
func whole(run *runfile.Run) error {
	switch {
	case run.CutOff:
		return errors.New("it was cut off")
	case run.Interrupted:
		return errors.New("it was interrupted")
	case run.Header.Shard != nil:
		return fmt.Errorf("it is shard %v of a run; kvbench merge puts them together", run.Header.Shard)
	case !run.Header.Whole():
		return errors.New("it is degraded: it was merged without some of its shards")
	}
	set, err := result.Of(run)
	if err != nil {
		return err
	}
	return set.Whole()
}

// writeBaseline writes a run without its intervals, and why it is the baseline,
// under a temporary name that it then renames. It returns the size in bytes.
func writeBaseline(path string, run *runfile.Run, reason string, secrets *secret.Set) (size int64, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return 0, err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".baseline-*")
	if err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name()) // what went wrong before says more than what goes wrong here
		}
	}()
	header := run.Header
	header.Baseline, header.Host = reason, "" // the machine's name is not for git
	w, err := runfile.NewWriter(f, header, secrets)
	for _, v := range run.Variants {
		if err != nil {
			break
		}
		to := w.Variant(v.Scenario, v.Variant, v.Repeat, v.Point...)
		if err = to.Begin(); err == nil {
			err = to.End(v)
		}
	}
	if err == nil {
		err = w.Close(false)
	}
	if err == nil {
		err = f.Chmod(0o644)
	}
	if info, statErr := f.Stat(); statErr == nil {
		size = info.Size()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return 0, err
	}
	return size, os.Rename(f.Name(), path)
}
