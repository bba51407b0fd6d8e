package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"kvbench/internal/runfile"
)

// turnsCommand begins the command of runs that took turns.
const turnsCommand = "kvbench compare --run "

// tookTurns reports whether two runs were made in turns by one command: both say
// so, and that they began together.
func tookTurns(base, head *runfile.Header) bool {
	return base.Command == head.Command && strings.HasPrefix(base.Command, turnsCommand) && base.Started == head.Started
}

// defaultRepeats is how often each side runs a variant on the wall clock: enough
// to find a difference of 5 %.
const defaultRepeats = 10

// runBoth runs base and head in turns and returns their folders, base and head
// in --out. ran tells of the variants that failed.
func (o compareOptions) runBoth(ctx context.Context, args []string, stderr io.Writer) (dirs [2]string, ran, err error) {
	plans, err := o.plans(ctx, args, stderr)
	if err != nil {
		return dirs, nil, err
	}
	told := stderr
	if o.quiet {
		told = io.Discard
	}
	for _, p := range plans { // what stops one side stops both
		if _, err := p.estimates(ctx, thisMachine(), small, told); err != nil {
			return dirs, nil, err
		}
		var stop func()
		ctx, stop = p.allow(ctx, o.budget)
		defer stop()
		if err := p.afford(ctx, o.budget, stderr); err != nil {
			return dirs, nil, err
		}
		if err := p.reach(ctx); err != nil {
			return dirs, nil, err
		}
	}
	out := o.out
	if out == "" {
		out = filepath.Join("results", time.Now().Format("20060102-150405")+"-compare")
	}
	stderr = struct{ io.Writer }{stderr} // plain lines also on a terminal: two sets of bars would write over each other
	var sides [2]*side
	var files [2]*os.File
	for i, name := range []string{"base", "head"} {
		dirs[i] = filepath.Join(out, name)
		if files[i], err = createRun(dirs[i]); err != nil {
			if i > 0 { // nothing was run
				err = errors.Join(err, files[0].Close(), os.Remove(files[0].Name()))
			}
			return dirs, nil, err
		}
	}
	for i, p := range plans {
		if sides[i], err = newSide(p, files[i], newProgress(stderr, o.quiet, newBoard(p, false))); err != nil {
			return dirs, nil, err
		}
		defer sides[i].close()
	}
	ran, err = takeTurns(ctx, sides)
	for i, p := range plans {
		err = errors.Join(err, p.cleanUp(ctx, dirs[i], told))
	}
	if err != nil {
		return dirs, ran, err
	}
	interrupted := ctx.Err() != nil && overspent(ctx) == nil
	for _, s := range sides {
		if err := s.w.Close(interrupted); err != nil {
			return dirs, ran, err
		}
	}
	if interrupted {
		return dirs, ran, &statusError{status: exitInterrupted, err: errors.New("interrupted; what was measured is in " + out)}
	}
	return dirs, ran, nil
}

// plans are those of base and head.
func (o compareOptions) plans(ctx context.Context, args []string, stderr io.Writer) (plans [2]*plan, err error) {
	run := runOptions{settings: o.settings}
	switch {
	case run.check() != nil:
		return plans, usage(run.check())
	case len(o.drivers) > 2:
		return plans, usage(fmt.Errorf("want one --driver for both or two, base first, not %d", len(o.drivers)))
	case len(args) == 1 && len(o.drivers) < 2:
		return plans, usage(errors.New("one scenario file on one store would be compared with itself: " +
			"name two files, or --driver twice"))
	case len(args) == 2 && len(o.drivers) < 2 && sameFile(args[0], args[1]):
		return plans, usage(fmt.Errorf("%s and %s are the same file: there is nothing to compare", args[0], args[1]))
	}
	if ctx, err = o.settings.choose(ctx); err != nil {
		return plans, err
	}
	command := turnsCommand + o.words(args)
	started := time.Now().UTC().Format(time.RFC3339Nano)
	for i := range plans {
		file, err := loadFile(ctx, args[min(i, len(args)-1):], stderr, o.settings.secrets)
		if err != nil {
			return plans, err
		}
		s := o.settings
		if len(o.drivers) > 0 {
			s.driver = o.drivers[min(i, len(o.drivers)-1)]
		}
		if plans[i], err = newPlan(file, s); err != nil {
			return plans, err
		}
		p := plans[i]
		p.header.Command = command
		if p.header.Clock == "wall" {
			p.header.Started = started
		}
		for n := range p.scenarios {
			if p.scenarios[n].Clock == "wall" && s.repeat == 0 {
				p.scenarios[n].Repeat = max(p.scenarios[n].Repeat, defaultRepeats)
				p.header.Scenarios[p.of[n]].Repeats = p.scenarios[n].Repeat
			}
		}
	}
	return plans, nil
}

