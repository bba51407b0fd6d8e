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
	"kvbench/internal/record"
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

// How late calls arrive at the store, and how far the gaps between them are from even, at
// a constant rate on the wall clock: the engine's, and those of a loop on time.Sleep.
func BenchmarkPacing(b *testing.B) {
	for _, rate := range []uint64{100, 1000, 5000, 20_000} {
		n := uint64(max(b.N, int(2*rate))) // two seconds
		b.Run(fmt.Sprintf("rate=%v/engine", rate), func(b *testing.B) {
			c := clock.NewWall()
			st := &arrivals{store: store{clock: c}}
			s := scenario(do(getOne), load.Load{Shape: load.Open{Profile: load.PerSecond(rate), Arrivals: load.Constant{}}, Transactions: n})
			s.Load.Duration = time.Minute
			v, err := bench.Run(b.Context(), s, s.Pattern.Variants[0], bench.Options{Clock: c, Store: st, Observer: &keep{}})
			if err != nil {
				b.Fatal(err)
			}
			late := v.Total.Histograms[record.Lateness]
			st.report(b, rate, late.ValueAtPercentile(50), late.ValueAtPercentile(99))
		})
		b.Run(fmt.Sprintf("rate=%v/sleep", rate), func(b *testing.B) {
			st := &arrivals{store: store{clock: clock.NewWall()}}
			var late []int64
			var wg sync.WaitGroup
			start := time.Now()
			for i := range n {
				due := start.Add(time.Duration(i) * time.Second / time.Duration(rate))
				time.Sleep(time.Until(due))
				late = append(late, int64(time.Since(due)))
				wg.Go(func() { _ = st.Get(b.Context(), "", kv.GetOptions{}, nil) })
			}
			wg.Wait()
			slices.Sort(late)
			st.report(b, rate, late[len(late)/2], late[len(late)*99/100])
		})
	}
}

// report tells the root of the mean square of what gaps are off by, and percentiles.
func (s *arrivals) report(b *testing.B, rate uint64, late50, late99 int64) {
	slices.Sort(s.times)
	var gaps []float64
	var squares float64
	for i := 1; i < len(s.times); i++ {
		g := math.Abs((s.times[i]-s.times[i-1]).Seconds()-1/float64(rate)) * 1e6
		gaps = append(gaps, g)
		squares += g * g
	}
	slices.Sort(gaps)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(math.Sqrt(squares/float64(len(gaps))), "µs-gap-deviation")
	b.ReportMetric(gaps[len(gaps)*99/100], "µs-gap-p99")
	b.ReportMetric(float64(late50)/1e3, "µs-late-p50")
	b.ReportMetric(float64(late99)/1e3, "µs-late-p99")
}
