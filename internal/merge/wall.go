package merge

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"kvbench/internal/record"
	"kvbench/internal/runfile"
	"kvbench/internal/sparse"
)

// sum writes a variant on the wall clock, of which every shard has run some transactions.
func (s *Set) sum(w *runfile.Writer, of []unit) error {
	first := of[0]
	to := w.Variant(first.Scenario, first.Variant.Variant, first.Repeat, first.Point...)
	if err := to.Begin(); err != nil {
		return err
	}
	next := make([]int, len(of)) // the interval of each that comes next
	var from time.Duration
	for _, border := range borders(of) {
		a := newAdder(first.Def, record.NewInterval)
		for i, u := range of {
			for ; next[i] < len(u.Intervals) && u.Intervals[next[i]].To <= border; next[i]++ {
				if err := a.add(&u.Intervals[next[i]]); err != nil {
					return err
				}
			}
		}
		if err := to.Interval(a.interval(from, border)); err != nil {
			return err
		}
		from = border
	}
	total, err := s.total(of)
	if err != nil {
		return err
	}
	return to.End(total)
}

// borders are where the intervals of all shards end: at a time at which each of them ends one,
// or has ended altogether.
func borders(of []unit) (out []time.Duration) {
	ends := map[time.Duration]int{} // how many shards end an interval there
	for _, u := range of {
		for i := range u.Intervals {
			ends[u.Intervals[i].To]++
		}
	}
	for at, n := range ends {
		for _, u := range of {
			last := time.Duration(0)
			if k := len(u.Intervals); k > 0 {
				last = u.Intervals[k-1].To
			}
			if last < at {
				n++
			}
		}
		if n == len(of) {
			out = append(out, at)
		}
	}
	slices.Sort(out)
	return out
}

// total is how the variant ended in all shards.
func (s *Set) total(of []unit) (*runfile.Variant, error) {
	precision := record.NewTotal
	for _, u := range of {
		if !u.HasEnded() {
			precision = record.NewInterval // all that there is of one that was cut off
		}
	}
	def := of[0].Def
	a := newAdder(def, precision)
	out := &runfile.Variant{Verified: true, Complete: true}
	var failed []string
	for _, u := range of {
		if err := a.add(&u.Total); err != nil {
			return nil, err
		}
		a.to = max(a.to, u.Total.To)
		out.Verified, out.Complete = out.Verified && u.Verified, out.Complete && u.Complete
		out.Ended, out.Within, out.Behind = out.Ended+u.Ended, max(out.Within, u.Within), out.Behind+u.Behind
		if u.Stored != nil && (out.Stored == nil || *u.Stored > *out.Stored) {
			out.Stored = u.Stored
		}
		if out.FirstError == "" {
			out.FirstError = u.FirstError
		}
		if u.Error != "" {
			failed = append(failed, fmt.Sprintf("shard %d: %s", u.shard, u.Error))
		}
	}
	for _, r := range s.runs {
		if index := r.Header.Shard.Index; !slices.ContainsFunc(of, func(u unit) bool { return u.shard == index }) {
			failed = append(failed, fmt.Sprintf("shard %d: it did not run", index))
		}
	}
	out.Total = a.interval(0, a.to)
	if err := runfile.TooManyErrors(out.Total.Outcomes, def.MaxErrors, out.FirstError); err != nil {
		failed = append(failed, err.Error())
	}
	if failed == nil && sumOf(out.Total.Outcomes) == 0 {
		failed = append(failed, "nothing was measured: no transaction ended in any shard")
	}
	if len(failed) > maxTold {
		failed = append(failed[:maxTold:maxTold], fmt.Sprintf("%d more", len(failed)-maxTold))
	}
	if failed != nil {
		out.Complete, out.Error = false, strings.Join(failed, "; ")
	}
	return out, nil
}

// maxTold is how many reasons a variant's failure names.
const maxTold = 5

// adder adds intervals up.
type adder struct {
	record.Snapshot
	def       *runfile.Definition
	precision func() *record.Histogram
	to        time.Duration
	scratch   sparse.Histogram
}

func newAdder(def *runfile.Definition, precision func() *record.Histogram) *adder {
	return &adder{def: def, precision: precision, Snapshot: record.Snapshot{
		Outcomes: make([]uint64, len(def.Outcomes)), Errors: map[string]uint64{}, Histograms: make([]*record.Histogram, len(def.Series)),
	}}
}

func (a *adder) add(iv *runfile.Interval) error {
	for i, n := range iv.Outcomes {
		a.Outcomes[i] += n
	}
	for code, n := range iv.Errors {
		a.Errors[code] += n
	}
	a.Billed.Add(iv.Billed)
	for i := range a.def.Series {
		if err := iv.Read(i, &a.scratch); err != nil {
			return err
		}
		if a.scratch.Count() == 0 {
			continue
		}
		if a.Histograms[i] == nil {
			a.Histograms[i] = a.precision()
		}
		a.Histograms[i].Add(&a.scratch)
	}
	return nil
}

func (a *adder) interval(from, to time.Duration) runfile.Interval {
	return runfile.Interval{From: from, To: to, Snapshot: a.Snapshot}
}

func sumOf(counts []uint64) (n uint64) {
	for _, c := range counts {
		n += c
	}
	return n
}

// part is what a shard gave to the run.
func part(r *runfile.Run) (runfile.ShardPart, error) {
	p := runfile.ShardPart{Index: r.Header.Shard.Index, Host: r.Header.Host, CPUs: r.Header.CPUs}
	var late, one sparse.Histogram
	for _, v := range r.Variants {
		p.Transactions += sumOf(v.Total.Outcomes)
		if i := v.Def.ErrorOutcome(); i >= 0 && i < len(v.Total.Outcomes) {
			p.Errors += v.Total.Outcomes[i]
		}
		if err := v.Total.Read(record.Lateness, &one); err != nil {
			return p, err
		}
		late.Merge(&one)
	}
	if late.Count() > 0 {
		p50, p99 := time.Duration(late.Percentile(50)), time.Duration(late.Percentile(99))
		p.LatenessP50, p.LatenessP99 = &p50, &p99
	}
	return p, nil
}
