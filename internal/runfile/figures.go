package runfile

import (
	"fmt"
	"time"

	"kvbench/internal/record"
)

// maxCount is the most that anything is counted to, all intervals of a variant taken
// together: up to 2^53 every reader of JSON has whole numbers exactly, and sums of as
// many repeats as there may be hold it.
const maxCount = 1 << 53

// strand are the lines of one key, as far as they were read.
type strand struct {
	Key
	variant *Variant
	crc     uint32 // of its last line
	ended   bool
	to      time.Duration // where its last interval ended
	sum     figures       // of its intervals
}

// figures are what an interval's counts and histograms come to.
type figures struct {
	def    *Definition
	counts []uint64   // by name
	series []observed // by the scenario's series, without histograms; their count is 0 where there is none
}

// billedKinds are the first of a figures' counts; its outcomes and errors follow.
var billedKinds = [...]string{"reads", "writes", "deletes", "lists", "bytes read", "bytes written", "errors"}

func newFigures(def *Definition) figures {
	return figures{def: def, counts: make([]uint64, len(billedKinds)+len(def.Outcomes)), series: make([]observed, len(def.Series))}
}

// set sets the counts.
func (f *figures) set(in *interval) error {
	b := &in.Billed
	var failures uint64
	for code, n := range in.Errors {
		if n > maxCount || failures+n > maxCount {
			return fmt.Errorf("errors of code %s: %d: want at most 2^53 in all", code, n)
		}
		failures += n
	}
	counts := append(f.counts[:0], b.Reads, b.Writes, b.Deletes, b.Lists, b.BytesRead, b.BytesWritten, failures)
	f.counts = append(counts, in.Outcomes...)
	return nil
}

// name is that of a count.
func (f *figures) name(i int) string {
	if i < len(billedKinds) {
		return billedKinds[i]
	}
	return "outcome " + f.def.Outcomes[i-len(billedKinds)]
}

// check refuses figures that contradict each other.
func (f *figures) check() error {
	for i, n := range f.counts {
		if n > maxCount {
			return fmt.Errorf("%s: %d: want at most 2^53", f.name(i), n)
		}
	}
	for i := range f.series {
		if n := f.series[i].count; n > maxCount {
			return fmt.Errorf("series %s: %d values: want at most 2^53", f.def.Series[i].Name, n)
		}
	}
	var transactions uint64
	for _, n := range f.counts[len(billedKinds):] {
		transactions += n // of at most 2^53 each
	}
	for i, o := range f.series[:min(record.Get, len(f.series))] { // each transaction has one of each
		if n := uint64(o.count); n != transactions && (n > 0 || i == record.Response) {
			return fmt.Errorf("%d transactions in the outcomes, %d in the series %s", transactions, n, f.def.Series[i].Name)
		}
	}
	return nil
}

// add adds figures, each of at most 2^53.
func (f *figures) add(o *figures) {
	for i, n := range o.counts {
		f.counts[i] += n
	}
	for i, b := range o.series {
		a := &f.series[i]
		switch {
		case b.count == 0:
		case a.count == 0:
			*a = b
		default:
			a.count += b.count
			a.exact = a.exact && b.exact
			a.ends.Min, a.ends.Max = min(a.ends.Min, b.ends.Min), max(a.ends.Max, b.ends.Max)
		}
	}
}

// interval adds an interval, which begins where the last one ended.
func (s *strand) interval(in *interval, f *figures) error {
	if in.From != s.to || in.To <= in.From {
		return fmt.Errorf("an interval from %v to %v, where the last one ended at %v", in.From, in.To, s.to)
	}
	s.to = in.To
	if err := f.check(); err != nil {
		return err
	}
	s.sum.add(f)
	return s.sum.check()
}

// total checks the total, in which is all that is in the intervals.
func (s *strand) total(in *interval, f *figures) error {
	if in.From != 0 || in.To < s.to {
		return fmt.Errorf("a total from %v to %v, where the last interval ended at %v", in.From, in.To, s.to)
	}
	if err := f.check(); err != nil {
		return err
	}
	for i, n := range s.sum.counts {
		if f.counts[i] < n {
			return fmt.Errorf("%s: %d in the total, %d in the intervals", f.name(i), f.counts[i], n)
		}
	}
	for i, parts := range s.sum.series {
		whole, name := f.series[i], f.def.Series[i].Name
		if whole.count < parts.count {
			return fmt.Errorf("series %s: %d values in the total, %d in the intervals", name, whole.count, parts.count)
		}
		if whole.exact && parts.exact && (whole.ends.Min > parts.ends.Min || whole.ends.Max < parts.ends.Max) {
			return fmt.Errorf("series %s: from %d to %d in the total, from %d to %d in the intervals",
				name, whole.ends.Min, whole.ends.Max, parts.ends.Min, parts.ends.Max)
		}
	}
	return nil
}
