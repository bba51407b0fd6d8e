package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"kvbench/internal/load"
	"kvbench/internal/printable"
	"kvbench/internal/result"
	"kvbench/internal/secret"
	"kvbench/internal/verify"
	"kvbench/report"
	reportverify "kvbench/report/verify"

	"github.com/spf13/cobra"
)

type verifyOptions struct {
	settings
	seeds    int
	out      string
	json     bool
	quiet    bool
	markdown string // a file; empty for none
	// choose makes settings those of the real side, and returns what its files are to be
	// loaded with.
	choose func(context.Context, *settings) (context.Context, error)
	// realFiles are those of the real side; nil for the same.
	realFiles []string
}

// defaultVerifySeeds is how often the real runtime runs each variant.
const defaultVerifySeeds = 3

// Of so many runs in virtual time at least the model knows what chance makes: of each seed
// at least so many, and of all seeds together.
const (
	modelRunsOfSeed = 10
	modelRuns       = 30
)

// maxVerifySeeds is more than an evening has time for.
const maxVerifySeeds = 100

// realAtOnce is how many runs on the real runtime go on at once for each core, unless it is
// set: each waits most of the time.
const realAtOnce = 4

func newVerify(secrets *secret.Set, open openURL) *cobra.Command {
	o := verifyOptions{settings: settings{secrets: secrets, openURL: open}, seeds: defaultVerifySeeds}
	c := &cobra.Command{
		Use:   "verify [FILE...]",
		Short: "Say whether the model of the Workers runtime answers right",
		Long: `Verify runs the scenarios of the pattern worker on both runtimes that there are: in
virtual time on the model, and on the wall clock on workerd, the real runtime. The
requests, the store and the detector are the same. Then it holds every figure against
its other: operations, outcomes, errors and what went wrong. Where the requests alone
decide a figure it has to be equal; elsewhere the model runs often enough to tell what
chance makes, and the real figure has to be within. Response times are shown and not
judged.

Without a file the seven patterns are verified, each as published and mended, which
takes about ten minutes. The runs are kept in DIR/model and DIR/real.

Exit status: 0 all agree, 3 something is apart, 1 a run failed, 2 nothing was run.`,
		Example: `  kvbench verify
  kvbench verify --only 'coalesce*' --duration 1m --seeds 1
  kvbench verify my/kvbench.yaml --out results/verify`,
		RunE: func(c *cobra.Command, args []string) error {
			o.note(c)
			o.choose = onRealRuntime
			return o.run(c.Context(), args, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	f := c.Flags()
	f.StringSliceVar(&o.only, "only", nil, "verify only what matches this `GLOB`: a scenario, or SCENARIO/VARIANT")
	f.DurationVar(&o.duration, "duration", 0, "measure each variant for this `DURATION`")
	f.IntVar(&o.seeds, "seeds", o.seeds, "run each variant with `N` sets of requests on the real runtime; the model runs each of them ten times or more")
	f.Uint64Var(&o.seed, "seed", 1, "the random `SEED` that the sets of requests come from")
	f.IntVar(&o.parallel, "parallel", 0, "run up to `N` at once on the real runtime; 0 is four for each core")
	f.StringVar(&o.workerd, "workerd", "", "the executable `FILE` of workerd; else KVBENCH_WORKERD, what make workerd installs, or that on PATH")
	f.StringVar(&o.out, "out", "", "write to this `DIR`")
	f.StringVar(&o.markdown, "markdown", "", "write the figures as Markdown to this `FILE` too")
	f.BoolVar(&o.json, "json", false, "print one JSON object instead of a table")
	f.BoolVar(&o.quiet, "quiet", false, "show no progress")
	return c
}

// check refuses values that nothing can be verified with.
func (o *verifyOptions) check() error {
	if o.seeds < 1 || o.seeds > maxVerifySeeds {
		return fmt.Errorf("--seeds %d: want 1 or more, and at most %d", o.seeds, maxVerifySeeds)
	}
	return runOptions{settings: o.settings}.check()
}

// perSeed is how often the model runs each set of requests.
func (o *verifyOptions) perSeed() int {
	return max(modelRunsOfSeed, (modelRuns+o.seeds-1)/o.seeds)
}

// run verifies.
func (o *verifyOptions) run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if err := o.check(); err != nil {
		return usage(err)
	}
	sides, err := o.plans(ctx, args, stderr)
	if err != nil {
		return err
	}
	if err := canWrite(o.markdown); err != nil {
		return usage(fmt.Errorf("--markdown: %w", err))
	}
	out := o.out
	if out == "" {
		out = filepath.Join("results", time.Now().Format("20060102-150405")+"-verify")
	}
	var dirs [2]string
	var ran error
	for i, name := range []string{"model", "real"} {
		dirs[i] = filepath.Join(out, name)
		one, err := o.runSide(ctx, sides[i], dirs[i], stderr)
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil && i == 0:
			return &statusError{status: exitInterrupted, err: fmt.Errorf("interrupted before anything ran on the real runtime; the runs in virtual time are in %s", dirs[i])}
		}
		ran = errors.Join(ran, one)
	}
	return o.tell(ctx, dirs, out, ran, stdout, stderr)
}

// runSide runs one side and writes its run file. What ran tells of did not run to its end, and
// is told already.
func (o *verifyOptions) runSide(ctx context.Context, p *plan, dir string, stderr io.Writer) (ran, err error) {
	file, err := createRun(dir)
	if err != nil {
		return nil, err
	}
	ran = p.run(ctx, file, newProgress(stderr, o.quiet, newBoard(p, false)))
	if p.interrupted(ctx) {
		return nil, nil
	}
	if ran != nil {
		fmt.Fprintln(stderr, "kvbench:", printable.Text(ran.Error()))
	}
	return ran, nil
}

// tell holds both runs against each other, from what their files have.
func (o *verifyOptions) tell(ctx context.Context, dirs [2]string, out string, ran error, stdout, stderr io.Writer) error {
	done := sync.OnceFunc(finish(ctx))
	defer done()
	interrupted := ctx.Err() != nil
	if interrupted {
		var stop func()
		ctx, stop = context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer stop()
	}
	var sets [2]*result.Set
	for i, dir := range dirs {
		set, err := openAs(ctx, dir, result.Of)
		if err != nil {
			return err
		}
		defer set.Run.Close()
		sets[i] = set
	}
	r, err := verify.Of(sets[0], sets[1], verify.Reasons())
	if err != nil {
		return err
	}
	if r.Model.Runtime == "" {
		r.Model.Runtime = modelRuntime()
	}
	page := filepath.Join(out, "verify.html")
	if err := o.write(r, page); err != nil {
		return err
	}
	if o.json {
		err = writeJSON(stdout, r)
	} else {
		to, folded := folded(stdout)
		err = reportverify.Terminal(to, r, page)
		folded()
	}
	switch {
	case err != nil:
		return err
	case interrupted:
		return &statusError{status: exitInterrupted, err: errors.New("interrupted; what both sides have run to its end is compared, and what was measured is in " + out)}
	case ran != nil:
		return errors.New("not every variant ran to its end; what was measured is in " + out)
	case len(r.Missing) > 0:
		return fmt.Errorf("not all could be compared\n  %s", strings.Join(failures(r.Missing), "\n  "))
	case !r.Agrees():
		return &statusError{status: exitUnmet, err: fmt.Errorf("%d of %d figures are apart", r.Counts[verify.Apart], r.Figures)}
	}
	return nil
}

// write writes the page, and what else was asked for.
func (o *verifyOptions) write(r *verify.Report, page string) error {
	var html bytes.Buffer
	if err := reportverify.HTML(&html, r); err != nil {
		return err
	}
	if err := report.WriteFile(page, html.Bytes()); err != nil {
		return err
	}
	if o.markdown == "" {
		return nil
	}
	return report.WriteFile(o.markdown, reportverify.Markdown(r))
}

// modelSeeds are the seeds of the model's repeats: perSeed with the requests of each repeat
// of the real side, and with as many stores.
func modelSeeds(seed uint64, perSeed int) func(repeat int) (requests, store uint64) {
	return func(repeat int) (requests, store uint64) {
		return load.RepeatSeed(seed, repeat/perSeed), load.StoreSeed(load.RepeatSeed(seed, repeat))
	}
}

// realSeeds are those of the real side, whose stores are none of the model's.
func realSeeds(seed uint64, modelRepeats int) func(repeat int) (requests, store uint64) {
	return func(repeat int) (requests, store uint64) {
		return load.RepeatSeed(seed, repeat), load.StoreSeed(load.RepeatSeed(seed, modelRepeats+repeat))
	}
}

// realLanes is how many runs go on at once on the real runtime.
func (o *verifyOptions) realLanes() int {
	if o.parallel > 0 {
		return o.parallel
	}
	return realAtOnce * runtime.GOMAXPROCS(0)
}
