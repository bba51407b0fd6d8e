package command

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kvbench/internal/compare"
	"kvbench/internal/printable"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
	"kvbench/internal/secret"
	"kvbench/internal/suggest"
	"kvbench/internal/units"
	"kvbench/report"
	"kvbench/report/comparison"

	"github.com/spf13/cobra"
)

type compareOptions struct {
	minEffect string
	alpha     float64
	gate      bool
	json      bool
	formats   []string
	out       string
	run       bool
	drivers   []string
	settings  settings
	quiet     bool
	budget    dollars // for each side
}

// compareFormats are the formats of a comparison that --format knows.
var compareFormats = []string{"html", "svg", "png", "md", "json"}

func newCompare(secrets *secret.Set, open openURL) *cobra.Command {
	o := compareOptions{minEffect: "3%", alpha: compare.DefaultAlpha, settings: settings{secrets: secrets, openURL: open}}
	c := &cobra.Command{
		Use:   "compare BASE HEAD",
		Short: "Say what changed from one run to another, and gate on it",
		Long: `Compare holds every figure of two runs against each other and says better, worse,
the same, or that it can't tell and how many more repeats would.

In virtual time with the same seed nothing is left to chance: a mark, a count or a
price that differs at all did change. On the wall clock a difference counts when it
is at least --min-effect and a test of the repeats tells it from chance, after a
correction for the number of figures. Repeats that took turns, or that share their
seed, their definition and their machine, are pairs and are tested as such: ten of
them find a difference of 5 %; fewer than eight find none.

With --run, the arguments are scenario files, or one file for several --driver,
and compare runs both in turns, so that what the machine does meanwhile meets both
alike.`,
		Example: `  kvbench compare results/baseline results/20260101-120000-scenarios --gate
  kvbench compare --run a.yaml b.yaml --repeat 10
  kvbench compare --run a.yaml --driver embedded:// --driver 'embedded://?writes=strict' --out results/ab`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(c *cobra.Command, args []string) error {
			o.settings.note(c)
			return runCompare(c, args, o)
		},
	}
	f := c.Flags()
	f.StringVar(&o.minEffect, "min-effect", o.minEffect, "the smallest difference that matters, as a `SHARE` such as 3%")
	f.Float64Var(&o.alpha, "alpha", o.alpha, "the chance, 0 to 1, that a build compared with itself shows any difference")
	f.BoolVar(&o.gate, "gate", false, "exit with 3 when anything is worse, or did not run to its end")
	f.BoolVar(&o.json, "json", false, "print one JSON object instead of text")
	f.StringSliceVar(&o.formats, "format", nil, "write compare.FORMAT in these `FORMATS`: "+strings.Join(compareFormats, ", "))
	f.StringVar(&o.out, "out", "", "write to this `DIR`; HEAD's folder when there is none")
	f.BoolVar(&o.run, "run", false, "run both first, in turns: the arguments are scenario files")
	f.StringArrayVar(&o.drivers, "driver", nil, "with --run: the store of this `URL`; once for both, or twice, base first")
	f.StringSliceVar(&o.settings.only, "only", nil, "with --run: run only what matches this `GLOB`")
	f.StringVar(&o.settings.clock, "clock", "", "with --run: run in `auto|wall|virtual` time")
	f.DurationVar(&o.settings.duration, "duration", 0, "with --run: measure each variant for this `DURATION`")
	f.IntVar(&o.settings.repeat, "repeat", 0, "with --run: run each variant `N` times (default 10 on the wall clock)")
	f.Uint64Var(&o.settings.seed, "seed", 1, "with --run: the random `SEED`")
	f.BoolVar(&o.quiet, "quiet", false, "with --run: show no progress")
	workerdFlag(f, &o.settings)
	budgetFlag(f, &o.budget, "with --run: spend at most this many `USD` on stores that bill, on each side")
	return c
}

// options are the settings of the comparison itself.
func (o compareOptions) options() (compare.Options, error) {
	minEffect, err := units.ParseShare(o.minEffect)
	switch {
	case err != nil:
		return compare.Options{}, fmt.Errorf("--min-effect %q: %w", o.minEffect, err)
	case minEffect < 0 || minEffect >= 1:
		return compare.Options{}, fmt.Errorf("--min-effect %q: want 0%% to 99%%", o.minEffect)
	case !(o.alpha > 0 && o.alpha < 1):
		return compare.Options{}, fmt.Errorf("--alpha %v: want more than 0 and less than 1, such as %v", o.alpha, compare.DefaultAlpha)
	}
	for _, f := range o.formats {
		if !slices.Contains(compareFormats, f) {
			return compare.Options{}, fmt.Errorf("--format %q is not known; %s", f, suggest.Mean(f, "the formats are", compareFormats))
		}
	}
	return compare.Options{MinEffect: minEffect, Alpha: o.alpha}, nil
}

