package result_test

import (
	"testing"

	"kvbench/internal/metric"
	"kvbench/internal/record"
	"kvbench/internal/result"
	"kvbench/internal/runfile"
)

func runOf(repeats int, variants ...runfile.VariantDef) *runfile.Run {
	series := append(record.Standard(), record.Series{Name: "lost", Unit: "count", Of: "write-back", Mark: true},
		record.Series{Name: "held", Unit: "bytes", Mark: true}, record.Series{Name: "write-back", Unit: "ns"})
	run := &runfile.Run{}
	run.Header.Scenarios = []runfile.Definition{{
		Name: "s", Published: "b", Outcomes: []string{"read", "error"}, Series: series, Repeats: repeats, Variants: variants,
	}}
	return run
}

func add(run *runfile.Run, variant, repeat int, values map[int][]int64, outcomes ...uint64) *runfile.Variant {
	def := &run.Header.Scenarios[0]
	v := &runfile.Variant{Variant: variant, Repeat: repeat, Complete: true, Def: def}
	v.Total.Outcomes, v.Total.Histograms = outcomes, make([]*record.Histogram, len(def.Series))
	for series, all := range values {
		v.Total.Histograms[series] = record.NewTotal()
		for _, x := range all {
			v.Total.Histograms[series].Record(x, 1)
		}
	}
	run.Variants = append(run.Variants, v)
	return v
}

const (
	lost = record.FirstMark + iota
	held
	writeBack
)

// Repeats are taken together, and each can be had alone.
func TestRepeats(t *testing.T) {
	run := runOf(2, runfile.VariantDef{Name: "a"}, runfile.VariantDef{Name: "b"})
	add(run, 1, 0, map[int][]int64{record.Response: {10, 20}, record.Get: {5}, lost: {1}, writeBack: {7, 8}}, 1, 1)
	add(run, 1, 1, map[int][]int64{record.Response: {30, 40, 50}, lost: {3}, writeBack: {9, 9}}, 3, 0)
	set, err := result.Of(run)
	if err != nil {
		t.Fatal(err)
	}
	s := set.Scenarios[0]
	if a := s.Variants[0]; a.Ran() || a.Missing != "it did not run" || a.Published {
		t.Errorf("a: %+v", a)
	}
	b := s.Variant("b")
	if !b.Ran() || b.Missing != "" || !b.Published || len(b.Repeats) != 2 {
		t.Fatalf("b: %+v", b)
	}
	for _, c := range []struct {
		of   *result.Sample
		id   string
		stat metric.Stat
		want float64
	}{
		{b.Whole, "response", metric.N, 5},
		{b.Whole, "response", metric.Max, 50},
		{b.Repeats[0].Sample, "response", metric.Max, 20},
		{b.Repeats[1].Sample, "response", metric.Min, 30},
		{b.Whole, "lost", metric.Part, 0.5},
		{b.Whole, "lost", metric.Per, 0.4},
		{b.Whole, "lost", metric.P50, 1},
		{b.Whole, "errors", metric.Part, 0.2},
		{b.Whole, "outcome.read", metric.N, 4},
		{b.Whole, "ops.get", metric.Mean, 0.2},
		{b.Whole, "ops", metric.Mean, 0.2},
		{b.Repeats[1].Sample, "ops", metric.Mean, 0},
		{b.Whole, "usd-per-million", metric.Mean, 0},
		{b.Whole, "held", metric.Max, 0}, // of what never happened
	} {
		m, ok := s.Metric(c.id)
		if !ok {
			t.Fatalf("no metric %s", c.id)
		}
		q, missing := c.of.Value(metric.Figure{Metric: m, Stat: c.stat})
		if v, ok := q.Value(); !ok || v != c.want {
			t.Errorf("%s %s: %v %s, want %v", c.id, c.stat, v, missing, c.want)
		}
	}
	h, err := b.Whole.Distribution(record.Response)
	if err != nil || h.Count() != 5 {
		t.Errorf("%d values, %v", h.Count(), err)
	}
}

// Of nothing there is no share, but of what a variant can't have it is 0.
func TestShareOfNothing(t *testing.T) {
	run := runOf(1, runfile.VariantDef{Name: "a"}, runfile.VariantDef{Name: "b", Never: "write-back"})
	for v := range 2 {
		add(run, v, 0, map[int][]int64{record.Response: {1}}, 1, 0)
	}
	set, err := result.Of(run)
	if err != nil {
		t.Fatal(err)
	}
	m, _ := set.Scenarios[0].Metric("lost")
	for i, want := range []bool{false, true} {
		v := set.Scenarios[0].Variants[i]
		for _, s := range []*result.Sample{v.Whole, v.Repeats[0].Sample} {
			for _, stat := range []metric.Stat{metric.N, metric.Part, metric.Max} {
				q, missing := s.Value(metric.Figure{Metric: m, Stat: stat})
				if q.Known() != want || want == (missing != "") || q.Or(0) != 0 {
					t.Errorf("%s: %s is %v, %q", v.Name, stat, q, missing)
				}
			}
		}
	}
}

func TestMissing(t *testing.T) {
	run := runOf(2, runfile.VariantDef{Name: "a"})
	v := add(run, 0, 0, map[int][]int64{record.Response: {1}}, 1, 0)
	for _, c := range []struct {
		change func()
		want   string
	}{
		{func() {}, "1 of its 2 repeats ran"},
		{func() { v.Complete = false }, "it did not run to its end"},
		{func() { v.Error = "the store is gone" }, "it failed: the store is gone"},
		{func() { v.Error = "seeding the store: context canceled" }, "it was interrupted"},
	} {
		c.change()
		set, err := result.Of(run)
		if err != nil || set.Scenarios[0].Variants[0].Missing != c.want {
			t.Errorf("%q, %v, want %q", set.Scenarios[0].Variants[0].Missing, err, c.want)
		}
	}
}
