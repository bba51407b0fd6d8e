package runfile

import (
	"fmt"
	"slices"
	"time"

	"kvbench/internal/secret"
)

// Findings are what a detector found in the calls of a variant.
type Findings struct {
	Kinds []FindingKind `json:"kinds"` // those of the list
	List  []Finding     `json:"list"`  // the worst first
	Left  int           `json:"left,omitempty"`
	// Notes are what limits what was found, one sentence each.
	Notes []string `json:"notes,omitempty"`
}

// FindingKind is a kind of finding.
type FindingKind struct {
	ID    string `json:"id"`
	Group string `json:"group"` // "hazard", "staleness" or "advice"
	Unit  string `json:"unit"`  // of its sizes: "ns" or "count"
	Of    string `json:"of"`    // what it is a share of: "put", "delete", or "invocation"
	Says  string `json:"says"`  // with {share} for how often
	Doc   string `json:"doc"`   // what one is, and what its size is
	Do    string `json:"do"`    // what to do about it
}

// The groups of kinds.
const (
	HazardGroup    = "hazard"
	StalenessGroup = "staleness"
	AdviceGroup    = "advice"
)

// Finding is what was found of a kind at a place of a script.
type Finding struct {
	Kind       string `json:"kind"`
	Site       Site   `json:"site,omitzero"`
	Other      Site   `json:"other,omitzero"` // the other place that is involved
	Suppressed bool   `json:"suppressed,omitempty"`
	Count      uint64 `json:"count"`
	Of         uint64 `json:"of"` // so many could have been
	// Least, Median and Most are of the sizes of those.
	Least   int64    `json:"least"`
	Median  int64    `json:"median"`
	Most    int64    `json:"most"`
	Example *Example `json:"example,omitempty"` // the one of the greatest size
}

// Site is a place in a script, lines and columns counted from 1; the zero value is none.
type Site struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// String is the site as editors know it, file:line:column; empty for none.
func (s Site) String() string {
	if s == (Site{}) {
		return ""
	}
	return fmt.Sprintf("%s:%d:%d", s.File, s.Line, s.Column)
}

// Example is how one occurrence of a finding came about.
type Example struct {
	Namespace int     `json:"namespace,omitempty"`
	Key       string  `json:"key,omitempty"` // empty where several are involved
	Size      int64   `json:"size"`
	Actors    []Actor `json:"actors"` // by when they began
}

// Actor is an invocation of an example.
type Actor struct {
	Invocation uint64         `json:"invocation"`        // the number of its transaction
	Request    uint64         `json:"request,omitempty"` // of the transaction's sequence, counted from 0
	Role       string         `json:"role"`              // "found", "overwritten" or "before"
	Isolate    int            `json:"isolate"`
	Location   int            `json:"location"`
	Start      time.Duration  `json:"start_ns"`
	End        *time.Duration `json:"end_ns,omitempty"` // nil where it was not over
	Steps      []FindingStep  `json:"steps"`
	Left       int            `json:"left,omitempty"` // so many steps are left out
}

// FindingStep is one call of an actor.
type FindingStep struct {
	Op      string        `json:"op"`
	Key     string        `json:"key,omitempty"`
	Site    Site          `json:"site,omitzero"`
	Start   time.Duration `json:"start_ns"`
	End     time.Duration `json:"end_ns"`
	Version uint64        `json:"version,omitempty"` // of the key's writes, from 1; 0 is what was there before
	Unknown bool          `json:"unknown,omitempty"`
	Absent  bool          `json:"absent,omitempty"`
	Cached  bool          `json:"cached,omitempty"`
	Error   string        `json:"error,omitempty"`
	Names   int           `json:"names,omitempty"`
}

// What a variant's findings may hold at most.
const (
	MaxFindings  = 200
	maxActors    = 3
	maxSteps     = 20 // of an actor
	maxNotes     = 10
	maxFile      = 4096 // bytes of a name
	maxWordBytes = 1000
	maxLine32    = 1<<31 - 1
)

