package web

import (
	"math"
	"time"

	"kvbench/internal/sparse"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/proto"
)

// schema is how fine a native histogram's buckets are: each ends at 2^(1/32) of where the
// one before it does, which is 2.2 %. What is recorded is exact to 1 %.
const schema = 5

// classic are where the buckets end, in seconds, that are for who reads no native ones.
var classic = [...]float64{
	.0001, .0002, .0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 30, 60, 300,
}

// histogram makes a metric in seconds of a distribution of nanoseconds. Its counts are exact;
// each value counts as the middle of the bucket that it was recorded in.
func histogram(desc *prometheus.Desc, h *sparse.Histogram, began time.Time, labels ...string) (prometheus.Metric, error) {
	sum, zero := 0., uint64(0)
	native := map[int]int64{}
	below := make(map[float64]uint64, len(classic))
	for _, b := range h.Buckets() {
		v := max((float64(b.From)+float64(b.To))/2, 0) / float64(time.Second)
		sum += v * float64(b.Count)
		if v == 0 {
			zero += uint64(b.Count)
		} else {
			native[bucket(v)] += b.Count
		}
		for _, end := range classic {
			if v <= end {
				below[end] += uint64(b.Count)
			}
		}
	}
	m, err := prometheus.NewConstNativeHistogram(desc, uint64(h.Count()), sum, native, nil, zero, schema, 0, began, labels...)
	return both{m, below}, err
}

// bucket is the native bucket of a value above 0: it ends at 2^(bucket/2^schema), that value
// included.
func bucket(v float64) int {
	return int(math.Ceil(math.Log2(v) * (1 << schema)))
}

// both is a native histogram with classic buckets beside.
type both struct {
	prometheus.Metric
	below map[float64]uint64 // how many values are at most so much
}

// Write implements prometheus.Metric.
func (b both) Write(to *dto.Metric) error {
	if err := b.Metric.Write(to); err != nil {
		return err
	}
	buckets := make([]*dto.Bucket, len(classic))
	for i, end := range classic {
		buckets[i] = &dto.Bucket{UpperBound: proto.Float64(end), CumulativeCount: proto.Uint64(b.below[end])}
	}
	to.Histogram.Bucket = buckets
	return nil
}
