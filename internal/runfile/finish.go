package runfile

import (
	"fmt"

	"kvbench/internal/record"
	"kvbench/internal/sparse"
)

// finish sums up the variants that the end of the file cut off, and says what a
// reader has to know.
func (p *parser) finish() (err error) {
	run := p.run
	var running []string
	for _, s := range p.order {
		if s.ended {
			continue
		}
		running = append(running, s.Key.String())
		if s.variant.Total, err = sum(s.variant); err != nil {
			return err
		}
		s.variant.Error = "cut off"
	}
	if run.CutOff {
		text := "The run was cut off: its file ends before it did, and what was written up to then is shown."
		for _, name := range running {
			text += fmt.Sprintf(" %s was running.", name)
		}
		run.Warnings = append(run.Warnings, text)
	}
	if run.Interrupted {
		run.Warnings = append(run.Warnings, "The run was interrupted; what was measured up to then is shown.")
	}
	for i, s := range p.order {
		if v := run.Variants[i]; v.Error != "" && s.ended && !run.Interrupted {
			name := v.Name
			if len(v.Point) > 0 {
				name += " at " + Words(v.Point)
			}
			run.Warnings = append(run.Warnings, fmt.Sprintf("%s/%s failed: %s", v.Def.Name, name, v.Error))
		}
	}
	return nil
}

// sum adds the intervals of a variant up.
func sum(v *Variant) (Interval, error) {
	total := Interval{
		Snapshot: record.Snapshot{Outcomes: make([]uint64, len(v.Def.Outcomes))},
		def:      v.Def, sums: make([]sparse.Histogram, len(v.Def.Series)),
	}
	var one sparse.Histogram
	for i := range v.Intervals {
		iv := &v.Intervals[i]
		for series := range total.sums {
			if err := iv.Read(series, &one); err != nil {
				return total, err
			}
			total.sums[series].Merge(&one)
		}
		counts := iv.Snapshot
		counts.Histograms = nil // those are in the file
		total.To = iv.To
		total.Merge(&counts)
	}
	return total, nil
}