func runCompare(c *cobra.Command, args []string, o compareOptions) error {
	options, err := o.options()
	if err != nil {
		return usage(err)
	}
	var dirs [2]string
	var ran error
	if o.run {
		if dirs, ran, err = o.runBoth(c.Context(), args, c.ErrOrStderr()); err != nil {
			return err
		}
	} else if dirs, err = o.twoRuns(c, args); err != nil {
		return usage(err)
	}
	var sets [2]*result.Set
	for i, dir := range dirs {
		if sets[i], err = openAs(c.Context(), dir, result.Of); err != nil {
			return err
		}
		defer sets[i].Run.Close()
	}
	base, head := sets[0], sets[1]
	options.Interleaved = tookTurns(&base.Run.Header, &head.Run.Header)
	// A comparison fails by what its runs hold alone.
	changed, err := await(c.Context(), func() (*compare.Comparison, error) {
		changed, err := compare.Compare(base, head, options)
		return changed, usage(err)
	})
	if err != nil {
		return err
	}
	page, err := o.write(c.Context(), changed, base, head, c.ErrOrStderr())
	if err != nil {
		return err
	}
	if o.json {
		err = writeJSON(c.OutOrStdout(), changed)
	} else {
		out, done := folded(c.OutOrStdout())
		err = comparison.Terminal(out, changed, page)
		done()
	}
	switch {
	case err != nil:
		return err
	case ran != nil:
		return fmt.Errorf("not every variant ran to its end: %w", ran)
	case !o.gate || changed.Gate == "pass":
		return nil
	}
	return &statusError{status: exitUnmet, err: fmt.Errorf("the gate failed\n  %s", strings.Join(failures(changed.Failed), "\n  "))}
}

// mostFailures is the most failures of the gate that are told one by one.
const mostFailures = 10

// failures are the first of what the gate fails on, and how many more there are.
func failures(failed []string) []string {
	if n := len(failed) - mostFailures; n > 0 {
		return append(slices.Clone(failed[:mostFailures]), fmt.Sprintf("and %d more", n))
	}
	return failed
}

// twoRuns checks the arguments of a comparison of two runs.
func (o compareOptions) twoRuns(c *cobra.Command, args []string) (dirs [2]string, err error) {
	if err := alone(c, "run", "which runs scenario files; without it BASE and HEAD are runs",
		"driver", "only", "clock", "duration", "repeat", "seed", "quiet", "budget"); err != nil {
		return dirs, err
	}
	if c.Flags().Changed("out") && len(o.formats) == 0 {
		return dirs, errors.New("--out is for --format, which writes the comparison's files; without it there are none")
	}
	if len(args) != 2 {
		return dirs, errors.New("want two runs, BASE and HEAD, or --run and scenario files")
	}
	if sameFile(args[0], args[1]) {
		return dirs, fmt.Errorf("%s and %s are the same run: there is nothing to compare", args[0], args[1])
	}
	return [2]string(args), nil
}

// sameFile reports whether two paths lead to one run file.
func sameFile(a, b string) bool {
	var infos [2]os.FileInfo
	for i, path := range []string{a, b} {
		info, err := os.Stat(path)
		if err == nil && info.IsDir() {
			info, err = os.Stat(filepath.Join(path, runfile.FileName))
		}
		if err != nil {
			return false // opening it says why
		}
		infos[i] = info
	}
	return os.SameFile(infos[0], infos[1])
}

// write writes the comparison's files, and to told which it can't. page is the path of
// compare.html, if that is among them.
func (o compareOptions) write(ctx context.Context, c *compare.Comparison, base, head *result.Set, told io.Writer) (page string, err error) {
	dir := o.out
	if dir == "" {
		dir = head.Run.Dir()
	}
	chart, any := comparison.Chart(c)
	for _, format := range o.formats {
		var data []byte
		var err error
		if picture := format == "svg" || format == "png"; picture && !any {
			fmt.Fprintf(told, "Nothing changed: there is no picture for compare.%s.\n", format)
			continue
		}
		switch format {
		case "html":
			data, err = comparison.HTML(ctx, c, base, head)
		case "svg":
			data, err = chart.SVG()
		case "png":
			data, err = chart.PNG()
		case "md":
			data = comparison.Markdown(c)
		case "json":
			var out bytes.Buffer
			err = writeJSON(&out, c)
			data = out.Bytes()
		}
		if err != nil {
			return "", err
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return "", usage(err)
		}
		if err := report.WriteFile(filepath.Join(dir, "compare."+format), data); err != nil {
			return "", err
		}
		if format == "html" {
			page = filepath.Join(dir, "compare.html")
		}
	}
	return page, nil
}

// writeJSON writes one JSON object.
func writeJSON(w io.Writer, v any) error {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	text := printable.JSON(out.Bytes())
	if s, ok := w.(*secret.Writer); ok {
		return s.WriteJSON(text)
	}
	_, err := w.Write(text)
	return err
}
