package chart

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"kvbench/internal/metric"
	"kvbench/report/chart/kit"

	"github.com/google/go-cmp/cmp"
)

func TestTracks(t *testing.T) {
	s := tiers(t)
	stale, _ := s.Metric("stale-read")
	all, err := tracks(s, stale)
	if err != nil {
		t.Fatal(err)
	}
	var lengths []int
	for _, track := range all {
		lengths = append(lengths, len(track.Moments))
	}
	if diff := cmp.Diff([]int{40, 40, 40, 24}, lengths); diff != "" { // one was cut off, one measured nothing
		t.Error(diff)
	}
	// The seed is ten times as slow between 50 and 62 % of its ten minutes.
	_, worst := all[0].extremes()
	if worst.From < 5*time.Minute || worst.To > 6*time.Minute+30*time.Second {
		t.Errorf("the worst moment is from %v to %v", worst.From, worst.To)
	}
	for _, m := range all[2].Moments {
		if m.Transactions != 300 || m.P50 <= 0 || m.P99 < m.P50 || m.Max < m.P99 || m.To-m.From != 15*time.Second || m.Seen > 0 {
			t.Errorf("%+v", m)
		}
	}
	var seen uint64
	for _, m := range all[0].Moments {
		seen += m.Seen
		if want := metric.Ratio(float64(m.Seen), float64(m.Transactions)); m.Share != want {
			t.Errorf("of %d transactions %d are a share of %v", m.Transactions, m.Seen, m.Share)
		}
	}
	if want := s.Variants[0].Whole.N(stale); seen != want {
		t.Errorf("the moments have %d of %d stale reads", seen, want)
	}
}

// The cells of a moment add up to all of its transactions, and lie where its latency does.
func TestHeat(t *testing.T) {
	s := fakeScenario(t, []string{"kv"}, nil, fake{
		name: "seed", n: 4000, shares: []float64{1}, latency: func(_ *rand.Rand, at float64) time.Duration {
			if at < 0.5 {
				return time.Millisecond
			}
			return 100 * time.Millisecond
		},
	})
	all, err := tracks(s, metric.Metric{})
	if err != nil {
		t.Fatal(err)
	}
	edges := heatEdges(&kit.Axis{Min: 1e5, Max: 1e9, Scale: kit.Log{}}) // four powers of ten
	for i, m := range all[0].Moments {
		sum := 0.0
		rows := m.heat(&edges)
		for _, share := range rows {
			sum += share
		}
		want := heatRows / 4
		if i >= fakeIntervals/2 {
			want = 3 * heatRows / 4
		}
		if at := slices.Index(rows[:], slices.Max(rows[:])); math.Abs(sum-1) > 1e-9 || at < want-1 || at > want+1 {
			t.Errorf("moment %d: %v in all, most in row %d, want about %d", i, sum, at, want)
		}
	}
	for share, want := range map[float64]int{0: -1, 0.001: 0, 0.01: 1, 0.05: 2, 0.29: 3, 1: 4} {
		if got := heatLevel(share); got != want {
			t.Errorf("a share of %v has colour %d, want %d", share, got, want)
		}
	}
}

// The title is the moment that stands out, or that none does.
func TestTimelineTitle(t *testing.T) {
	variant := func(name string, d latencyAt) fake {
		return fake{name: name, n: 8000, shares: []float64{1}, latency: d}
	}
	slowAtStart := func(r *rand.Rand, at float64) time.Duration { return slowAtEnd(r, 1-at) }
	for _, test := range []struct {
		variants []fake
		want     string
		tells    bool
	}{
		{[]fake{variant("seed", constant(5*time.Millisecond))}, "p99 is steady (modelled)", false},
		{[]fake{variant("seed", constant(0))}, "p99 is steady (modelled)", false},
		{
			[]fake{variant("steady", constant(90*time.Millisecond)), variant("seed", slowAtEnd)},
			"seed: p99 50 ms (modelled) from 9.5 min to 9.75 min", true,
		},
		{[]fake{variant("seed", slowAtStart)}, "seed: p99 50 ms (modelled) in the first 15 s", true},
	} {
		if c := chartOf(t, fakeScenario(t, []string{"kv"}, nil, test.variants...), "timeline"); c.Title != test.want || c.Tells != test.tells {
			t.Errorf("%q, tells: %v, want %q", c.Title, c.Tells, test.want)
		}
	}
}

// A moment says when it was, how slow, and how much went wrong.
func TestTimelinePoints(t *testing.T) {
	plot := chartOf(t, tiers(t), "timeline").Plot()
	if len(plot.Traces) != 4 || len(plot.Traces[3].Points) != 24 {
		t.Fatalf("%+v", plot.Traces)
	}
	text := plot.Traces[0].Points[8].Text
	for _, part := range []string{"02:00: p99 ", ", p50 0 s, ", "stampede "} {
		if !strings.Contains(text, part) {
			t.Errorf("a point says %q, without %q", text, part)
		}
	}
}
