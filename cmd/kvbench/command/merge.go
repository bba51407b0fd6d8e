package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kvbench/internal/answer"
	"kvbench/internal/merge"
	"kvbench/internal/printable"
	"kvbench/internal/runfile"
	"kvbench/report"

	"github.com/spf13/cobra"
)

type mergeOptions struct {
	out     string
	missing bool
	formats []string
	json    bool
	verbose bool
}

func newMerge() *cobra.Command {
	o := mergeOptions{formats: report.DefaultFormats()}
	c := &cobra.Command{
		Use:   "merge RUN...",
		Short: "Put the shards of a run together",
		Long: `Merge puts the shards of a run, each made by kvbench run --shard, together into
one run, and reports on it. Nothing is lost: counts and histograms are added up as
they are. In virtual time the run file is that of one process.

A shard that is missing, that is there twice, that was cut off or interrupted, or
that is of another run is refused by its name. With --allow-missing the run is put
together of what there is, and says that it is degraded wherever it is shown.`,
		Example: `  kvbench run my.yaml --shard 0/2 --out shards/0
  kvbench run my.yaml --shard 1/2 --out shards/1
  kvbench merge shards/0 shards/1 --out results/whole`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("name the folders or run files of the shards, such as shards/0 shards/1")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkFormats(o.formats); err != nil {
				return usage(err)
			}
			return mergeRuns(c.Context(), args, o, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	f := c.Flags()
	f.StringVar(&o.out, "out", "", "write to this `DIR`")
	f.BoolVar(&o.missing, "allow-missing", false, "merge what there is where shards are missing, doubled, cut off or of another run, and say so")
	f.StringSliceVar(&o.formats, "format", o.formats, "write the report in these `FORMATS`: "+strings.Join(report.Formats(), ", "))
	f.BoolVar(&o.json, "json", false, "print one JSON object instead of tables")
	f.BoolVar(&o.verbose, "verbose", false, "print every figure, fact and expectation")
	return c
}

func mergeRuns(ctx context.Context, paths []string, o mergeOptions, stdout, stderr io.Writer) error {
	var runs []*runfile.Run
	defer func() {
		for _, r := range runs {
			r.Close()
		}
	}()
	var unread []error
	for _, path := range paths {
		r, err := openFile(ctx, path)
		switch {
		case err == nil:
			runs = append(runs, r)
		case !o.missing || !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, runfile.ErrNoHeader):
			return err
		default: // a shard that was killed early has left none, or an empty one
			unread = append(unread, err)
			fmt.Fprintf(stderr, "WARNING %s; it is left out\n", printable.Line(err.Error()))
		}
	}
	if len(runs) == 0 {
		return errors.Join(unread...)
	}
	set, err := merge.Of(runs)
	if err != nil {
		return usage(err)
	}
	if len(set.Faults) > 0 {
		var faults []error
		for _, f := range set.Faults {
			faults = append(faults, f)
		}
		if !o.missing {
			return usage(fmt.Errorf("%w\n--allow-missing merges what there is, and says so", errors.Join(faults...)))
		}
		for _, f := range faults {
			fmt.Fprintln(stderr, "WARNING", printable.Line(f.Error()))
		}
	}
	dir := runDir(o.out, runs[0].Header.File)
	file, err := createRun(dir)
	if err != nil {
		return err
	}
	command := []string{"kvbench merge"}
	for _, path := range paths {
		command = append(command, quote(path))
	}
	if err := errors.Join(set.Write(file, strings.Join(command, " ")), file.Close()); err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return reportMerged(ctx, dir, o, stdout, stderr)
}

// reportMerged reports on a merged run from its file alone.
func reportMerged(ctx context.Context, dir string, o mergeOptions, stdout, stderr io.Writer) error {
	a, err := openAs(ctx, dir, answer.Of)
	if err != nil {
		return err
	}
	defer a.Set.Run.Close()
	if _, err := writeReport(ctx, stderr, dir, a, o.formats); err != nil {
		return err
	}
	if err := printRun(stdout, a, o.json, o.verbose); err != nil {
		return err
	}
	if !o.json && slices.Contains(o.formats, "html") {
		fmt.Fprintf(stdout, "\nAnswers and charts: %s\n", printable.Line(filepath.Join(dir, "report.html")))
	}
	return unmet(a)
}
