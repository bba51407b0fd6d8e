package kit

import (
	"math"
	"slices"
	"testing"
	"time"

	"kvbench/internal/metric"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// Whatever the values, an axis has few ticks at numbers, and all lies on it.
func TestAxesOfAnyValues(t *testing.T) {
	value := rapid.OneOf(
		rapid.SampledFrom([]float64{0, 1, 1e-9, 0.5, 999, float64(100 * time.Hour), math.MaxInt64}), rapid.Float64Range(0, math.MaxInt64),
	)
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(value, 0, 5).Draw(t, "values")
		end := rapid.Int64Range(1, math.MaxInt64).Draw(t, "end")
		for name, a := range map[string]Axis{
			"ns": LogAxis(metric.Time, values, 6), "bytes": LogAxis(metric.Size, values, 6), "count": LogAxis(metric.Count, values, 6),
			"time": TimeAxis(time.Duration(end)),
		} {
			if len(a.Ticks) == 0 || len(a.Ticks) > 60 {
				t.Fatalf("%s: %d ticks of %v", name, len(a.Ticks), values)
			}
			all := append([]float64{a.Min, a.Max}, values...)
			for _, tick := range a.Ticks {
				all = append(all, tick.Value)
			}
			for _, v := range all {
				if at := a.Norm(v); !(at >= 0 && at <= 1) {
					t.Fatalf("%s: %v lies at %v of %v to %v", name, v, at, a.Min, a.Max)
				}
			}
			if a.Norm(a.Min) != 0 || a.Norm(a.Max) != 1 {
				t.Fatalf("%s: %v to %v", name, a.Min, a.Max)
			}
		}
	})
}

func labels(a Axis) (out []string) {
	for _, t := range a.Ticks {
		out = append(out, t.Label)
	}
	return out
}

// Ticks stand at round numbers, no more than asked for, and zero has one of its own.
func TestTicks(t *testing.T) {
	for _, test := range []struct {
		axis Axis
		want []string
	}{
		{LogAxis(metric.Time, []float64{3e6, 2e9}, 10), []string{"2 ms", "5 ms", "10 ms", "20 ms", "50 ms", "100 ms", "200 ms", "500 ms", "1 s", "2 s"}},
		{LogAxis(metric.Time, []float64{3e6, 2e9}, 5), []string{"10 ms", "100 ms", "1 s"}},
		{LogAxis(metric.Time, []float64{0, 3e6, 9e6}, 5), []string{"0", "2 ms", "5 ms", "10 ms"}},
		{LogAxis(metric.Count, []float64{1}, 5), []string{"1", "2"}},
		{LogAxis(metric.Size, []float64{100, 1 << 21}, 4), []string{"1 KiB", "32 KiB", "1 MiB"}},
		{TimeAxis(10 * time.Minute), []string{"0", "2 min", "4 min", "6 min", "8 min", "10 min"}},
		{TimeAxis(90 * time.Second), []string{"0", "30 s", "1 min", "1.5 min"}},
		{NinesAxis(99.9), []string{"0", "50", "90", "99", "99.9"}},
		{LinearAxis(0.2, []float64{0.01, 0.05, 0.1}, 4, metric.FormatShare), []string{"0%", "5%", "10%", "15%", "20%"}},
	} {
		if diff := cmp.Diff(test.want, labels(test.axis)); diff != "" {
			t.Errorf("%v to %v: %s", test.axis.Min, test.axis.Max, diff)
		}
	}
}

// Each nine takes as much room as the one before.
func TestNines(t *testing.T) {
	a := NinesAxis(99.9)
	var got []float64
	for _, p := range []float64{0, 90, 99, 99.9, 100} {
		got = append(got, a.Norm(p))
	}
	if diff := cmp.Diff([]float64{0, 1.0 / 3, 2.0 / 3, 1, 1}, got, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
		t.Error(diff)
	}
}

func TestPercentileOf(t *testing.T) {
	for nines, want := range map[float64]float64{
		0: 0, 1: 90, 2: 99, 3: 99.9, 5: 99.999, ninesOf(50): 50, ninesOf(75.9089): 75, ninesOf(96.8377): 96.8, ninesOf(99.98765): 99.987,
	} {
		if got := PercentileOf(nines); got != want {
			t.Errorf("%g nines: %v, want %v", nines, got, want)
		}
	}
}

func TestSpread(t *testing.T) {
	for _, test := range []struct{ wanted, want []float64 }{
		{nil, []float64{}},
		{[]float64{5}, []float64{5}},
		{[]float64{10, 50}, []float64{10, 50}},     // far enough apart
		{[]float64{50, 50}, []float64{45, 55}},     // apart by as little as possible
		{[]float64{55, 50}, []float64{57.5, 47.5}}, // in their order
		{[]float64{-20, 0}, []float64{0, 10}},      // no lower than the low end
		{[]float64{100, 120}, []float64{90, 100}},  // no higher than the high end
	} {
		if diff := cmp.Diff(test.want, spread(test.wanted, 10, 0, 100), cmpopts.EquateApprox(0, 1e-9)); diff != "" {
			t.Errorf("%v: %s", test.wanted, diff)
		}
	}
}

func TestRoundUp(t *testing.T) {
	for v, want := range map[float64]float64{0: 0.0005, 0.05: 0.05, 0.051: 0.1, 0.36: 0.4, 0.76: 1, 1: 1} {
		if got := RoundUp(v); got != want {
			t.Errorf("%v is rounded up to %v, want %v", v, got, want)
		}
	}
}

// A text is broken at spaces, and nothing of it is lost.
func TestWrap(t *testing.T) {
	sty := Lettering(NoteSize, Ink)
	text := "the default was given as if the key were absent, and it exists, be its value null: how long ago the isolate last read a value, or began without one"
	lines := Wrap(sty, text)
	if len(lines) != 2 {
		t.Errorf("%d lines", len(lines))
	}
	var words []string
	for _, l := range lines {
		if w := sty.Width(l); w > Width-2*chartMargin {
			t.Errorf("a line is %v wide", w)
		}
		words = append(words, l)
	}
	if got := slices.Concat([]byte(words[0]), []byte(" "), []byte(words[1])); string(got) != text {
		t.Errorf("%q", got)
	}
}
