// Package merge puts the shards of a run together into one run.
package merge

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"kvbench/internal/runfile"
)

// Set are the shards of one run.
type Set struct {
	// Faults are why the run is not whole, by index; none where it is.
	Faults []Fault
	// File is what the merged run calls its scenario file; empty: as the shards do.
	File string
	// Clocks are how far the clocks of shards were ahead of one that they have in common, by
	// index, where that was measured.
	Clocks map[int]runfile.ClockOffset
	of     int
	runs   []*runfile.Run // those that are in the run, by index
}

// Fault is what is wrong with a shard.
type Fault struct {
	runfile.ShardFault
	Path string // of the file that it is about; empty where there is none
}

// Error tells of the fault by name.
func (f Fault) Error() string {
	switch f.Kind {
	case runfile.Missing:
		return fmt.Sprintf("shard %d is missing", f.Index)
	case runfile.Doubled:
		return fmt.Sprintf("%s is shard %d, which another file is as well", f.Path, f.Index)
	case runfile.Differing:
		return fmt.Sprintf("%s, shard %d, is not of the run that the others are of: %s", f.Path, f.Index, f.What)
	case runfile.CutOff:
		return fmt.Sprintf("%s, shard %d, was cut off before it ended", f.Path, f.Index)
	}
	return fmt.Sprintf("%s, shard %d, was interrupted", f.Path, f.Index)
}

// Of finds out which of some runs are the shards of one: of that which most are of, or of
// those the first. An error says that one is no shard at all.
func Of(runs []*runfile.Run) (*Set, error) {
	if len(runs) == 0 {
		return nil, errors.New("no shards to merge")
	}
	for _, r := range runs {
		switch h := &r.Header; {
		case h.Merged != nil:
			return nil, fmt.Errorf("%s was merged already; merge the shards that it is of", r.Path)
		case h.Shard == nil:
			return nil, fmt.Errorf("%s is no shard of a run: those are made with kvbench run --shard", r.Path)
		}
	}
	of := most(runs)
	s := &Set{of: of.Header.Shard.Of}
	seen := map[int]bool{}
	for _, r := range runs {
		index := r.Header.Shard.Index
		fault := func(kind runfile.FaultKind, what string) {
			s.Faults = append(s.Faults, Fault{runfile.ShardFault{Index: min(index, s.of-1), Kind: kind, What: what}, r.Path})
		}
		if what := differs(&of.Header, &r.Header); what != "" {
			fault(runfile.Differing, what)
			continue
		}
		if seen[index] {
			fault(runfile.Doubled, "")
			continue
		}
		seen[index] = true
		s.runs = append(s.runs, r)
		switch {
		case r.CutOff:
			fault(runfile.CutOff, "")
		case r.Interrupted:
			fault(runfile.Interrupted, "")
		}
	}
	for i := range s.of {
		if !seen[i] {
			s.Faults = append(s.Faults, Fault{ShardFault: runfile.ShardFault{Index: i, Kind: runfile.Missing}})
		}
	}
	slices.SortStableFunc(s.Faults, func(a, b Fault) int { return cmp.Compare(a.Index, b.Index) })
	slices.SortFunc(s.runs, func(a, b *runfile.Run) int { return cmp.Compare(a.Header.Shard.Index, b.Header.Shard.Index) })
	if len(s.Faults) > 0 {
		return s, nil
	}
	return s, s.complete()
}

// most is the first of the runs that most of them are shards of.
func most(runs []*runfile.Run) *runfile.Run {
	best, votes := runs[0], 0
	for i, r := range runs {
		n := 0
		for _, o := range runs[i:] {
			if differs(&r.Header, &o.Header) == "" {
				n++
			}
		}
		if n > votes {
			best, votes = r, n
		}
	}
	return best
}

// hosts are where the shards ran, each once.
func (s *Set) hosts() string {
	var names []string
	for _, r := range s.runs {
		if host := r.Header.Host; !slices.Contains(names, host) {
			names = append(names, host)
		}
	}
	if len(names) > maxHosts {
		names = append(names[:maxHosts:maxHosts], fmt.Sprintf("%d more", len(names)-maxHosts))
	}
	return strings.Join(names, ", ")
}

// maxHosts is how many hosts a merged run names.
const maxHosts = 4

// Header is that of the merged run; command is how it was made.
func (s *Set) Header(command string) (runfile.Header, error) {
	h := s.runs[0].Header
	h.Shard, h.Command, h.Host, h.CPUs = nil, command, s.hosts(), 0
	seen := map[string]bool{}
	for _, r := range s.runs {
		if host := r.Header.Host; !seen[host] {
			seen[host] = true
			h.CPUs += r.Header.CPUs
		}
	}
	if s.File != "" {
		h.File = s.File
	}
	h.Scenarios = slices.Clone(h.Scenarios)
	for i := range h.Scenarios {
		if d := &h.Scenarios[i]; d.Find != nil {
			d.Points = nil // the lines that begin its steps have them
		}
	}
	m := &runfile.Merged{Of: s.of}
	for _, f := range s.Faults {
		m.Faults = append(m.Faults, f.ShardFault)
	}
	if h.Clock == "wall" {
		for _, r := range s.runs {
			p, err := part(r)
			if err != nil {
				return h, fmt.Errorf("%s: %w", r.Path, err)
			}
			if c, is := s.Clocks[p.Index]; is {
				p.Clock = &c
			}
			m.Shards = append(m.Shards, p)
		}
	}
	if len(m.Faults) > 0 || h.Clock == "wall" {
		h.Merged = m
	}
	return h, nil
}

// Write writes the merged run.
func (s *Set) Write(out io.Writer, command string) error {
	h, err := s.Header(command)
	if err != nil {
		return err
	}
	w, err := runfile.NewWriter(out, h, nil)
	if err != nil {
		return err
	}
	units := s.units()
	for len(units) > 0 {
		n := 1
		for h.Clock == "wall" && n < len(units) && units[n].place == units[0].place {
			n++
		}
		if h.Clock == "wall" {
			err = s.sum(w, units[:n])
		} else {
			err = w.Copy(units[0].Variant)
		}
		if err != nil {
			return err
		}
		units = units[n:]
	}
	return w.Close(false)
}
