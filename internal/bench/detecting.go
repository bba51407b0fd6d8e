package bench

import (
	"time"

	"kvbench/internal/clock"
	"kvbench/internal/detect"
	"kvbench/internal/runfile"
)

// Detecting is a Workload that has its calls watched, whatever Options.Calls is.
type Detecting interface {
	// Detector returns who is told every call, as Options.Calls is. c is the scenario's
	// clock. report observes one of a series that the pattern
	// lists, which belongs to the transaction that was due at a time: as ObserveFor does,
	// and from wherever the watcher is told of something.
	Detector(c clock.Clock, report func(s Series, due time.Duration, size int64)) detect.Watcher
}

// finder is a detect.Watcher that has findings, as detect.Detector.
type finder interface {
	Finish()
	Findings() []detect.Finding
	Notes() []string
}

// watch takes the workload's own watcher where it has one.
func (r *run) watch() {
	if d, ok := r.workload.(Detecting); ok {
		r.Calls = d.Detector(r.clock, r.observeFor)
	}
}

// observeFor is Worker.ObserveFor for whoever has no worker at hand.
func (r *run) observeFor(s Series, due time.Duration, size int64) {
	recorder := r.recorderOf(due)
	if recorder == nil {
		return
	}
	w := Worker{run: r}
	w.Observe(s, size)
	recorder.Commit(0, &w.tally, nil)
}

// find puts what was found into the result, when all that was running has ended.
func (r *run) find(result *runfile.Variant) {
	f, ok := r.Calls.(finder)
	if !ok {
		return
	}
	f.Finish()
	result.Findings = findings(f.Findings(), f.Notes())
}

// findings puts what was found into the form of a run file, the worst first, as many as it
// may have.
func findings(all []detect.Finding, notes []string) *runfile.Findings {
	out := &runfile.Findings{Notes: notes}
	seen := map[detect.Kind]bool{}
	for i := range all {
		f := &all[i]
		if len(out.List) == runfile.MaxFindings {
			out.Left = len(all) - i
			break
		}
		if !seen[f.Kind] {
			seen[f.Kind] = true
			a := f.Kind.About()
			out.Kinds = append(out.Kinds, runfile.FindingKind{
				ID: a.ID, Group: string(a.Group), Unit: a.Unit, Of: a.Of, Says: a.Says, Doc: a.Doc, Do: a.Do,
			})
		}
		out.List = append(out.List, runfile.Finding{
			Kind: f.Kind.String(), Site: runfile.Site(f.Site), Other: runfile.Site(f.Other), Suppressed: f.Suppressed,
			Count: f.Count, Of: f.Of, Least: f.Least, Median: f.Median, Most: f.Most, Example: example(f.Example),
		})
	}
	return out
}

func example(e *detect.Example) *runfile.Example {
	if e == nil {
		return nil
	}
	out := &runfile.Example{Namespace: e.Namespace, Key: e.Key, Size: e.Size}
	for i := range e.Actors {
		a := &e.Actors[i]
		to := runfile.Actor{
			Invocation: a.Invocation % anotherInvocation, Request: a.Invocation / anotherInvocation, Role: string(a.Role), Isolate: a.Isolate, Location: a.Location, Start: a.Start, Left: a.Left,
		}
		if a.End >= a.Start {
			end := a.End
			to.End = &end
		}
		for j := range a.Steps {
			s := &a.Steps[j]
			to.Steps = append(to.Steps, runfile.FindingStep{
				Op: s.Op.String(), Key: s.Key, Site: runfile.Site(s.Site), Start: s.Start, End: s.End, Version: s.Version,
				Unknown: s.Unknown, Absent: s.Absent, Cached: s.Cached, Error: s.Error, Names: s.Names,
			})
		}
		out.Actors = append(out.Actors, to)
	}
	return out
}
