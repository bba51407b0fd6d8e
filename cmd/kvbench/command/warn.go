package command

import (
	"fmt"
	"time"
)

// warnings are what the plan's author should know before it runs, in full
// sentences.
func (p *plan) warnings() []string {
	var out []string
	for i := range p.scenarios {
		s := &p.scenarios[i]
		if i == 0 || p.of[i] != p.of[i-1] { // not of each point
			for _, note := range s.Pattern.Notes {
				out = append(out, s.Name+": "+note)
			}
		}
		for _, w := range p.defs[i].Capabilities.Faults {
			if d := s.Load.Duration; d > 0 && w.From >= d {
				out = append(out, fmt.Sprintf("%s: nothing fails: its fault begins %v after measuring does, which ends after %v; "+
					"set fault-from or measure for longer", s.Title(), w.From, d))
			}
		}
	}
	return out
}

// longWait is how long a run on the wall clock may take before that is told.
const longWait = 2 * time.Minute

// wallTime is how long the loads of the plan take on the wall clock, one after the other; those
// without a duration are not in it.
func (p *plan) wallTime() (d time.Duration) {
	for i := range p.scenarios {
		if s := &p.scenarios[i]; s.Clock == "wall" && s.Find == nil && p.header.Shard == nil {
			d += (s.Load.WarmUp + s.Load.Duration) * time.Duration(len(s.Variants)*max(s.Repeat, 1))
		}
	}
	return d
}
