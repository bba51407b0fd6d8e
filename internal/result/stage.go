package result

import (
	"time"

	"kvbench/internal/metric"
	"kvbench/internal/runfile"
)

// Stage is what a variant gave in a named stage of its load, all repeats together. A
// transaction counts in the stage in which it ended, and what ended after the last one in
// that.
type Stage struct {
	runfile.Stage
	Sample   *Sample
	Measured time.Duration // how long it was, in all repeats; 0 where none came so far
}

// Rate is how many transactions a second ended; none of a stage that was not measured.
func (s *Stage) Rate() metric.Quantity {
	return metric.Ratio(float64(s.Sample.Transactions()), s.Measured.Seconds())
}

// stages are what a variant gave in the named stages of its load; none of a run that holds
// no intervals, as a baseline.
func stages(def *runfile.Definition, repeats []Repeat) (out []Stage, err error) {
	if def.Workload == nil {
		return nil, nil
	}
	planned := def.Workload.Load.Stages
	kept := false
	for _, r := range repeats {
		kept = kept || len(r.Intervals) > 0
	}
	if !kept {
		return nil, nil
	}
	for i, s := range planned {
		if s.Name == "" {
			continue
		}
		one := Stage{Stage: s}
		var parts []runfile.Interval
		for _, r := range repeats {
			for _, iv := range r.Intervals {
				if last := i == len(planned)-1; iv.From >= s.From && (last || iv.To <= s.To) {
					parts = append(parts, iv)
					one.Measured += iv.To - iv.From
				}
			}
		}
		if one.Sample, err = Stretch(def, parts); err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// Behind is how far a variant fell short of the rate of its load.
type Behind struct {
	Due   uint64          // in the measured time
	Late  uint64          // of them, that began only after it
	Share metric.Quantity // of the rate that was met
}

// Behind is how many of the transactions that were due in the measured time had not begun
// at its end; ok is false where all had.
func (v *Variant) Behind() (b Behind, ok bool) {
	for _, r := range v.Repeats {
		b.Late += r.Behind
	}
	b.Due = v.Whole.Transactions()
	b.Share = metric.Ratio(float64(b.Due)-float64(min(b.Late, b.Due)), float64(b.Due))
	return b, b.Late > 0
}
