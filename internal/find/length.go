package find

import (
	"math"
	"time"

	"kvbench/internal/expect"
	"kvbench/internal/load"
	"kvbench/internal/metric"
)

// How long the first run of a step is: until there are beyondPercentile values beyond the
// percentile that is promised, which leaves about 5 % on either side of it where the tail is
// exponential (order statistics), and as many of a share as would leave it expectedOfShare; and
// latencies times as long as the time that is promised, so that a queue has the time to grow.
const (
	beyondPercentile = 100
	expectedOfShare  = 10
	latencies        = 200
	shortest         = 1000 // transactions
)

// Length is how long the first run of a step at a rate measures; each further one measures
// twice as long as the one before. None is longer than longest.
func Length(promise []expect.Expect, rate load.Rate, longest time.Duration) time.Duration {
	n, long := float64(shortest), 0.0
	for _, e := range promise {
		p, percentile := e.Figure.Stat.Rank()
		switch {
		case percentile:
			n = max(n, beyondPercentile/(1-p/100))
		case e.Figure.Stat == metric.Part && e.Value > 0:
			n = max(n, expectedOfShare/e.Value)
		}
		if e.Figure.Kind() == metric.Time {
			long = max(long, latencies*e.Value)
		}
	}
	long = max(long, math.Ceil(n-1e-6)/rate.PerSecond()*float64(time.Second))
	if long >= float64(longest) {
		return longest
	}
	return time.Duration(long).Round(time.Millisecond)
}
