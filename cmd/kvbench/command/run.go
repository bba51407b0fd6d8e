package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"kvbench/internal/answer"
	"kvbench/internal/load"
	"kvbench/internal/printable"
	"kvbench/internal/runfile"
	"kvbench/internal/secret"
	"kvbench/report"
	"kvbench/report/export"

	"github.com/spf13/cobra"
)

type runOptions struct {
	settings
	out     string
	formats []string
	json    bool
	quiet   bool
	verbose bool
	budget  dollars
	part    shardFlags
	fleet   fleetFlags
	carried string       // what a leader has sent in place of a project's files; empty: they are here
	listen  string       // empty: nothing is served
	port    net.Listener // of listen, once it is open
}

func newRun(secrets *secret.Set, open openURL) *cobra.Command {
	o := runOptions{settings: settings{secrets: secrets, openURL: open}, formats: report.DefaultFormats()}
	c := &cobra.Command{
		Use:   "run [scenarios.yaml | PROJECT]",
		Short: "Run scenarios and report on them",
		Long: `Run runs the scenarios of a file: ./scenarios.yaml, or the built-in copy of the
shipped one where there is none. It writes run.jsonl as it goes, then report.html
and charts, to results/<time>-<name> or the folder that --out names.

The folder of a Worker's project stands for the kvbench.yaml in it, whose scenarios run
the script of its wrangler.jsonc or wrangler.toml; without one, it prints one to begin
with.`,
		Example: `  kvbench run
  kvbench run --only 'coalesce-*' --seed 7
  kvbench run my.yaml --driver 'embedded://?locations=3&profile=edge' --clock wall --duration 30s`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			o.note(c)
			if err := o.asShard(c, time.Now()); err != nil {
				return usage(err)
			}
			leads, err := o.asLeader(c)
			if err != nil {
				return usage(err)
			}
			if leads {
				return lead(c.Context(), args, o, c.OutOrStdout(), c.ErrOrStderr())
			}
			return runScenarios(c.Context(), args, o, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	f := c.Flags()
	f.StringVar(&o.driver, "driver", "", "run every scenario on the store of this `URL`")
	f.StringSliceVar(&o.only, "only", nil, "run only what matches this `GLOB`: a scenario, or SCENARIO/VARIANT")
	f.StringVar(&o.clock, "clock", "", "run in `auto|wall|virtual` time")
	f.DurationVar(&o.duration, "duration", 0, "measure each variant for this `DURATION`; one shorter than the scenario's shortens the warm-up as well, and stages keep their proportions")
	f.IntVar(&o.repeat, "repeat", 0, "run each variant `N` times")
	f.BoolVar(&o.detect, "detect", false, "look for races, staleness and mistakes in the calls of every variant")
	f.IntVar(&o.parallel, "parallel", 0, "run up to `N` at once in virtual time, with the same results; 0 is one for each core")
	o.runtimeOptions.flags(f, "")
	f.Uint64Var(&o.seed, "seed", 1, "the random `SEED`: the same seed gives the same run in virtual time")
	o.part.add(f)
	o.fleet.add(f)
	budgetFlag(f, &o.budget, "spend at most this many `USD` on stores that bill, including the clean-up")
	f.StringVar(&o.out, "out", "", "write to this `DIR`")
	f.StringSliceVar(&o.formats, "format", o.formats, "write the report in these `FORMATS`: "+strings.Join(report.Formats(), ", "))
	f.BoolVar(&o.json, "json", false, "print one JSON object instead of tables")
	f.BoolVar(&o.verbose, "verbose", false, "print every figure, fact and expectation")
	f.StringVar(&o.listen, "listen", "", "serve how it goes at this `ADDRESS` while it runs: a page, and metrics for Prometheus; without a host on this machine alone, port 0 takes a free one")
	f.BoolVar(&o.quiet, "quiet", false, "show no progress")
	f.StringVar(&o.carried, carriedFlag, "", "read scripts from this `FILE`, which an agent has written")
	_ = f.MarkHidden(carriedFlag) // it is there
	return c
}

// maxRepeats is as in a scenario file.
const maxRepeats = 1000

// maxParallel is far more than machines have cores.
const maxParallel = 1024

// check refuses values that no run can have.
func (o runOptions) check() error {
	switch {
	case o.clock != "" && o.clock != "auto" && o.clock != "wall" && o.clock != "virtual":
		return fmt.Errorf("--clock %q: want auto, wall or virtual", o.clock)
	case o.duration < load.MinTime && (o.timed || o.duration != 0):
		return fmt.Errorf("--duration %v: want %v or more, such as 30s", o.duration, load.MinTime)
	case o.duration > load.MaxTime:
		return fmt.Errorf("--duration %v: want at most %v, which is 400 days", o.duration, load.MaxTime)
	case o.repeat < 1 && (o.repeated || o.repeat != 0) || o.repeat > maxRepeats:
		return fmt.Errorf("--repeat %d: want 1 or more, and at most %d", o.repeat, maxRepeats)
	case o.parallel < 0 || o.parallel > maxParallel:
		return fmt.Errorf("--parallel %d: want 0, for one run on each core, or at most %d", o.parallel, maxParallel)
	}
	return checkFormats(o.formats)
}

func runScenarios(ctx context.Context, args []string, o runOptions, stdout, stderr io.Writer) error {
	if err := o.check(); err != nil {
		return usage(err)
	}
	ctx, err := o.choose(ctx)
	if err != nil {
		return err
	}
	ctx = withConsole(ctx, o.secrets)
	if ctx, err = readCarried(ctx, o.carried); err != nil {
		return err
	}
	file, err := loadFile(ctx, args, stderr, o.secrets)
	if err != nil {
		return err
	}
	p, err := newPlan(file, o.settings)
	if err != nil {
		return err
	}
	if o.listen != "" {
		if o.port, err = listen(o.listen); err != nil {
			return err
		}
		defer o.port.Close()
	}
	return p.execute(ctx, o, stdout, stderr)
}

// execute runs the plan if it can be afforded.
func (p *plan) execute(ctx context.Context, o runOptions, stdout, stderr io.Writer) error {
	tried := stderr
	if o.quiet {
		tried = io.Discard
	}
	all, err := p.estimates(ctx, thisMachine(), p.needNoEstimate(), tried)
	if err != nil {
		return err
	}
	p.estimated = all
	parentOf(ctx).needs(p.need(all).memory)
	if !o.quiet {
		for _, text := range p.need(all).warnings() {
			fmt.Fprintln(stderr, "WARNING", text)
		}
	}
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
	dir := runDir(o.out, p.file.Name)
	file, err := createRun(dir)
	if err != nil {
		return err
	}
	if !o.quiet {
		for _, text := range p.warnings() {
			fmt.Fprintln(stderr, "WARNING", printable.Line(text))
		}
	}
	if d := p.wallTime(); d >= longWait && !o.quiet {
		fmt.Fprintf(stderr, "%s of load on the wall clock, and the time to fill the stores and until that is seen everywhere; --duration makes it shorter\n", d)
	}
	board := newBoard(p, o.port != nil)
	if o.port != nil {
		defer serveLive(o.port, board, stderr).Close()
	}
	consoleOf(ctx).open(dir)
	parentOf(ctx).tell(toldDir, dir)
	runErr := p.run(ctx, file, newProgress(stderr, o.quiet, board))
	done := sync.OnceFunc(finish(user)) // cleaning up, and the report, which is given its own time
	defer done()
	interrupted := p.interrupted(ctx)
	told := stderr
	if o.quiet {
		told = io.Discard
	}
	consoleOf(ctx).close(told)
	var cleanErr error
	if p.share.All() { // else others may be at work
		cleanErr = p.cleanUp(ctx, dir, told)
	}
	if cleanErr != nil {
		fmt.Fprintln(stderr, "kvbench:", printable.Text(cleanErr.Error()))
	}
	if runErr != nil && !interrupted {
		fmt.Fprintln(stderr, "kvbench:", printable.Text(runErr.Error()))
	}

	if p.header.Shard != nil {
		done()
		return p.shardEnded(dir, stdout, o.quiet, fell(dir, interrupted, runErr, cleanErr))
	}

	// From here on only what the run file holds counts.
	run, err := runfile.Open(dir)
	if err != nil {
		return err
	}
	defer run.Close()
	a, err := answer.Of(run)
	if err != nil {
		return err
	}
	if interrupted {
		var stop func()
		user, stop = context.WithTimeout(context.WithoutCancel(user), grace)
		defer stop()
	}
	_, err = writeReport(user, told, dir, a, o.formats)
	done()
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return &statusError{status: exitInterrupted, err: fmt.Errorf("interrupted; what was measured is in %s, and kvbench report %[1]s draws it", dir)}
	case err != nil:
		return err
	}
	if err := printRun(stdout, a, o.json, o.verbose); err != nil {
		return err
	}
	if !o.quiet && !o.json && slices.Contains(o.formats, "html") {
		fmt.Fprintf(stdout, "\nAnswers and charts: %s\n", printable.Line(filepath.Join(dir, "report.html")))
	}
	if err := fell(dir, interrupted, runErr, cleanErr); err != nil {
		return err
	}
	return unmet(a)
}

// fell says how a run ended that did not end well.
func fell(dir string, interrupted bool, runErr, cleanErr error) error {
	switch {
	case interrupted:
		return &statusError{status: exitInterrupted, err: errors.New("interrupted; what was measured is in " + dir)}
	case runErr != nil:
		return errors.New("the run failed; what was measured is in " + dir)
	case cleanErr != nil:
		return errors.New("the clean-up failed; what was measured is in " + dir)
	}
	return nil
}

// printRun prints the tables of a run, or its summary as JSON.
func printRun(w io.Writer, a *answer.Answer, asJSON, verbose bool) error {
	if asJSON {
		return writeJSON(w, export.Summarise(a))
	}
	return report.Terminal(w, a, width(w), verbose)
}

// unmet is an error that names every expectation that was not met.
func unmet(a *answer.Answer) error {
	results := a.Unmet()
	if len(results) == 0 {
		return nil
	}
	lines := make([]string, len(results))
	for i, r := range results {
		lines[i] = fmt.Sprintf("  %s/%s: %s: %s", r.Scenario, r.Variant, r.Text, r.Have)
	}
	return &statusError{status: exitUnmet, err: fmt.Errorf("%d of %d expectations not met\n%s", len(lines), a.Expected(), strings.Join(lines, "\n"))}
}
