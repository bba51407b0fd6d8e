package bench_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/load"
	"kvbench/kv"
)

// arrivals is a store that notes when each call arrives.
type arrivals struct {
	store
	mu    sync.Mutex
	times []time.Duration
}

func (s *arrivals) Get(context.Context, string, kv.GetOptions, *kv.Entry) error {
	s.mu.Lock()
	s.times = append(s.times, s.clock.Now())
	s.mu.Unlock()
	return nil
}

// How far the gaps between arrivals at the store are from even, at a constant
// rate on the wall clock.
func BenchmarkPacing(b *testing.B) {
	for _, rate := range []uint64{1000, 5000} {
		b.Run(fmt.Sprintf("rate=%v", rate), func(b *testing.B) {
			c := clock.NewWall()
			st := &arrivals{store: store{clock: c}}
			s := scenario(do(getOne), load.Load{Shape: load.Open{Profile: load.PerSecond(rate), Arrivals: load.Constant{}}, Transactions: uint64(max(b.N, 100))})
			s.Load.Duration = time.Minute
			if _, err := bench.Run(b.Context(), s, s.Pattern.Variants[0], bench.Options{Clock: c, Store: st, Observer: &keep{}}); err != nil {
				b.Fatal(err)
			}
			var gaps []float64
			for i := 1; i < len(st.times); i++ {
				gaps = append(gaps, math.Abs((st.times[i]-st.times[i-1]).Seconds()-1/float64(rate))*1e6)
			}
			var squares float64
			for _, g := range gaps {
				squares += g * g
			}
			slices.Sort(gaps)
			b.ReportMetric(math.Sqrt(squares/float64(len(gaps))), "µs-deviation")
			b.ReportMetric(gaps[len(gaps)*99/100], "µs-p99")
		})
	}
}
