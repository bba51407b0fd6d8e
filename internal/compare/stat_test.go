package compare

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func normals(r *rand.Rand, n int, mean, deviation float64) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = mean + deviation*r.NormFloat64()
	}
	return out
}

func TestRankSum(t *testing.T) {
	for _, c := range []struct {
		base, head []float64
		want       float64
	}{
		// Of the orders of 5 and 5 values, C(10,5) = 252, two keep the sides apart.
		{[]float64{1, 2, 3, 4, 5}, []float64{6, 7, 8, 9, 10}, 2.0 / 252},
		{[]float64{10, 6, 8, 7, 9}, []float64{3, 2, 5, 1, 4}, 2.0 / 252},
		{[]float64{1, 1, 1}, []float64{1, 1, 1}, 1},
		{[]float64{1, 4}, []float64{2, 3}, 1},
	} {
		if got := rankSum(c.base, c.head); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("rankSum(%v, %v) = %v, want %v", c.base, c.head, got, c.want)
		}
	}
}

// Moses' interval holds the true shift as often as it says, and no more often than
// it must.
func TestShiftCoverage(t *testing.T) {
	for _, n := range []int{6, 10, 25} {
		r := rand.New(rand.NewPCG(1, uint64(n)))
		const tries = 1000
		held := 0
		for range tries {
			low, high := shift(normals(r, n, 10, 1), normals(r, n, 12, 1), 1)
			if low <= 2 && 2 <= high {
				held++
			}
		}
		if share := float64(held) / tries; share < 0.94 || share > 0.98 {
			t.Errorf("with %d values the interval of 95 %% holds the truth in %.1f %%", n, 100*share)
		}
	}
	if low, high := shift([]float64{1, 2}, []float64{3, 4}, 1); !math.IsInf(low, -1) || !math.IsInf(high, 1) {
		t.Errorf("two values give the interval %v to %v", low, high)
	}
	base, head := []float64{1, 2, 3, 4, 5, 6}, []float64{2, 3, 4, 5, 6, 7}
	low, high := shift(base, head, 1)
	wideLow, wideHigh := shift(base, head, 0.5)
	if !(wideLow < low && high < wideHigh) {
		t.Errorf("half as many independent values give %v to %v, all of them %v to %v", wideLow, wideHigh, low, high)
	}
}

func TestHolm(t *testing.T) {
	got := holm([]float64{0.01, 0.04, 0.03, 0.005})
	want := []float64{0.03, 0.06, 0.06, 0.02} // the example of Holm's method in R's p.adjust
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(1e-12, 0)); diff != "" {
		t.Error(diff)
	}
	if got := holm(nil); len(got) != 0 {
		t.Error(got)
	}
	rapid.Check(t, func(t *rapid.T) {
		ps := rapid.SliceOfN(rapid.Float64Range(0, 1), 1, 20).Draw(t, "p")
		out := holm(ps)
		least := slices.Index(ps, slices.Min(ps))
		if want := min(1, ps[least]*float64(len(ps))); out[least] != want {
			t.Fatalf("the least of %v became %v, want %v", ps, out[least], want)
		}
		for i := range ps {
			if out[i] < ps[i] || out[i] > 1 {
				t.Fatalf("%v became %v", ps[i], out[i])
			}
			for j := range ps {
				if ps[i] < ps[j] && out[i] > out[j] {
					t.Fatalf("the order changed: %v became %v", ps, out)
				}
			}
		}
	})
}

// A first-order autoregression of correlation r has (1-r)/(1+r) independent values
// for each.
func TestIndependent(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for _, correlation := range []float64{0, 0.5, 0.8} {
		values := make([]float64, 4000)
		for i := range values {
			values[i] = r.NormFloat64()
			if i > 0 {
				values[i] += correlation * values[i-1]
			}
		}
		want := (1 - correlation) / (1 + correlation)
		if got := independent(values); math.Abs(got-want) > 0.06 {
			t.Errorf("correlation %v: %v of the values are independent, want %v", correlation, got, want)
		}
	}
	if got := independent([]float64{1, -1, 1, -1, 1}); got != 1 {
		t.Errorf("what alternates counts as %v", got)
	}
	if got := independent([]float64{4, 4, 4}); got != 1 {
		t.Errorf("what never changes counts as %v", got)
	}
	// A quarter of the values halves the normal deviate: 2 becomes 1.
	if got := deflate(0.0455, 0.25); math.Abs(got-0.3173) > 1e-3 {
		t.Errorf("deflate: %v", got)
	}
}

func TestMoreRepeats(t *testing.T) {
	for _, c := range []struct {
		n, least        int
		width, smallest float64
		want            int
	}{
		{1, leastRepeats(0.02, 1), math.Inf(1), 3, 4},   // 5 and 5 are the fewest that p <= 0.02 is possible of
		{1, leastRepeats(0.02, 100), math.Inf(1), 3, 7}, // 8 and 8 where it is to be 0.0002
		{1, leastPairs(0.02, 1), math.Inf(1), 3, 6},     // of 7 pairs 2 of 128 ways point one way
		{1, leastPairs(0.02, 2), math.Inf(1), 3, 7},     // of 8, 2 of 256: half of alpha
		{10, 1, 12, 3, 150},                             // a quarter of the width takes 16 times as many
		{10, 1, 3, 3, 1},
	} {
		if got := moreRepeats(c.n, c.width, c.smallest, c.least); got != c.want {
			t.Errorf("%+v: %d", c, got)
		}
	}
}
