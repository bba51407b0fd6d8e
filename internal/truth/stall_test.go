package truth_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/load"
	"kvbench/internal/record"
	"kvbench/kv"
)

// stalling is a store that serves nobody for the first half second of every five; what
// comes then waits. Else each takes so long.
type stalling struct {
	clk   kv.Clock
	takes time.Duration
}

const (
	stalls   = 500 * time.Millisecond
	stallsAt = 5 * time.Second // every so often
)

func (s *stalling) Get(ctx context.Context, _ string, _ kv.GetOptions, e *kv.Entry) error {
	e.Reset()
	wait := s.takes
	if since := s.clk.Now() % stallsAt; since < stalls {
		wait += stalls - since
	}
	return s.clk.Sleep(ctx, wait)
}

func (*stalling) Put(context.Context, string, []byte, kv.PutOptions) error { return nil }
func (*stalling) Delete(context.Context, string) error                     { return nil }
func (*stalling) List(context.Context, kv.ListOptions, *kv.Page) error     { return nil }
func (*stalling) Capabilities() kv.Capabilities                            { return kv.Capabilities{Virtual: true, Locations: 1} }
func (*stalling) Close() error                                             { return nil }

// A store that stalls keeps everybody waiting who comes meanwhile, and with a bound on what
// is in flight those who come after it too, until the backlog is gone. Whatever that
// bound is, the response is counted from when each was due, so its percentiles are those
// of a simulation in whole nanoseconds that knows nothing of the engine. Without a bound
// they are known: of constant arrivals at a rate, a tenth wait, evenly from 0 to 500 ms.
func TestStall(t *testing.T) {
	const length = 40 * time.Second // eight stalls
	for _, tt := range []struct {
		rate  uint64
		most  int // in flight; 0 is no bound
		takes time.Duration
	}{
		{1000, 0, 200 * time.Microsecond},
		{5000, 0, 200 * time.Microsecond},
		{1000, 1, 200 * time.Microsecond},
		{5000, 1, 180 * time.Microsecond}, // nine tenths of what one can serve: the backlog drains just in time
		{5000, 4, 500 * time.Microsecond},
	} {
		t.Run(fmt.Sprintf("%d per s, at most %d", tt.rate, tt.most), func(t *testing.T) {
			c := clock.NewVirtual()
			st := &stalling{c, tt.takes}
			var do workload = func(ctx context.Context, w *bench.Worker, _ uint64) (bench.Outcome, error) {
				return served, w.Get(ctx, "key", kv.GetOptions{}, &w.Entry)
			}
			p := &bench.Pattern{
				Name: "stall", Variants: []bench.Variant{{Name: "seed"}}, Outcomes: []bench.Outcome{served},
				New: func(bench.Setup) (bench.Workload, error) { return do, nil },
			}
			s := &bench.Scenario{
				Name: "stall", Pattern: p, Repeat: 1, Params: bench.Params{Keys: 1, Isolates: 1}, Decode: func(any) error { return nil },
				Load: load.Load{
					Shape:    load.Open{Profile: load.PerSecond(tt.rate), Arrivals: load.Constant{}, MaxInFlight: tt.most},
					Duration: length,
				},
			}
			v, err := bench.Run(t.Context(), s, p.Variants[0], bench.Options{Clock: c, Store: st, Seed: 1, Observer: unobserved{}})
			if err != nil {
				t.Fatal(err)
			}
			responses := simulateStall(tt.rate, tt.most, tt.takes, length)
			h := v.Total.Histograms[record.Response]
			if n := h.TotalCount(); n != int64(len(responses)) {
				t.Fatalf("%d transactions, want %d", n, len(responses))
			}
			for _, per := range []int{500, 900, 950, 990, 999, 1000} {
				right := responses[len(responses)*per/1000-1]
				// A histogram tells the end of the bucket that a value lies in, to three digits.
				got := time.Duration(h.ValueAtPercentile(float64(per) / 10))
				t.Logf("p%-5v %12v, right %12v", float64(per)/10, got, right)
				if got < right || got > right+right/1000 {
					t.Errorf("p%v is %v, want %v", float64(per)/10, got, right)
				}
			}
			gap := time.Second / time.Duration(tt.rate)
			for i, longest := 0, len(responses)-1; tt.most == 0 && i <= longest; i++ {
				known := tt.takes
				if i < len(responses)/10 {
					known += stalls - time.Duration(i/8)*gap // each of the eight stalls keeps one so long
				}
				if got := responses[longest-i]; got != known {
					t.Fatalf("number %d from the longest is simulated as %v, and known to be %v", i+1, got, known)
				}
			}
		})
	}
}

// simulateStall is what each that is due takes, sorted: it begins when it is due and one
// of so many servers is free, and waits for the end of a stall in which it begins.
func simulateStall(rate uint64, servers int, takes, length time.Duration) []time.Duration {
	free := make([]time.Duration, servers) // when each is
	responses := make([]time.Duration, rate*uint64(length/time.Second))
	for i := range responses {
		due := time.Duration(i) * time.Second / time.Duration(rate)
		begins, first := due, 0
		if servers > 0 {
			first = slices.Index(free, slices.Min(free))
			begins = max(due, free[first])
		}
		ends := begins + takes
		if since := begins % stallsAt; since < stalls {
			ends += stalls - since
		}
		if servers > 0 {
			free[first] = ends
		}
		responses[i] = ends - due
	}
	slices.Sort(responses)
	return responses
}
