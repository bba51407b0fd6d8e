package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"kvbench/internal/answer"
	"kvbench/internal/printable"
	"kvbench/internal/runfile"
	"kvbench/internal/suggest"
	"kvbench/report"

	"github.com/spf13/cobra"
)

func newReport() *cobra.Command {
	var out, history string
	var last int
	var asJSON, verbose bool
	formats := report.DefaultFormats()
	c := &cobra.Command{
		Use:   "report RUN... | report --history DIR",
		Short: "Report on runs from their run files alone",
		Long: `Report reads what a run has written, also when the run was killed, and writes
its report anew: into the run's folder, or for one run the folder that --out
names.

With --history it says instead how every figure went over the runs in a folder,
in the order of their names, and where its level changed, and writes
history.html.`,
		Example: `  kvbench report results/20260101-120000-scenarios --format html,md
  kvbench report --history results`,
		Args: func(c *cobra.Command, args []string) error {
			switch given := c.Flags().Changed; {
			case history == "" && len(args) == 0:
				return errors.New("want a run to report on, or --history DIR")
			case history != "" && len(args) > 0:
				return errors.New("--history takes no runs beside its folder")
			case history != "" && given("format"):
				return errors.New("--format is for the report of a run; --history writes history.html")
			case history != "" && given("verbose"):
				return errors.New("--verbose is for the tables of a run")
			case asJSON && given("verbose"):
				return errors.New("--verbose is for tables; --json has every figure")
			case history == "" && given("last"):
				return errors.New("--last is for --history, which reports on the runs in a folder")
			case last < 1:
				return fmt.Errorf("--last %d: want 1 or more", last)
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			if history != "" {
				return reportHistory(c.Context(), history, out, last, asJSON, c.OutOrStdout(), c.ErrOrStderr())
			}
			if err := checkFormats(formats); err != nil {
				return usage(err)
			}
			if out != "" && len(args) > 1 {
				return usage(fmt.Errorf("--out takes one run, not %d", len(args)))
			}
			for _, path := range args {
				if err := reportRun(c, path, out, formats, asJSON, verbose); err != nil {
					return err
				}
			}
			return nil
		},
	}
	c.Flags().StringSliceVar(&formats, "format", formats, "write these `FORMATS`: "+strings.Join(report.Formats(), ", "))
	c.Flags().StringVar(&out, "out", "", "write to this `DIR`")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object instead of tables")
	c.Flags().BoolVar(&verbose, "verbose", false, "print every figure, fact and expectation")
	c.Flags().StringVar(&history, "history", "", "report on the history of the runs in this `DIR`")
	c.Flags().IntVar(&last, "last", 90, "with --history: show the `N` newest runs")
	return c
}

// reportRun writes the report of one run, to its folder where out is empty.
func reportRun(c *cobra.Command, path, out string, formats []string, asJSON, verbose bool) error {
	// A report keeps little of what it reads: collecting a third as often takes a
	// sixth of its time away, for 300 to 350 MB instead of 170 of the largest runs.
	defer debug.SetGCPercent(debug.SetGCPercent(250))
	a, err := openAs(c.Context(), path, answer.Of)
	if err != nil {
		return err
	}
	defer a.Set.Run.Close()
	if out == "" {
		out = filepath.Dir(a.Set.Run.Path)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return usage(err)
	}
	files, err := writeReport(c.Context(), c.ErrOrStderr(), out, a, formats)
	if err != nil {
		return err
	}
	if err := printRun(c.OutOrStdout(), a, asJSON, verbose); err != nil {
		return err
	}
	fmt.Fprintf(c.ErrOrStderr(), "%d files written to %s\n", len(files), printable.Line(out))
	return nil
}

func checkFormats(formats []string) error {
	for _, f := range formats {
		if !slices.Contains(report.Formats(), f) {
			return fmt.Errorf("--format %q is not known; %s", f, suggest.Mean(f, "the formats are", report.Formats()))
		}
	}
	return nil
}

// openAs opens a run and makes something of it: its figures, or what it says. Its errors
// are of usage.
func openAs[T any](ctx context.Context, path string, of func(*runfile.Run) (*T, error)) (*T, error) {
	return await(ctx, func() (*T, error) {
		run, err := runfile.Open(path)
		if err != nil {
			return nil, usage(err)
		}
		made, err := of(run)
		if err != nil {
			return nil, usage(errors.Join(fmt.Errorf("%s: %w", run.Path, err), run.Close()))
		}
		return made, nil
	})
}
