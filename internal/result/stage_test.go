package result_test

import (
	"testing"
	"time"

	"kvbench/internal/load"
	"kvbench/internal/metric"
	"kvbench/internal/record"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
)

// ended is an interval in which so many transactions ended, each after a response.
func ended(def *runfile.Definition, from, to time.Duration, n, errors uint64, response time.Duration) runfile.Interval {
	h := record.NewTotal()
	if n > 0 {
		h.Record(int64(response), int64(n))
	}
	iv := runfile.Interval{From: from, To: to}
	iv.Outcomes, iv.Histograms = []uint64{n - errors, errors}, make([]*record.Histogram, len(def.Series))
	iv.Histograms[record.Response] = h
	return iv
}

// A named stage has what its intervals of all repeats hold; the last one has what ended
// after it too.
func TestStages(t *testing.T) {
	const second = time.Second
	run := runOf(2, runfile.VariantDef{Name: "a"}, runfile.VariantDef{Name: "b"})
	def := &run.Header.Scenarios[0]
	rate := load.PerSecond(1)
	def.Workload = &runfile.Workload{Load: runfile.Load{Stages: []runfile.Stage{
		{Name: "ramp", From: 0, To: 10 * second, Rate: rate, End: rate},
		{From: 10 * second, To: 20 * second, Rate: rate, End: rate},
		{Name: "spike", From: 20 * second, To: 25 * second, Rate: rate, End: rate},
	}}}
	for repeat := range 2 {
		v := add(run, 0, repeat, nil, 100, 0)
		v.Intervals = []runfile.Interval{
			ended(def, 0, 5*second, 10, 0, second),
			ended(def, 5*second, 10*second, 30, 10, 3*second),
			ended(def, 10*second, 20*second, 7, 0, time.Hour),
			ended(def, 20*second, 25*second, 1000, 0, 5*second),
			ended(def, 25*second, 30*second, 1000, 500, 5*second),
		}
	}
	add(run, 1, 0, nil, 1, 0).Intervals = []runfile.Interval{ended(def, 0, 10*second, 5, 0, second)}
	set, err := result.Of(run)
	if err != nil {
		t.Fatal(err)
	}
	failed, _ := set.Scenarios[0].Metric(runfile.Errors)
	for _, test := range []struct {
		variant, stage int
		name           string
		rate           metric.Quantity
		p99            time.Duration
		errors         metric.Quantity
	}{
		{0, 0, "ramp", metric.Of(4), 3 * second, metric.Of(0.25)},
		{0, 1, "spike", metric.Of(200), 5 * second, metric.Of(0.25)},
		{1, 0, "ramp", metric.Of(0.5), second, metric.Of(0)},
		{1, 1, "spike", metric.Quantity{}, 0, metric.Quantity{}}, // it did not come so far
	} {
		s := &set.Scenarios[0].Variants[test.variant].Stages[test.stage]
		p99 := time.Duration(s.Sample.Series(record.Response).P99)
		errors, _ := s.Sample.Value(metric.Figure{Metric: failed, Stat: metric.Part})
		if s.Name != test.name || s.Rate() != test.rate || p99 < test.p99*99/100 || p99 > test.p99*101/100 || errors != test.errors {
			t.Errorf("%s: %v/s, p99 %v, errors %v", s.Name, s.Rate(), p99, errors)
		}
	}
	for _, v := range run.Variants { // as of a baseline
		v.Intervals = nil
	}
	if set, err = result.Of(run); err != nil || set.Scenarios[0].Variants[0].Stages != nil {
		t.Errorf("a run without intervals has stages: %v, %v", set.Scenarios[0].Variants[0].Stages, err)
	}
}
