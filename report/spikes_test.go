package report

import (
	"slices"
	"testing"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Spikes are the library's distribution, less what was not seen.
func TestSpikes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := hdr.New(rapid.Int64Range(1, 5000).Draw(t, "lowest"), 1<<47-1, rapid.IntRange(1, 3).Draw(t, "digits"))
		for _, v := range rapid.SliceOf(rapid.Int64Range(0, 1<<40)).Draw(t, "values") {
			// As many small values as large ones.
			if err := h.RecordValue(v >> rapid.IntRange(0, 40).Draw(t, "shift")); err != nil {
				t.Fatal(err)
			}
		}
		var want []spike
		for _, b := range h.Distribution() {
			if b.Count > 0 {
				want = append(want, spike{b.From, b.To, b.Count})
			}
		}
		packed := hdr.NewPacked(h.LowestTrackableValue(), h.HighestTrackableValue(), int(h.SignificantFigures()))
		packed.MergeFrom(h)
		if diff := cmp.Diff(want, slices.Collect(spikes(packed))); diff != "" {
			t.Error(diff)
		}
		if h.TotalCount() == 0 {
			return
		}
		got := statistics(fixtureMarks[0], packed)
		if got.Mean != h.Mean() || got.Min != h.Min() || got.Max != h.Max() || got.P99 != h.ValueAtPercentile(99) || got.P50 != h.ValueAtPercentile(50) {
			t.Errorf("%+v; the library: mean %v, %d to %d", got, h.Mean(), h.Min(), h.Max())
		}
	})
}
