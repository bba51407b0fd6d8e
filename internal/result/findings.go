package result

import (
	"cmp"
	"slices"

	"kvbench/internal/metric"
	"kvbench/internal/runfile"
)

// Finding is what a detector found of a kind at a place in all repeats of a variant.
type Finding struct {
	runfile.FindingKind
	Site, Other runfile.Site
	Suppressed  bool
	Count       uint64
	Share       metric.Quantity
	Unit        metric.Unit // of the sizes
	// Least, Median and Most are of the sizes; of several repeats the median is that of the
	// one with the most occurrences.
	Least, Median, Most int64
	Example             *runfile.Example // the one of the greatest size; nil where there is none

	of, most uint64
}

// Findings are what a detector found in a variant, the worst first, and notes on what it did
// not look at; watched is false where no repeat had one.
func (v *Variant) Findings() (found []Finding, notes []string, watched bool) {
	type place struct {
		kind        string
		site, other runfile.Site
	}
	at := map[place]int{}
	rank := map[string]int{}
	of := map[string]uint64{} // by kind, of all repeats
	for _, r := range v.Repeats {
		if r.Findings == nil {
			continue
		}
		watched = true
		for _, note := range r.Findings.Notes {
			if !slices.Contains(notes, note) {
				notes = append(notes, note)
			}
		}
		counted := map[string]bool{}
		for _, f := range r.Findings.List {
			if !counted[f.Kind] {
				counted[f.Kind] = true
				of[f.Kind] += f.Of
			}
			p := place{f.Kind, f.Site, f.Other}
			i, ok := at[p]
			if !ok {
				i, at[p] = len(found), len(found)
				kind := r.Findings.Kind(f.Kind)
				found = append(found, Finding{
					FindingKind: kind, Site: f.Site, Other: f.Other, Suppressed: f.Suppressed, Unit: metric.Unit(kind.Unit),
				})
				if _, ranked := rank[f.Kind]; !ranked {
					rank[f.Kind] = len(rank)
				}
			}
			found[i].add(&f)
		}
	}
	for i := range found {
		f := &found[i]
		f.of = of[f.ID]
		f.Share = metric.Ratio(float64(f.Count), float64(f.of))
	}
	groups := []string{runfile.HazardGroup, runfile.StalenessGroup, runfile.AdviceGroup}
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(slices.Index(groups, a.Group), slices.Index(groups, b.Group)),
			cmp.Compare(rank[a.ID], rank[b.ID]), cmp.Compare(b.Count, a.Count),
		)
	})
	return found, notes, watched
}

// add adds what a repeat found.
func (f *Finding) add(r *runfile.Finding) {
	if f.Count == 0 || r.Least < f.Least {
		f.Least = r.Least
	}
	if f.Count == 0 || r.Most > f.Most {
		f.Most, f.Example = r.Most, r.Example
	}
	if r.Count > f.most {
		f.most, f.Median = r.Count, r.Median
	}
	f.Count += r.Count
}

// Total is how many occurrences of something there could have been.
func (f *Finding) Total() uint64 { return f.of }
