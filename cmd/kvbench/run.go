package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"kvbench/internal/expect"
	"kvbench/internal/load"
	"kvbench/internal/printable"
	"kvbench/internal/runfile"
	"kvbench/report"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

type runOptions struct {
	settings
	out     string
	formats []string
	json    bool
	quiet   bool
	budget  dollars
}

func newRun() *cobra.Command {
	o := runOptions{formats: report.DefaultFormats()}
	c := &cobra.Command{
		Use:   "run [scenarios.yaml]",
		Short: "Run scenarios and report on them",
		Long: `Run runs the scenarios of a file: ./scenarios.yaml, or the built-in copy of the
shipped one where there is none. It writes run.jsonl as it goes, then report.html
and charts, to results/<time>-<name> or the folder that --out names.`,
		Example: `  kvbench run
  kvbench run --only 'coalesce-*' --seed 7
  kvbench run my.yaml --driver 'embedded://?locations=3&profile=edge' --clock wall --duration 30s`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			o.seeded = c.Flags().Changed("seed")
			return runScenarios(c.Context(), args, o, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	f := c.Flags()
	f.StringVar(&o.driver, "driver", "", "run every scenario on the store of this `URL`")
	f.StringSliceVar(&o.only, "only", nil, "run only what matches this `GLOB`: a scenario, or SCENARIO/VARIANT")
	f.StringVar(&o.clock, "clock", "", "run in `auto|wall|virtual` time")
	f.DurationVar(&o.duration, "duration", 0, "measure each variant for so long; a shorter one shortens its warm-up as well")
	f.IntVar(&o.repeat, "repeat", 0, "run each variant so often")
	f.Uint64Var(&o.seed, "seed", 1, "start everything random from here")
	budgetFlag(f, &o.budget, "spend at most so many `USD` on stores that bill, the clean-up included")
	f.StringVar(&o.out, "out", "", "write to this `DIR`")
	f.StringSliceVar(&o.formats, "format", o.formats, "write the report in these `FORMATS`: "+strings.Join(report.Formats(), ", "))
	f.BoolVar(&o.json, "json", false, "print one JSON object instead of tables")
	f.BoolVar(&o.quiet, "quiet", false, "show no progress")
	return c
}

// maxRepeats is as in a scenario file.
const maxRepeats = 1000

// check refuses values that no run can have.
func (o runOptions) check() error {
	switch {
	case o.clock != "" && o.clock != "auto" && o.clock != "wall" && o.clock != "virtual":
		return fmt.Errorf("--clock %q: want auto, wall or virtual", o.clock)
	case o.duration < 0:
		return fmt.Errorf("--duration %v: want more than 0, such as 30s", o.duration)
	case o.duration > load.MaxTime:
		return fmt.Errorf("--duration %v: want at most %v, which is 400 days", o.duration, load.MaxTime)
	case o.repeat < 0 || o.repeat > maxRepeats:
		return fmt.Errorf("--repeat %d: want 1 or more, and at most %d", o.repeat, maxRepeats)
	}
	return checkFormats(o.formats)
}

func runScenarios(ctx context.Context, args []string, o runOptions, stdout, stderr io.Writer) error {
	if err := o.check(); err != nil {
		return usage(err)
	}
	file, err := loadFile(args)
	if err != nil {
		return err
	}
	p, err := newPlan(file, o.settings)
	if err != nil {
		return err
	}
	return p.execute(ctx, o, stdout, stderr)
}

// execute runs the plan if it can be afforded.
func (p *plan) execute(ctx context.Context, o runOptions, stdout, stderr io.Writer) error {
	allowed, stop := p.allow(ctx, o.budget)
	defer stop()
	if err := p.afford(allowed, o.budget, stderr); err != nil {
		return err
	}
	return p.carryOut(allowed, ctx, o, stdout, stderr)
}

// carryOut runs the plan, cleans up, and reports on what the run file then holds. ctx is
// done when the user or the budget ends the run; user only with the user, and ends the
// report too. The report of a run that was interrupted is given the grace.
func (p *plan) carryOut(ctx, user context.Context, o runOptions, stdout, stderr io.Writer) error {
	if err := p.reach(ctx); err != nil {
		return err
	}
	dir, err := makeDir(o.out, p.file.Name)
	if err != nil {
		return err
	}
	if !o.quiet {
		for _, text := range p.warnings() {
			fmt.Fprintln(stderr, "WARNING", printable.Line(text))
		}
	}
	runErr := p.run(ctx, dir, newProgress(stderr, o.quiet, p))
	interrupted := p.interrupted(ctx)
	told := stderr
	if o.quiet {
		told = io.Discard
	}
	cleanErr := p.cleanUp(ctx, dir, told)
	if cleanErr != nil {
		fmt.Fprintln(stderr, "kvbench:", printable.Text(cleanErr.Error()))
	}
	if runErr != nil && !interrupted {
		fmt.Fprintln(stderr, "kvbench:", printable.Text(runErr.Error()))
	}

	// From here on only what the run file holds counts.
	run, err := runfile.Open(dir)
	if err != nil {
		return err
	}
	defer run.Close()
	results, err := held(run)
	if err != nil {
		return err
	}
	if interrupted {
		var stop func()
		user, stop = context.WithTimeout(context.WithoutCancel(user), grace)
		defer stop()
	}
	summary, _, err := writeReport(user, told, dir, run, results, o.formats)
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return &statusError{exitInterrupted, fmt.Errorf("interrupted; what was measured is in %s, and kvbench report %[1]s draws it", dir)}
	case err != nil:
		return err
	}
	if err := printRun(stdout, &summary, o.json); err != nil {
		return err
	}
	if !o.quiet && !o.json && slices.Contains(o.formats, "html") {
		fmt.Fprintf(stdout, "\nAnswers and charts: %s\n", filepath.Join(dir, "report.html"))
	}
	switch {
	case interrupted:
		return &statusError{exitInterrupted, errors.New("interrupted; what was measured is in " + dir)}
	case runErr != nil:
		return errors.New("the run failed; what was measured is in " + dir)
	case cleanErr != nil:
		return errors.New("the clean-up failed; what was measured is in " + dir)
	}
	return unmet(results)
}

// expectations are the results as the report shows them.
func expectations(results []expect.Result) []report.Expectation {
	out := make([]report.Expectation, len(results))
	for i, r := range results {
		out[i] = report.Expectation{Scenario: r.Scenario, Expect: r.Text, Variant: r.Variant, Have: r.Have, Want: r.Want, OK: r.OK}
		if v, ok := r.Value.Value(); ok {
			out[i].Value = &v
		}
	}
	return out
}

// printRun prints the tables of a run, or its summary as JSON.
func printRun(w io.Writer, summary *report.Summary, asJSON bool) error {
	if asJSON {
		return writeJSON(w, summary)
	}
	return report.Terminal(w, summary, width(w))
}

// width is how wide the terminal is that w writes to; 0 when it is none.
func width(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil {
			return columns
		}
	}
	return 0
}

// unmet is an error that names every expectation that was not met.
func unmet(results []expect.Result) error {
	var lines []string
	for _, r := range results {
		if !r.OK {
			lines = append(lines, fmt.Sprintf("  %s/%s: %s: %s", r.Scenario, r.Variant, r.Text, r.Have))
		}
	}
	if lines == nil {
		return nil
	}
	return &statusError{exitUnmet, fmt.Errorf("%d of %d expectations not met\n%s", len(lines), len(results), strings.Join(lines, "\n"))}
}

var unsafe = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// makeDir makes the folder of a run: out, or a new one under results.
func makeDir(out, file string) (string, error) {
	if out == "" {
		name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
		name = unsafe.ReplaceAllString(strings.TrimPrefix(name, "built-in "), "-")
		out = filepath.Join("results", time.Now().Format("20060102-150405")+"-"+name)
	}
	if _, err := os.Stat(filepath.Join(out, runfile.FileName)); err == nil {
		return "", usage(fmt.Errorf("%s holds a run already; name another folder or remove it", out))
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return "", usage(err)
	}
	return out, nil
}
