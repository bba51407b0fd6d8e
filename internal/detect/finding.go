package detect

import (
	"cmp"
	"slices"
	"time"
)

// Finding is what was found of one kind at one place.
type Finding struct {
	Kind Kind
	Site Site
	// Other is the other place that is involved: where what was overwritten was written.
	Other      Site
	Suppressed bool
	Count      uint64 // occurrences, or of a kind that is of "invocation" invocations
	Of         uint64 // what it is a share of, at all places
	// Least, Median and Most are the sizes, in the unit of the kind: the median is that of
	// 1,024 of them or more, evenly chosen, where there are more.
	Least, Median, Most int64
	Example             *Example // the one of the greatest size
}

// Example is how one occurrence came about.
type Example struct {
	Namespace int
	Key       string // empty where several are involved
	Size      int64
	Actors    []Actor // at most three invocations, in the order in which they began
}

// Actor is an invocation of an example.
type Actor struct {
	Invocation        uint64
	Role              Role
	Isolate, Location int
	Start             time.Duration // of its first call
	End               time.Duration // when it was over; before Start where it was not yet
	Steps             []Step        // at most 20
	Left              int           // how many steps more it had
}

// Role is what an invocation did in an example.
type Role string

// The roles.
const (
	Found       Role = "found"       // what was found is at its step
	Overwritten Role = "overwritten" // what it wrote was
	Before      Role = "before"      // it wrote what was replaced
)

// Step is one call of an actor, of one key.
type Step struct {
	Op         Op
	Key        string
	Site       Site
	Start, End time.Duration
	// Version numbers the writes of a key as they were sent, from 1; 0 is what was there
	// before. Of a get it is what was found, of a write what it wrote.
	Version uint64
	Unknown bool   // the version is not known
	Absent  bool   // the get found nothing
	Cached  bool   // the location's cache answered
	Error   string // as kv.ErrorCode; "in flight" where it had not ended
	Names   int    // of a page of a listing
}

// InFlight is the Error of a step that had not ended.
const InFlight = "in flight"

type groupKey struct {
	kind        Kind
	site, other Site
}

// group is a finding as it grows.
type group struct {
	groupKey
	suppressed  bool
	count       uint64
	least, most int64
	sizes       []int64 // each stride-th
	stride      uint64
	example     *Example
}

// occurrence is an Occurrence with what tells how it came about.
type occurrence struct {
	Occurrence
	site, other Site
	key         *key
	actors      []actor
}

type actor struct {
	in   *invocation
	role Role
}

// occurred counts an occurrence and reports it.
func (d *Detector) occurred(o occurrence) {
	g := d.group(groupKey{o.Kind, o.site, o.other})
	suppressed := g != nil && g.suppressed
	if g != nil {
		g.see(o.Size, func() *Example { return d.example(&o) })
	}
	if !suppressed && d.o.Report != nil {
		d.o.Report(o.Occurrence)
	}
}

// noted is an occurrence that an invocation has at most once at a site.
type noted struct {
	groupKey
	key  *key
	size int64
	over *version // what another invocation wrote, that it is about; nil where there is none
}

// note notes an occurrence of a kind that an invocation has at most once at a site, and
// which is told with the greatest size when the invocation is over.
func (in *invocation) note(n noted) {
	for i := range in.noted {
		if o := &in.noted[i]; o.groupKey == n.groupKey {
			if n.size > o.size {
				*o = n
			}
			return
		}
	}
	if len(in.noted) < maxNoted {
		in.noted = append(in.noted, n)
	}
}

// maxNoted bounds the kinds and sites that an invocation is told for.
const maxNoted = 64

// tell counts what was noted of an invocation that is over, and reports each kind once.
func (d *Detector) tell(in *invocation) {
	var worst [numKinds]*noted
	for i := range in.noted {
		n := &in.noted[i]
		g := d.group(n.groupKey)
		if g == nil || !g.suppressed {
			if w := worst[n.kind]; w == nil || n.size > w.size {
				worst[n.kind] = n
			}
		}
		if g == nil {
			continue
		}
		o := occurrence{Occurrence: Occurrence{Kind: n.kind, Size: n.size}, key: n.key, actors: []actor{{in, Found}}}
		if n.over != nil && n.over.by != nil && n.over.by != in {
			o.actors = []actor{{n.over.by, Before}, {in, Found}}
		}
		g.see(n.size, func() *Example { return d.example(&o) })
	}
	if d.o.Report == nil {
		return
	}
	for _, w := range worst {
		if w != nil {
			d.o.Report(Occurrence{Kind: w.kind, Invocation: in.number, Due: in.due, Size: w.size})
		}
	}
}

// group finds or begins a finding; nil when there are too many.
func (d *Detector) group(key groupKey) *group {
	g := d.groups[key]
	if g != nil {
		return g
	}
	if len(d.groups) == maxGroups {
		d.notes[noteGroups]++
		return nil
	}
	g = &group{groupKey: key, stride: 1}
	if d.o.Suppressed != nil {
		g.suppressed = d.o.Suppressed(key.kind, key.site)
	}
	d.groups[key] = g
	return g
}

// maxSizes bounds the sizes that a finding keeps for its median.
const maxSizes = 2048

func (g *group) see(size int64, example func() *Example) {
	if g.count == 0 || size < g.least {
		g.least = size
	}
	if g.count%g.stride == 0 {
		g.sizes = append(g.sizes, size)
	}
	if len(g.sizes) == maxSizes {
		for i := range maxSizes / 2 {
			g.sizes[i] = g.sizes[2*i]
		}
		g.sizes = g.sizes[:maxSizes/2]
		g.stride *= 2
	}
	if g.count == 0 || size > g.most {
		g.most, g.example = size, example()
	}
	g.count++
}

// Findings returns what was found, worst first: by kind, and by count.
func (d *Detector) Findings() []Finding {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := make([]Finding, 0, len(d.groups))
	for _, g := range d.groups {
		slices.Sort(g.sizes)
		out = append(out, Finding{
			Kind: g.kind, Site: g.site, Other: g.other, Suppressed: g.suppressed,
			Count: g.count, Of: d.measured.of(g.kind),
			Least: g.least, Median: g.sizes[(len(g.sizes)-1)/2], Most: g.most, Example: g.example,
		})
	}
	slices.SortFunc(out, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(b.Count, a.Count), a.Site.compare(b.Site), a.Other.compare(b.Other))
	})
	return out
}

func (s Site) compare(o Site) int {
	return cmp.Or(cmp.Compare(s.File, o.File), cmp.Compare(s.Line, o.Line), cmp.Compare(s.Column, o.Column))
}
