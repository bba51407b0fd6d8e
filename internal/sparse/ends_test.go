package sparse_test

import (
	"math"
	"strings"
	"testing"

	"kvbench/internal/sparse"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const limit = 1<<55 - 1

// of holds values in the buckets and with the ends that a recorder keeps.
func of(t testing.TB, digits int, values ...int64) *sparse.Histogram {
	t.Helper()
	h, e := hdr.New(1, limit, digits), sparse.Ends{Min: math.MaxInt64, Max: math.MinInt64}
	for _, v := range values {
		e.Min, e.Max = min(e.Min, v), max(e.Max, v)
		switch {
		case v < 0:
			e.Below++
		case v > limit:
			e.Above++
		default:
			if err := h.RecordValue(v); err != nil {
				t.Fatal(err)
			}
		}
	}
	out := sparse.Of(h.Export())
	if err := out.Bound(e, limit); err != nil {
		t.Fatal(err)
	}
	return out
}

// Every bit of a histogram's text counts: with one of them wrong it is refused, or,
// where the bit says nothing, read the same.
func TestEveryFlippedBit(t *testing.T) {
	h := hdr.New(1, limit, 2)
	for v := range int64(200) {
		if err := h.RecordValues(v*v*1000, v%7+1); err != nil {
			t.Fatal(err)
		}
	}
	text, err := new(sparse.Encoder).Encode(h.Export())
	if err != nil {
		t.Fatal(err)
	}
	want := sparse.Of(h.Export()).Buckets()
	refused := 0
	for bit := range 8 * len(text) {
		damaged := append([]byte(nil), text...)
		damaged[bit/8] ^= 1 << (bit % 8)
		got, err := sparse.Decode(damaged)
		if err != nil {
			refused++
		} else if diff := cmp.Diff(want, got.Buckets(), ignore); diff != "" {
			t.Fatalf("bit %d flipped: other figures in silence: %s", bit, diff)
		}
	}
	if same := 8*len(text) - refused; same > 8 { // the cookie's word size
		t.Errorf("%d of %d flips are taken", same, 8*len(text))
	}
}

// The ends are exact, whatever the buckets are, and no percentile leaves them.
func TestEndsAreExact(t *testing.T) {
	one := of(t, 3, 29_000)
	for name, got := range map[string]int64{
		"min": one.Min(), "max": one.Max(), "p50": one.Percentile(50), "p100": one.Percentile(100), "mean": int64(one.Mean()),
	} {
		if got != 29_000 {
			t.Errorf("%s of one value of 29,000 is %d", name, got)
		}
	}
	if b, ok := one.Find(29_000); !ok || b.From != 29_000 || b.To != 29_000 {
		t.Errorf("29,000 is in %+v, %v", b, ok)
	}
	rapid.Check(t, func(rt *rapid.T) {
		values := rapid.SliceOfN(rapid.Int64(), 1, 50).Draw(rt, "values")
		for i := range values {
			values[i] >>= rapid.IntRange(0, 63).Draw(rt, "smaller")
		}
		cut := rapid.IntRange(0, len(values)).Draw(rt, "cut")
		sum := &sparse.Histogram{}
		least, greatest := int64(math.MaxInt64), int64(math.MinInt64)
		for _, part := range [][]int64{values[:cut], values[cut:]} {
			if len(part) > 0 {
				sum.Merge(of(t, rapid.IntRange(2, 3).Draw(rt, "digits"), part...))
			}
		}
		for _, v := range values {
			least, greatest = min(least, v), max(greatest, v)
		}
		if sum.Count() != int64(len(values)) || sum.Min() != least || sum.Max() != greatest || !sum.Exact() {
			rt.Fatalf("%d values from %d to %d (exact: %v), want %d from %d to %d",
				sum.Count(), sum.Min(), sum.Max(), sum.Exact(), len(values), least, greatest)
		}
		last := least
		for p := 0.5; p <= 100; p += 0.5 {
			v := sum.Percentile(p)
			if v < last || v > greatest {
				rt.Fatalf("p%g is %d, after %d and up to %d", p, v, last, greatest)
			}
			last = v
		}
		if last != greatest {
			rt.Fatalf("p100 is %d, the greatest value %d", last, greatest)
		}
		if m := sum.Mean(); least >= 0 && (m < float64(least) || m > float64(greatest)+1) {
			rt.Fatalf("mean %v of values from %d to %d", m, least, greatest)
		}
	})
}

// A histogram of a narrower range loses nothing in a sum with one of a wider, in either
// order; with one whose ends are unknown, so are the sum's.
func TestMergeOfTwoRanges(t *testing.T) {
	old := hdr.New(1, 1<<47-1, 2)
	if err := old.RecordValue(1 << 46); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		narrow, wide := sparse.Of(old.Export()), of(t, 2, 5, 300*24*3600*1e9, 500*24*3600*1e9)
		into, from := narrow, wide
		into.Merge(from)
		if into.Count() != 4 || into.Min() != 5 || into.Max() != 500*24*3600*1e9 || into.Exact() {
			t.Errorf("%d values from %d to %d, exact: %v", into.Count(), into.Min(), into.Max(), into.Exact())
		}
		again := of(t, 2, 5, 300*24*3600*1e9, 500*24*3600*1e9)
		again.Merge(sparse.Of(old.Export()))
		if diff := cmp.Diff(into.Buckets(), again.Buckets(), ignore); diff != "" {
			t.Error(diff)
		}
	}
}

// Ends that the buckets contradict are an error.
func TestBoundRefused(t *testing.T) {
	for want, e := range map[string]sparse.Ends{
		"is above the greatest":      {Min: 6, Max: 5},
		"-1 values below":            {Min: 10, Max: 1000, Below: -1},
		"0 below 0":                  {Min: -5, Max: 1000},
		"1 below 0":                  {Min: 10, Max: 1000, Below: 1},
		"0 above 3602879701896":      {Min: 10, Max: limit + 1},
		"is not in the first bucket": {Min: 11, Max: 1000},
		"is not in the last bucket":  {Min: 10, Max: 900},
		"more than 2^63":             {Min: 10, Max: limit + 1, Above: math.MaxInt64},
	} {
		h := hdr.New(1, limit, 3)
		_, _ = h.RecordValue(10), h.RecordValue(1000)
		if err := sparse.Of(h.Export()).Bound(e, limit); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: got %v, want %s", e, err, want)
		}
	}
	if err := new(sparse.Histogram).Bound(sparse.Ends{Min: 1, Max: 1}, limit); err == nil {
		t.Error("an empty histogram has a least value")
	}
}
