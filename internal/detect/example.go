package detect

import (
	"cmp"
	"slices"
	"time"

	"kvbench/internal/ledger"
)

// What an example holds at most.
const (
	MaxSteps = 20 // of an actor
)

// example copies how an occurrence came about.
func (d *Detector) example(o *occurrence) *Example {
	e := &Example{Size: o.Size}
	if o.key != nil {
		e.Namespace, e.Key = o.key.namespace, o.key.name
	}
	for _, a := range o.actors {
		e.Actors = append(e.Actors, a.in.actor(a.role, o.key, d.now))
	}
	slices.SortStableFunc(e.Actors, func(a, b Actor) int { return cmp.Compare(a.Start, b.Start) })
	return e
}

// actor copies an invocation: of its steps those of the key, and where all are few all.
func (in *invocation) actor(role Role, k *key, now time.Duration) Actor {
	a := Actor{Invocation: in.number, Role: role, Isolate: in.isolate, Location: in.location, Start: in.start, End: in.end}
	if !in.over {
		a.End = -1
	}
	all := len(in.steps) <= MaxSteps
	for i := range in.steps {
		s := &in.steps[i]
		if !all && k != nil && s.key != k || len(a.Steps) == MaxSteps {
			a.Left++
			continue
		}
		a.Steps = append(a.Steps, s.copy())
	}
	for _, v := range in.writes {
		if v.acked == ledger.Never && !in.has(v) && len(a.Steps) < MaxSteps {
			op := Put
			if v.deleted {
				op = Delete
			}
			end := now
			if in.over {
				end = in.end
			}
			a.Steps = append(a.Steps, Step{Op: op, Key: v.key.name, Site: v.site, Start: v.start, End: end, Version: v.number, Error: InFlight})
		}
	}
	slices.SortStableFunc(a.Steps, func(a, b Step) int { return cmp.Compare(a.Start, b.Start) })
	return a
}

// has reports whether a write is a step.
func (in *invocation) has(v *version) bool {
	return slices.ContainsFunc(in.steps, func(s step) bool { return s.write == v })
}

func (s *step) copy() Step {
	out := Step{Op: s.op, Site: s.site, Start: s.start, End: s.end, Cached: s.cached, Error: s.failed, Names: s.names}
	if s.key != nil {
		out.Key = s.key.name
	}
	switch {
	case s.write != nil:
		out.Version = s.write.number
	case s.key != nil:
		out.Version, out.Unknown, out.Absent = s.read.number, !s.read.known, s.read.absent
	}
	return out
}