// Kind is a kind by its ID; the zero value where there is none.
func (f *Findings) Kind(id string) (k FindingKind) {
	if i := slices.IndexFunc(f.Kinds, func(k FindingKind) bool { return k.ID == id }); i >= 0 {
		k = f.Kinds[i]
	}
	return k
}

// struck returns the findings without secrets.
func (f *Findings) struck(secrets *secret.Set) *Findings {
	if f == nil {
		return nil
	}
	out := *f
	out.List = slices.Clone(f.List)
	site := func(s *Site) { s.File = secrets.Strike(s.File) }
	for i := range out.List {
		one := &out.List[i]
		site(&one.Site)
		site(&one.Other)
		if one.Example == nil {
			continue
		}
		e := *one.Example
		e.Key, e.Actors = secrets.Strike(e.Key), slices.Clone(e.Actors)
		for j := range e.Actors {
			a := &e.Actors[j]
			a.Steps = slices.Clone(a.Steps)
			for k := range a.Steps {
				a.Steps[k].Key = secrets.Strike(a.Steps[k].Key)
				site(&a.Steps[k].Site)
			}
		}
		one.Example = &e
	}
	return &out
}

// check refuses findings that no run has.
func (f *Findings) check() error {
	if f == nil {
		return nil
	}
	if len(f.List) > MaxFindings || len(f.Kinds) > len(f.List) || f.Left < 0 || len(f.Notes) > maxNotes {
		return fmt.Errorf("%d findings of %d kinds: want at most %d", len(f.List), len(f.Kinds), MaxFindings)
	}
	for _, k := range f.Kinds {
		switch {
		case k.Unit != "ns" && k.Unit != "count":
			return fmt.Errorf("a kind of finding in %q: want ns or count", k.Unit)
		case k.Group != HazardGroup && k.Group != StalenessGroup && k.Group != AdviceGroup:
			return fmt.Errorf("a kind of finding of the group %q", k.Group)
		case k.ID == "" || len(k.ID) > maxName || len(k.Doc)+len(k.Do)+len(k.Says)+len(k.Of) > maxWordBytes:
			return fmt.Errorf("a kind of finding without a name, or with too long a one: %.40q", k.ID)
		}
	}
	for i := range f.List {
		one := &f.List[i]
		if err := one.check(f.Kind(one.Kind).ID != ""); err != nil {
			return fmt.Errorf("finding %d, %.40q: %w", i+1, one.Kind, err)
		}
	}
	return nil
}

func (f *Finding) check(known bool) error {
	switch {
	case !known:
		return fmt.Errorf("a kind that is not told")
	case f.Count < 1 || f.Count > f.Of || f.Of > maxCount:
		return fmt.Errorf("%d of %d", f.Count, f.Of)
	case f.Least > f.Median || f.Median > f.Most:
		return fmt.Errorf("sizes from %d to %d, of which half are below %d", f.Least, f.Most, f.Median)
	case !f.Site.possible() || !f.Other.possible():
		return fmt.Errorf("a place that no file has")
	case f.Example == nil:
		return nil
	case len(f.Example.Actors) > maxActors || len(f.Example.Key) > maxFile:
		return fmt.Errorf("an example of %d invocations: want at most %d", len(f.Example.Actors), maxActors)
	}
	for i := range f.Example.Actors {
		a := &f.Example.Actors[i]
		if len(a.Steps) > maxSteps || a.Left < 0 || a.End != nil && *a.End < a.Start || a.Start < 0 {
			return fmt.Errorf("an invocation of %d steps: want at most %d", len(a.Steps), maxSteps)
		}
		for j := range a.Steps {
			if s := &a.Steps[j]; s.Start < 0 || s.End < s.Start || !s.Site.possible() || len(s.Key) > maxFile || s.Names < 0 || len(s.Op) > maxName || len(s.Error) > maxName {
				return fmt.Errorf("a step from %v to %v", s.Start, s.End)
			}
		}
	}
	return nil
}

func (s Site) possible() bool {
	return len(s.File) <= maxFile && s.Line >= 0 && s.Column >= 0 && s.Line <= maxLine32 && s.Column <= maxLine32
}
