package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kvbench/internal/compare"
	"kvbench/internal/runfile"
	"kvbench/internal/suggest"
	"kvbench/report"

	"github.com/spf13/cobra"
)

func newReport() *cobra.Command {
	var out string
	var asJSON bool
	formats := report.DefaultFormats()
	c := &cobra.Command{
		Use:   "report RUN...",
		Short: "Report on runs from their run files alone",
		Long: `Report reads what a run has written, also when the run was killed, and writes
its report anew: into the run's folder, or for one run the folder that --out
names.`,
		Example: "  kvbench report results/20260101-120000-scenarios --format html,md",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkFormats(formats); err != nil {
				return usage(err)
			}
			if out != "" && len(args) > 1 {
				return usage(fmt.Errorf("--out takes one run, not %d", len(args)))
			}
			for _, path := range args {
				run, err := runfile.Open(path)
				if err != nil {
					return usage(err)
				}
				results, err := compare.Evaluate(run)
				if err != nil {
					return err
				}
				dir := out
				if dir == "" {
					dir = filepath.Dir(run.Path)
				}
				if err := os.MkdirAll(dir, 0o755); err != nil {
					return usage(err)
				}
				files, err := report.Write(dir, run, formats, expectations(results))
				if err != nil {
					return err
				}
				if err := printRun(c.OutOrStdout(), run, results, asJSON); err != nil {
					return err
				}
				fmt.Fprintf(c.ErrOrStderr(), "%d files written to %s\n", len(files), dir)
			}
			return nil
		},
	}
	c.Flags().StringSliceVar(&formats, "format", formats, "write these `FORMATS`: "+strings.Join(report.Formats(), ", "))
	c.Flags().StringVar(&out, "out", "", "write to this `DIR`")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object instead of tables")
	return c
}

func checkFormats(formats []string) error {
	for _, f := range formats {
		if !slices.Contains(report.Formats(), f) {
			return fmt.Errorf("--format %q is not known; %s", f, suggest.Mean(f, "the formats are", report.Formats()))
		}
	}
	return nil
}
