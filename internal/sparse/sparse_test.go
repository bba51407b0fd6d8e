package sparse_test

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
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

// reads fails where the library reads another histogram than was encoded.
func reads(t rapid.TB, e *sparse.Encoder, h *hdr.Histogram) {
	t.Helper()
	text, err := e.Encode(h.Export())
	if err != nil {
		t.Fatal(err)
	}
	got, err := hdr.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	if !got.Equals(h) {
		t.Fatalf("read as %+v, want %+v", got.Export(), h.Export())
	}
}

// The library reads what is encoded, and what it encodes is read as it reads it, of
// any precision.
func TestInterchange(t *testing.T) {
	var encoder sparse.Encoder
	var again sparse.Histogram
	rapid.Check(t, func(rt *rapid.T) {
		digits := rapid.IntRange(1, 5).Draw(rt, "digits")
		bits := []int{47, 47, 47, 34, 28}[digits-1] // of 5 digits 47 would be 80 MB each
		highest := int64(1) << bits
		h := hdr.New(rapid.Int64Range(1, 5000).Draw(rt, "lowest"), highest, digits)
		for _, v := range rapid.SliceOf(rapid.Int64Range(0, highest)).Draw(rt, "values") {
			v >>= rapid.IntRange(0, bits).Draw(rt, "smaller")
			if err := h.RecordValues(v, rapid.Int64Range(1, 1<<40).Draw(rt, "times")); err != nil {
				rt.Fatal(err)
			}
		}
		text := encode(t, h)
		reads(rt, &encoder, h)
		got, err := sparse.Decode(text)
		if err != nil {
			rt.Fatal(err)
		}
		equal(t, got, h)
		equal(t, sparse.Of(h.Export()), h)
		if err := again.Read(text); err != nil {
			rt.Fatal(err)
		}
		equal(t, &again, h)
		if err := again.Read(text[:len(text)/2]); err == nil {
			rt.Fatal("half of a histogram is read")
		}
		equal(t, &again, h)
		if diff := cmp.Diff(sparse.Of(h.Export()).Buckets(), got.Buckets(), ignore, cmpopts.EquateEmpty()); diff != "" {
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
	sum.Merge(sparse.Of(a.Export()))
	sum.Merge(sparse.Of(b.Export()))
	sum.Merge(nil)
	a.Merge(b)
	equal(t, sum, a)

	sum.Merge(sparse.Of(coarse.Export()))
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

// What was merged stays when the histogram it came from is read anew.
func TestMergeCopies(t *testing.T) {
	one, other := hdr.New(1, 1<<47, 2), hdr.New(1, 1<<47, 2)
	_ = one.RecordValues(7, 3)
	_ = other.RecordValues(9, 5)
	var sum, from sparse.Histogram
	if err := from.Read(encode(t, one)); err != nil {
		t.Fatal(err)
	}
	sum.Merge(&from)
	if err := from.Read(encode(t, other)); err != nil {
		t.Fatal(err)
	}
	equal(t, &sum, one)
	from.Reset()
	if from.Count() != 0 {
		t.Errorf("%d values in a histogram that was emptied", from.Count())
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

// FuzzDecode: counts that the library reads we read alike, and no text is a panic.
func FuzzDecode(f *testing.F) {
	f.Add(uint32(3), int64(1), []byte{2, 4, 6})       // 1, 2, 3
	f.Add(uint32(2), int64(1), []byte{2, 0x13, 0x80}) // 1, ten of none, cut off
	f.Add(uint32(0), int64(1000), []byte{0x7f, 2, 0, 2})
	f.Add(uint32(5), int64(1<<60), []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, digits uint32, lowest int64, counts []byte) {
		text := pack(t, digits, lowest, counts)
		got, err := sparse.Decode(text)
		if err != nil {
			return
		}
		// The library takes the logarithm of the lowest value in floating point,
		// which just below a large power of two is off by one.
		if want, err := hdr.Decode(text); err == nil && want.TotalCount() < math.MaxInt64 && lowest < 1<<40 {
			equal(t, got, want)
		}
		if half, err := sparse.Decode(text[:len(text)/2]); err == nil {
			t.Fatalf("half of it is %+v", half)
		}
	})
}

// pack makes a histogram's text of its counts, and of what stands beyond them.
func pack(t testing.TB, digits uint32, lowest int64, counts []byte, beyond ...byte) []byte {
	t.Helper()
	var body []byte
	for _, v := range []uint32{0x1c849313, uint32(len(counts)), 0, digits} {
		body = binary.BigEndian.AppendUint32(body, v)
	}
	for _, v := range []uint64{uint64(lowest), 1 << 47, math.Float64bits(1)} {
		body = binary.BigEndian.AppendUint64(body, v)
	}
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	if _, err := w.Write(slices.Concat(body, counts, beyond)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	out := binary.BigEndian.AppendUint32(nil, 0x1c849314)
	out = binary.BigEndian.AppendUint32(out, uint32(packed.Len()))
	return base64.StdEncoding.AppendEncode(nil, append(out, packed.Bytes()...))
}

// What is no histogram is an error that says why.
func TestRefused(t *testing.T) {
	good := string(pack(t, 3, 1, []byte{2}))
	for want, text := range map[string]string{
		"illegal base64":           "!" + good,
		"a histogram of 3 bytes":   "AAAA",
		"cookie 0x41414141":        base64.StdEncoding.EncodeToString([]byte("AAAAAAAA")),
		"6 significant digits":     string(pack(t, 6, 1, []byte{2})),
		"the last count is cut":    string(pack(t, 3, 1, []byte{2, 0x80})),
		"bytes of counts are more": string(pack(t, 3, 1<<60, []byte{2})),               // not one bucket is below 2^63
		"is beyond 2^63":           string(pack(t, 3, 1, []byte{0xff, 0xdf, 0x06, 2})), // 55,296 empty ones, then one
		"goes on after":            string(pack(t, 3, 1, []byte{2}, 7)),
		"add up to more than":      string(pack(t, 3, 1, bytes.Repeat([]byte{0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, 2))),
		"more than any histogram":  string(pack(t, 3, 1, []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})),
	} {
		if _, err := sparse.Decode([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// A count of more than 2^55 fills all nine bytes.
func TestEncodeLargeCount(t *testing.T) {
	h := hdr.New(1, 1<<47, 2)
	for _, v := range []int64{0, 2, 4, 900} { // with one empty between, and with many
		if err := h.RecordValues(v, 1<<60+v); err != nil {
			t.Fatal(err)
		}
	}
	reads(t, new(sparse.Encoder), h)
}

func benchmarkHistogram() *hdr.Histogram {
	r := rand.New(rand.NewPCG(1, 2))
	h := hdr.New(1, 1<<47, 2)
	for range 4500 {
		_ = h.RecordValue(int64(1e6 * math.Exp(r.NormFloat64())))
	}
	return h
}

// BenchmarkEncode is beside the library's own.
func BenchmarkEncode(b *testing.B) {
	h, e := benchmarkHistogram(), sparse.Encoder{}
	b.Run("sparse", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			_, _ = e.Encode(h.Export())
		}
	})
	b.Run("library", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			_, _ = h.Encode(hdr.V2CompressedEncodingCookieBase)
		}
	})
}

// BenchmarkDecode is beside the library's own.
func BenchmarkDecode(b *testing.B) {
	text := encode(b, benchmarkHistogram())
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
