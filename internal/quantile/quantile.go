// Package quantile describes a distribution of times by its percentiles, the
// form in which latencies are published.
package quantile

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Point says that a share Q of all values, 0 to 1, is at most Value.
type Point struct {
	Q     float64
	Value time.Duration
}

// Dist is a distribution given by its percentiles, in rising order. Between two
// points it is linear in the value; below the first and above the last point it
// stays at that point's value. The zero value is always 0.
type Dist []Point

// At returns the value at the quantile q, 0 to 1.
func (d Dist) At(q float64) time.Duration {
	if len(d) == 0 {
		return 0
	}
	for i, p := range d {
		if q > p.Q {
			continue
		}
		if i == 0 {
			return p.Value
		}
		low := d[i-1]
		return low.Value + time.Duration((q-low.Q)/(p.Q-low.Q)*float64(p.Value-low.Value))
	}
	return d[len(d)-1].Value
}

// Max is the largest value.
func (d Dist) Max() time.Duration { return d.At(1) }

// Scale returns the distribution with every value multiplied by f.
func (d Dist) Scale(f float64) Dist {
	out := make(Dist, len(d))
	for i, p := range d {
		out[i] = Point{p.Q, time.Duration(math.Round(float64(p.Value) * f))}
	}
	return out
}

// Parse reads percentiles such as "p50:80ms,p99:250ms,p100:1.3s", or one
// duration such as "80ms", which is then every value. "p999" is 99.9 %, and
// "p99.9" too.
func Parse(text string) (Dist, error) {
	if v, err := time.ParseDuration(text); err == nil {
		if v < 0 {
			return nil, fmt.Errorf("%q is negative", text)
		}
		return Dist{{1, v}}, nil
	}
	var d Dist
	for part := range strings.SplitSeq(text, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(part), ":")
		if !ok || !strings.HasPrefix(name, "p") {
			return nil, fmt.Errorf("%q is not a percentile; write them as p50:80ms,p99:250ms, or one duration for all", part)
		}
		q, err := percent(name[1:])
		if err != nil {
			return nil, err
		}
		v, err := time.ParseDuration(value)
		if err != nil || v < 0 {
			return nil, fmt.Errorf("%q is not a duration of 0 or more, such as 80ms", value)
		}
		if n := len(d); n > 0 && (q <= d[n-1].Q || v < d[n-1].Value) {
			return nil, fmt.Errorf("%q does not come after %s: percentiles and their values must rise", part, d[n-1])
		}
		d = append(d, Point{q, v})
	}
	return d, nil
}

func percent(text string) (float64, error) {
	p, err := strconv.ParseFloat(text, 64)
	if err == nil && p > 100 && strings.Trim(text, "9") == "" { // p999
		p /= math.Pow10(len(text) - 2)
	}
	if err != nil || !(p >= 0 && p <= 100) {
		return 0, fmt.Errorf("p%s is not a percentile between p0 and p100", text)
	}
	return p / 100, nil
}

// String returns the form that Parse reads.
func (p Point) String() string {
	return "p" + strconv.FormatFloat(math.Round(p.Q*1e6)/1e4, 'f', -1, 64) + ":" + p.Value.String()
}

// String returns the form that Parse reads.
func (d Dist) String() string {
	parts := make([]string, len(d))
	for i, p := range d {
		parts[i] = p.String()
	}
	return strings.Join(parts, ",")
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Dist) UnmarshalText(text []byte) (err error) {
	*d, err = Parse(string(text))
	return err
}
