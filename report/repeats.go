package report

import (
	"kvbench/internal/runfile"
	"kvbench/internal/sparse"
)

// repeats adds up the histograms of a variant's repeats, by the index of their series.
// Its memory is for one variant after the other.
type repeats struct{ sums, next []sparse.Histogram }

func newRepeats(series int) repeats {
	return repeats{make([]sparse.Histogram, series), make([]sparse.Histogram, series)}
}

func (r repeats) reset() {
	for i := range r.sums {
		r.sums[i].Reset()
	}
}

// add adds a repeat; nothing of it when a series can't be read.
func (r repeats) add(total *runfile.Interval) error {
	for i := range r.next {
		if err := total.Read(i, &r.next[i]); err != nil {
			return err
		}
	}
	for i := range r.next {
		if r.sums[i].Count() == 0 {
			r.sums[i], r.next[i] = r.next[i], r.sums[i]
		} else {
			r.sums[i].Merge(&r.next[i])
		}
	}
	return nil
}
