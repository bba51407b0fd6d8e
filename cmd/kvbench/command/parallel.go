package command

import (
	"context"
	"errors"
	"runtime"

	"kvbench/internal/bench"
	"kvbench/internal/runfile"
)

// lanes is how many runs in virtual time may go on at once.
func (s *settings) lanes() int {
	if s.parallel > 0 {
		return s.parallel
	}
	return runtime.GOMAXPROCS(0)
}

// turns are those of the plan, in its order.
func (p *plan) turns() (out []turn) {
	for number := range p.scenarios {
		s := &p.scenarios[number]
		if s.Find != nil { // all of a search is one turn
			out = append(out, turn{scenario: number})
			continue
		}
		for repeat := range s.Repeat {
			for i := range s.Variants {
				out = append(out, turn{number, i, repeat})
			}
		}
	}
	return out
}

// runAll runs the turns of the plan. Those in virtual time, whose results do not depend on
// what else the machine does, run several at once: as many as there are lanes and as the
// machine has memory for. One on the wall clock runs alone, unless the plan lets them go together, and so
// does a search, whose next step depends on the last. All begin in the plan's order.
// ran tells of those that failed, in that order too; err says that one could not be
// written.
func (p *plan) runAll(ctx context.Context, w *runfile.Writer, progress *progress) (ran, err error) {
	turns := p.mine()
	failed := make([]error, len(turns))
	type end struct {
		number   int
		ran, err error
	}
	ended := make(chan end, len(turns))
	room := room{lanes: p.lanes, memory: thisMachine().memory}
	running := 0
	wait := func() {
		e := <-ended
		running--
		failed[e.number] = e.ran
		err = errors.Join(err, e.err)
		room.leave(p.footprint(turns[e.number]))
	}
	for i, t := range turns {
		if p.scenarios[t.scenario].Find != nil {
			for running > 0 {
				wait()
			}
			if ctx.Err() != nil || err != nil {
				break
			}
			if failed[i], err = p.seek(ctx, w, progress, t.scenario); err != nil {
				break
			}
			continue
		}
		need := p.footprint(t)
		for running > 0 && !room.has(need) {
			wait()
		}
		if ctx.Err() != nil || err != nil {
			break
		}
		r, e := p.begin(w, progress, t)
		if e != nil {
			err = e
			break
		}
		room.enter(need)
		running++
		go func() {
			ran, err := r.run(ctx)
			ended <- end{i, ran, err}
		}()
		if p.together && p.scenarios[t.scenario].Clock != "virtual" {
			<-r.begun // what starts takes the machine, which the others are to have
		}
	}
	for running > 0 {
		wait()
	}
	return errors.Join(failed...), err
}

// footprint is what a turn takes up of the machine.
type footprint struct {
	lanes  int
	memory float64 // bytes, the collector's headroom included
}

// room is what the machine has left for more of them.
type room footprint

func (r *room) has(f footprint) bool { return f.lanes <= r.lanes && f.memory <= r.memory }
func (r *room) enter(f footprint)    { r.lanes, r.memory = r.lanes-f.lanes, r.memory-f.memory }
func (r *room) leave(f footprint)    { r.lanes, r.memory = r.lanes+f.lanes, r.memory+f.memory }

// footprint is that of a turn: on the wall clock all lanes, unless they go together. Its memory is as estimated, or the
// most that there can be of it.
func (p *plan) footprint(t turn) footprint {
	s := &p.scenarios[t.scenario]
	switch {
	case s.Clock != "virtual" && p.together:
		return footprint{lanes: 1, memory: perRun}
	case s.Clock != "virtual":
		return footprint{lanes: p.lanes}
	}
	if t.scenario < len(p.estimated) && t.variant < len(p.estimated[t.scenario]) {
		return footprint{1, collected * p.estimated[t.scenario][t.variant].memory}
	}
	return footprint{1, collected * (perRun + memoryAtMost(s))}
}

// memoryAtMost is more than one repeat of a scenario in virtual time can take in bytes,
// however it is reckoned; infinite where only a trial can tell.
func memoryAtMost(s *bench.Scenario) float64 {
	n := transactionsAtMost(s)
	keys := float64(s.Params.Keys)
	isolates := float64(s.Params.Isolates) * 64 // of as many locations as there may be
	const fields = 8                            // keys of a key
	return keys*(fields*perStored+perKey+float64(s.Params.Size.Max)) + min(keys*isolates, n)*perHeld +
		n*fields*(perWrite+perVersion+float64(s.Params.Size.Max)) + workersOf(s)*(perWorker+float64(s.Params.Size.Max))
}
