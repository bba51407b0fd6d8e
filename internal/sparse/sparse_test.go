package sparse_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"kvbench/internal/sparse"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

var ignore = cmpopts.IgnoreUnexported(sparse.Bucket{})

// encode is the histogram of values as a run file has it.
func encode(t testing.TB, h *hdr.Histogram) []byte {
	t.Helper()
	text, err := h.Encode(hdr.V2CompressedEncodingCookieBase)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// equal compares a histogram with the library's.
func equal(t testing.TB, got *sparse.Histogram, want *hdr.Histogram) {
	t.Helper()
	type figures struct {
		Count, Min, Max int64
		Mean            float64
		Percentiles     []int64
	}
	w := figures{Count: want.TotalCount()}
	g := figures{Count: got.Count(), Min: got.Min(), Max: got.Max(), Mean: got.Mean()}
	if w.Count > 0 { // of none the library's greatest is that of the bucket of 0
		w.Min, w.Max, w.Mean = want.Min(), want.Max(), want.Mean()
	}
	for _, p := range []float64{0.1, 25, 50, 90, 99, 99.9, 100} {
		w.Percentiles = append(w.Percentiles, want.ValueAtPercentile(p))
		g.Percentiles = append(g.Percentiles, got.Percentile(p))
	}
	if diff := cmp.Diff(w, g, cmpopts.EquateApprox(1e-12, 0)); diff != "" {
		t.Fatal(diff)
	}
}

// What is decoded is what the library decodes, of any precision.
func TestDecode(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		h := hdr.New(rapid.Int64Range(1, 5000).Draw(rt, "lowest"), 1<<47, rapid.IntRange(1, 5).Draw(rt, "digits"))
		for _, v := range rapid.SliceOf(rapid.Int64Range(0, 1<<47)).Draw(rt, "values") {
			v >>= rapid.IntRange(0, 47).Draw(rt, "smaller")
			if err := h.RecordValues(v, rapid.Int64Range(1, 1<<40).Draw(rt, "times")); err != nil {
				rt.Fatal(err)
			}
		}
		got, err := sparse.Decode(encode(t, h))
		if err != nil {
			rt.Fatal(err)
		}
		equal(t, got, h)
		equal(t, sparse.Of(h), h)
		if diff := cmp.Diff(sparse.Of(h).Buckets(), got.Buckets(), ignore, cmpopts.EquateEmpty()); diff != "" {
			rt.Fatal(diff)
		}
	})
}

// A sum has the percentiles of the library's, also of histograms of two precisions,
// where it is to the precision of the coarser.
func TestMerge(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	fill := func(h *hdr.Histogram, n int) *hdr.Histogram {
		for range n {
			if err := h.RecordValue(int64(1e6 * r.ExpFloat64())); err != nil {
				t.Fatal(err)
			}
		}
		return h
	}
	a, b := fill(hdr.New(1, 1<<47, 3), 5000), fill(hdr.New(1, 1<<47, 3), 700)
	coarse := fill(hdr.New(1, 1<<47, 2), 900)
	sum := &sparse.Histogram{}
	sum.Merge(sparse.Of(a))
	sum.Merge(sparse.Of(b))
	sum.Merge(nil)
	a.Merge(b)
	equal(t, sum, a)

	sum.Merge(sparse.Of(coarse))
	a.Merge(coarse)
	if sum.Count() != a.TotalCount() {
		t.Fatalf("%d values, want %d", sum.Count(), a.TotalCount())
	}
	for p := 1.0; p <= 100; p++ {
		if got, want := float64(sum.Percentile(p)), float64(a.ValueAtPercentile(p)); math.Abs(got-want) > 0.01*want {
			t.Errorf("p%g is %g, want %g within 1 %%", p, got, want)
		}
	}
}

func TestEmpty(t *testing.T) {
	var none *sparse.Histogram
	for _, h := range []*sparse.Histogram{none, {}} {
		if h.Count() != 0 || h.Min() != 0 || h.Max() != 0 || h.Mean() != 0 || h.Percentile(50) != 0 || len(h.Buckets()) != 0 {
			t.Errorf("%+v is not empty", h)
		}
	}
}

// FuzzDecode: what the library reads as a histogram of plain counts, we read alike.
func FuzzDecode(f *testing.F) {
	h := hdr.New(1, 1<<47, 3)
	f.Add(encode(f, h))
	for i := range int64(1000) {
		_ = h.RecordValues(i*i*i, i+1)
	}
	f.Add(encode(f, h))
	f.Add([]byte("HISTFAAAACF42pNpmSzMwMDAxAABzFCaEUoz2X+AMBgBVjUDCg=="))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := sparse.Decode(text)
		if err != nil {
			return
		}
		if want, err := hdr.Decode(text); err == nil && want.TotalCount() < math.MaxInt64 {
			equal(t, got, want)
		}
	})
}

// BenchmarkDecode is beside the library's own.
func BenchmarkDecode(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	h := hdr.New(1, 1<<47, 2)
	for range 4500 {
		_ = h.RecordValue(int64(1e6 * math.Exp(r.NormFloat64())))
	}
	text := encode(b, h)
	b.Run("sparse", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			_, _ = sparse.Decode(text)
		}
	})
	b.Run("library", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			_, _ = hdr.DecodePacked(text)
		}
	})
}
