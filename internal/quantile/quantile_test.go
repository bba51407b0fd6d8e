package quantile_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"kvbench/internal/quantile"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const ms = time.Millisecond

// Draws over evenly spaced random numbers meet every percentile of the table.
func TestDrawMeetsItsPercentiles(t *testing.T) {
	d := quantile.MustParse("p0:40ms,p50:80ms,p90:120ms,p99:250ms,p100:1.3s")
	const n = 100_000
	for _, p := range d {
		below := 0
		for i := range n {
			if d.Draw(uint64(i)*(math.MaxUint64/n)) <= p.D {
				below++
			}
		}
		if want := float64(p.Share) / 1e9; math.Abs(float64(below)/n-want) > 0.0005 {
			t.Errorf("%v of the draws are at most %v, want %v", float64(below)/n, p.D, want)
		}
	}
}

func TestDrawBeyondTheEnds(t *testing.T) {
	d, err := quantile.Parse("p50:10ms,p90:20ms")
	if err != nil {
		t.Fatal(err)
	}
	if d.Draw(0) != 10*ms || d.Draw(math.MaxUint64) != 20*ms || quantile.Dist(nil).Draw(5) != 0 {
		t.Errorf("got %v, %v", d.Draw(0), d.Draw(math.MaxUint64))
	}
	if d, err := quantile.Parse("80ms"); err != nil || d.Draw(0) != 80*ms || d.Draw(math.MaxUint64) != 80*ms {
		t.Errorf("one duration for all: %v, %v", d, err)
	}
}

func TestRefused(t *testing.T) {
	for _, text := range []string{
		"", "fast", "-1s", "p50", "p50:", "50:1ms", "p101:1ms", "p-1:1ms", "pNaN:1ms", "p50:1ms,p40:2ms", "p50:2ms,p99:1ms",
		"p50:-1ms", "p50:1ms,,",
	} {
		if d, err := quantile.Parse(text); err == nil {
			t.Errorf("%q is accepted as %v", text, d)
		}
	}
}

// What String writes is what Parse reads; draws ascend and stay within the
// table.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shares := rapid.SliceOfNDistinct(rapid.Uint64Range(0, 100_000), 1, 6, rapid.ID).Draw(t, "shares")
		slices.Sort(shares)
		var d quantile.Dist
		for i, share := range shares {
			value := time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "d"))
			if i > 0 {
				value = max(value, d[i-1].D)
			}
			d = d.And(float64(share)/1000, value)
		}
		back, err := quantile.Parse(d.String())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(d, back); diff != "" {
			t.Fatal(diff)
		}
		a, b := rapid.Uint64().Draw(t, "a"), rapid.Uint64().Draw(t, "b")
		if low, high := d.Draw(min(a, b)), d.Draw(max(a, b)); low > high || low < d[0].D || high > d.Max() {
			t.Fatalf("drew %v and %v of %v", low, high, d)
		}
	})
}
