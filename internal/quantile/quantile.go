// Package quantile describes a distribution of times by its percentiles, the
// form in which latencies are published.
package quantile

import (
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"time"
)

// billion is the resolution of a share: one part in 10^9.
const billion = 1_000_000_000

// percent is a share of 1 %.
const percent = billion / 100

// Point says that a share of all draws is at most D.
type Point struct {
	Share uint64 // in parts per billion
	D     time.Duration
}

// Dist is a distribution given by its percentiles, both columns ascending. It is
// linear between two points and constant beyond the first and the last. All
// arithmetic is on whole numbers, so that every machine draws the same. Nil
// always draws 0.
type Dist []Point

// And returns d with the percentile p, 0 to 100, added at its end.
func (d Dist) And(p float64, value time.Duration) Dist {
	return append(d, Point{Share: uint64(p*percent + 0.5), D: value})
}

// Draw turns 64 random bits into a duration.
func (d Dist) Draw(random uint64) time.Duration {
	if len(d) == 0 {
		return 0
	}
	share, _ := bits.Mul64(random, billion)
	if share <= d[0].Share {
		return d[0].D
	}
	for i := 1; i < len(d); i++ {
		low, high := d[i-1], d[i]
		if share < high.Share {
			hi, lo := bits.Mul64(uint64(high.D-low.D), share-low.Share)
			above, _ := bits.Div64(hi, lo, high.Share-low.Share)
			return low.D + time.Duration(above)
		}
	}
	return d.Max()
}

// Max is the longest duration that can be drawn.
func (d Dist) Max() time.Duration {
	if len(d) == 0 {
		return 0
	}
	return d[len(d)-1].D
}

// String writes the percentiles as Parse reads them.
func (d Dist) String() string {
	var b strings.Builder
	for i, p := range d {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "p%s:%s", strconv.FormatFloat(float64(p.Share)/percent, 'f', -1, 64), p.D)
	}
	return b.String()
}

var errPercentiles = errors.New("want percentiles and durations, both ascending, such as p50:60ms,p99.9:1s")

// Parse reads what String writes, p50:60ms,p90:120ms; or one duration, which is
// then drawn always.
func Parse(text string) (Dist, error) {
	if always, err := time.ParseDuration(text); err == nil && always >= 0 {
		return Dist{{0, always}}, nil
	}
	var d Dist
	for field := range strings.SplitSeq(text, ",") {
		percentile, duration, ok := strings.Cut(field, ":")
		percentile, isP := strings.CutPrefix(percentile, "p")
		p100, err := strconv.ParseFloat(percentile, 64)
		if !ok || !isP || err != nil || !(p100 >= 0 && p100 <= 100) {
			return nil, fmt.Errorf("%q: %w", field, errPercentiles)
		}
		value, err := time.ParseDuration(duration)
		if err != nil || value < 0 {
			return nil, fmt.Errorf("%q: %w", field, errPercentiles)
		}
		d = d.And(p100, value)
		if n := len(d); n > 1 && (d[n-1].Share <= d[n-2].Share || value < d[n-2].D) {
			return nil, fmt.Errorf("%q comes after %q: %w", field, d[n-2:n-1], errPercentiles)
		}
	}
	return d, nil
}

// MustParse is Parse for a text in the program; it panics where that is wrong.
func MustParse(text string) Dist {
	d, err := Parse(text)
	if err != nil {
		panic(err)
	}
	return d
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Dist) UnmarshalText(text []byte) (err error) {
	*d, err = Parse(string(text))
	return err
}
