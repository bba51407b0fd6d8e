package runfile

import (
	"bytes"
	"fmt"
	"time"

	"kvbench/internal/record"
	"kvbench/kv"
)

// What a file may hold at most, so that reading one takes no more than some hundred
// megabytes beside it, and no longer than its size tells. A run of kvbench's stays far
// below.
const (
	// maxLine is the longest line in bytes: ten times the total of a variant with a
	// hundred series whose buckets are all filled.
	maxLine = 1 << 27
	// maxPlain is how long it may be without what was observed.
	maxPlain = 1 << 26
	// maxObjects and maxValues are of the objects and values in that: each can take a
	// hundred times the memory of its text.
	maxObjects, maxValues = 500_000, 4_000_000
	// maxPipe is how much is read of what is no file, and is kept.
	maxPipe = 1 << 27

	maxVariants, maxOutcomes, maxSeries = 1000, 100, 200 // of a scenario
	maxStages                           = 1000           // of a load
	maxName                             = 200            // bytes, of all of these and of a scenario
	// maxFigure is of a rate, a price in dollars and what prices include: a sum of them
	// can be written as any other number.
	maxFigure = 1e12
)

// checkPlain refuses a line that takes too much memory as JSON.
func checkPlain(line []byte) error {
	switch {
	case len(line) > maxPlain:
		return fmt.Errorf("more than %d MiB beside its histograms", maxPlain>>20)
	case bytes.Count(line, []byte("{"))+bytes.Count(line, []byte("null")) > maxObjects:
		return fmt.Errorf("more than %d objects", maxObjects)
	case bytes.Count(line, []byte(",")) > maxValues:
		return fmt.Errorf("more than %d values", maxValues)
	}
	return nil
}

// check refuses a scenario that no run has: one of more than there may be, or of other
// series than every run has.
func (d *Definition) check() error {
	for _, list := range []struct {
		of        string
		have, max int
	}{
		{"variants", len(d.Variants), maxVariants},
		{"outcomes", len(d.Outcomes), maxOutcomes},
		{"series", len(d.Series), maxSeries},
		{"points", len(d.Points), d.maxPoints()},
	} {
		if list.have > list.max {
			return fmt.Errorf("%d %s: want at most %d", list.have, list.of, list.max)
		}
	}
	for i, s := range record.Standard() {
		if i >= len(d.Series) || d.Series[i].Name != s.Name {
			return fmt.Errorf("its series are not %s and so on", s.Name)
		}
	}
	if err := checkStages(d.Workload); err != nil {
		return err
	}
	if err := d.Find.check(); err != nil {
		return err
	}
	if err := checkAmounts(d.Rate, &d.Capabilities); err != nil {
		return err
	}
	for i := range d.Points {
		p := &d.Points[i]
		if err := checkStages(p.Workload); err != nil {
			return fmt.Errorf("point %d: %w", i+1, err)
		}
		if p.Workload == nil || len(p.Settings) == 0 || len(p.Settings) != len(d.Points[0].Settings) {
			return fmt.Errorf("point %d: want the same settings as the first, and a workload", i+1)
		}
		if err := checkAmounts(p.Rate, &p.Capabilities); err != nil {
			return fmt.Errorf("point %d: %w", i+1, err)
		}
	}
	return d.checkNames()
}

// checkStages refuses stages that do not follow each other.
func checkStages(w *Workload) error {
	if w == nil {
		return nil
	}
	stages := w.Load.Stages
	if len(stages) > maxStages {
		return fmt.Errorf("%d stages: want at most %d", len(stages), maxStages)
	}
	var last time.Duration
	for _, s := range stages {
		if s.From < last || s.To < s.From {
			return fmt.Errorf("a stage from %v to %v after one that ends at %v", s.From, s.To, last)
		}
		last = s.To
	}
	return nil
}

// checkAmounts refuses rates and prices that no sum could hold.
func checkAmounts(rate float64, c *kv.Capabilities) error {
	p := &c.Prices
	for _, v := range []float64{
		rate, c.CallRate, p.Reads, p.Writes, p.Deletes, p.Lists, p.StorageGB,
		p.IncludedReads, p.IncludedWrites, p.IncludedDeletes, p.IncludedLists, p.IncludedGB,
	} {
		if v < 0 || v > maxFigure {
			return fmt.Errorf("a rate or a price of %g: want 0 to %g", v, float64(maxFigure))
		}
	}
	return nil
}

// checkNames refuses names that are too long.
func (d *Definition) checkNames() error {
	names := append([]string{d.Name}, d.Outcomes...)
	if d.Workload != nil {
		for _, s := range d.Workload.Load.Stages {
			names = append(names, s.Name)
		}
	}
	for _, v := range d.Variants {
		names = append(names, v.Name)
	}
	for _, s := range d.Series {
		names = append(names, s.Name)
	}
	for _, name := range names {
		if len(name) > maxName {
			return fmt.Errorf("a name of %d bytes, %.40q…: want at most %d", len(name), name, maxName)
		}
	}
	return nil
}