// words are the command line that repeats the runs.
func (o compareOptions) words(args []string) string {
	var words []string
	for _, a := range args {
		words = append(words, quote(a))
	}
	add := func(flag, value string) { words = append(words, "--"+flag, quote(value)) }
	for _, d := range o.drivers {
		add("driver", d)
	}
	for _, glob := range o.settings.only {
		add("only", glob)
	}
	if o.settings.clock != "" {
		add("clock", o.settings.clock)
	}
	if o.settings.duration > 0 {
		add("duration", o.settings.duration.String())
	}
	if o.settings.repeat > 0 {
		add("repeat", fmt.Sprint(o.settings.repeat))
	}
	if o.settings.real != "" {
		add("runtime", o.settings.runtime)
	}
	if o.settings.seeded {
		add("seed", fmt.Sprint(o.settings.seed))
	}
	return strings.Join(words, " ")
}

// side is one of two runs that take turns.
type side struct {
	*plan
	file     *os.File
	w        *runfile.Writer
	progress *progress
}

func newSide(p *plan, f *os.File, progress *progress) (*side, error) {
	w, err := runfile.NewWriter(f, p.header, p.secrets)
	return &side{p, f, w, progress}, err
}

func (s *side) close() {
	s.progress.close()
	s.file.Close()
}

// sideTurn is one turn of one side.
type sideTurn struct {
	side *side
	turn
}

// takeTurns runs both sides: for each repeat of each variant base and head next to
// each other, which of them first is drawn by lot, so that nothing the machine does
// in step with the turns favours a side.
// ran tells of all variants that failed; err says that a file could not be written.
func takeTurns(ctx context.Context, sides [2]*side) (ran, err error) {
	lot := rand.New(rand.NewPCG(sides[0].header.Seed, sides[1].header.Seed))
	var failed []error
	for _, turns := range schedule(sides) {
		if len(turns) == 2 && lot.IntN(2) == 1 {
			turns[0], turns[1] = turns[1], turns[0]
		}
		for _, t := range turns {
			if ctx.Err() != nil {
				return errors.Join(failed...), nil // said in the trailer
			}
			ran, err := t.side.one(ctx, t.side.w, t.side.progress, t.turn)
			if err != nil {
				return nil, err
			}
			failed = append(failed, ran)
		}
	}
	return errors.Join(failed...), nil
}

// schedule pairs the turns of both sides by scenario, repeat and variant. What one
// side alone has takes its turns alone.
func schedule(sides [2]*side) [][]sideTurn {
	type key struct {
		scenario, variant string
		repeat            int
	}
	at := map[key]int{}
	var out [][]sideTurn
	for _, s := range sides {
		for _, t := range s.turns() {
			scenario := &s.scenarios[t.scenario]
			k := key{scenario.Title(), scenario.Variants[t.variant].Name, t.repeat}
			n, ok := at[k]
			if !ok {
				n = len(out)
				at[k] = n
				out = append(out, nil)
			}
			out[n] = append(out[n], sideTurn{s, t})
		}
	}
	return out
}
