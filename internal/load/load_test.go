package load_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"kvbench/internal/load"
)

func source(seed uint64) *rand.Rand {
	var p rand.PCG
	load.Seed(&p, seed, 0)
	return rand.New(&p)
}

func constant(p load.Profile) load.Open { return load.Open{Profile: p, Arrivals: load.Constant{}} }

func poisson(p load.Profile) load.Open { return load.Open{Profile: p, Arrivals: load.Poisson{}} }

func TestConstantSchedule(t *testing.T) {
	due := constant(load.PerSecond(1000)).Schedule(1, 0)
	for i, want := range map[uint64]time.Duration{0: 0, 1: time.Millisecond, 1_000_000: 1000 * time.Second} {
		if got := due(i); got != want {
			t.Errorf("transaction %d is due at %v, want %v", i, got, want)
		}
	}
}

// At a constant rate exactly as many transactions are due in a time as rate and
// time make, wherever it begins.
func TestConstantArrivalsAreExact(t *testing.T) {
	for _, test := range []struct {
		rate        load.Rate
		from, until time.Duration
		want        uint64
	}{
		{load.PerSecond(29), 0, time.Second, 29},
		{load.PerSecond(3), 60 * time.Second, 65 * time.Second, 15},
		{load.PerSecond(7), 0, 24 * time.Hour, 7 * 86400},
		{load.Rate{Count: 1, Per: time.Hour}, 0, 10_000 * time.Hour, 10_000},
		{load.Rate{Count: 10, Per: 3 * time.Second}, 30 * time.Second, 33 * time.Second, 10},
	} {
		due := constant(test.rate).Schedule(1, 0)
		n := uint64(0)
		for i := uint64(0); due(i) < test.until; i++ {
			if due(i) >= test.from {
				n++
			}
		}
		if n != test.want {
			t.Errorf("%v from %v until %v: %d, want %d", test.rate, test.from, test.until, n, test.want)
		}
	}
	if due := constant(load.Rate{Count: 1, Per: time.Hour}).Schedule(1, 0); due(math.MaxUint64) != math.MaxInt64 {
		t.Error("what is due beyond the longest duration is due before it")
	}
}

// Poisson gaps have mean 1/rate and a deviation as large; and the schedule is a
// function of the number, in whatever order it is asked.
func TestPoissonSchedule(t *testing.T) {
	due := poisson(load.PerSecond(1000)).Schedule(7, 0)
	const n = 100_000
	var sum, squares float64
	times := make([]time.Duration, n)
	for i := range times {
		times[i] = due(uint64(i))
		if i > 0 {
			gap := float64(times[i] - times[i-1])
			sum += gap
			squares += gap * gap
		}
	}
	mean := sum / (n - 1)
	deviation := math.Sqrt(squares/(n-1) - mean*mean)
	if math.Abs(mean/1e6-1) > 0.02 || math.Abs(deviation/1e6-1) > 0.02 {
		t.Errorf("gaps have mean %v and deviation %v, want 1ms both", time.Duration(mean), time.Duration(deviation))
	}
	for _, i := range []uint64{0, n - 1, 5, 5, 4} {
		if got := due(i); got != times[i] {
			t.Errorf("transaction %d is due at %v and at %v", i, times[i], got)
		}
	}
	if other := poisson(load.PerSecond(1000)).Schedule(8, 0); other(100) == times[100] {
		t.Error("another seed gives the same schedule")
	}
}

// The share of each key is what the distribution says, to five deviations.
func TestDistribution(t *testing.T) {
	const keys, draws = 100, 400_000
	harmonic := func(exponent float64) (sum float64) {
		for k := 1; k <= keys; k++ {
			sum += math.Pow(float64(k), -exponent)
		}
		return sum
	}
	zipf := func(exponent float64) func(rank int) float64 {
		whole := harmonic(exponent)
		return func(rank int) float64 { return math.Pow(float64(rank+1), -exponent) / whole }
	}
	for _, test := range []struct {
		name   string
		choose load.Distribution
		share  func(rank int) float64 // of the key with that rank
	}{
		{"uniform", load.Distribution{}, func(int) float64 { return 1.0 / keys }},
		{"zipfian 0.5", load.Distribution{Kind: load.Zipfian, Exponent: 0.5}, zipf(0.5)},
		{"zipfian 0.99", load.Distribution{Kind: load.Zipfian, Exponent: 0.99}, zipf(0.99)},
		{"zipfian 1", load.Distribution{Kind: load.Zipfian, Exponent: 1}, zipf(1)},
		{"zipfian 2", load.Distribution{Kind: load.Zipfian, Exponent: 2}, zipf(2)},
		{"latest", load.Distribution{Kind: load.Latest, Exponent: 0.99}, zipf(0.99)},
		{"hotspot", load.Distribution{Kind: load.Hotspot, HotKeys: 0.2, HotShare: 0.8}, func(rank int) float64 {
			if rank < 20 {
				return 0.8 / 20
			}
			return 0.2 / 80
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, r := test.choose.Chooser(keys), source(1)
			counts := make([]float64, keys)
			for range draws {
				counts[c.Key(r)]++
			}
			if test.choose.Kind == load.Latest && counts[keys-1] < counts[0] {
				t.Error("the last key is not the most popular")
			}
			sorted := append([]float64(nil), counts...)
			for i := range sorted { // keys are scattered: hold them against the shares by rank
				for j := i; j > 0 && sorted[j] > sorted[j-1]; j-- {
					sorted[j], sorted[j-1] = sorted[j-1], sorted[j]
				}
			}
			for rank, n := range sorted {
				want := test.share(rank) * draws
				// Sorting moves the counts of equal keys apart by a few deviations.
				if math.Abs(n-want) > 5*math.Sqrt(want)+1 {
					t.Errorf("rank %d was drawn %v times, want %.0f", rank, n, want)
				}
			}
		})
	}
}

func TestOneKey(t *testing.T) {
	for _, p := range []load.Distribution{
		{}, {Kind: load.Zipfian, Exponent: 1}, {Kind: load.Latest, Exponent: 1}, {Kind: load.Hotspot, HotKeys: 0.1, HotShare: 0.9},
	} {
		if k := p.Chooser(1).Key(source(1)); k != 0 {
			t.Errorf("%v drew key %d of 1", p, k)
		}
	}
}

func TestSize(t *testing.T) {
	fixed, spread := load.Size{Min: 7, Max: 7}, load.Size{Min: 10, Max: 20}
	seen := map[int]bool{}
	for k := range 1000 {
		if fixed.Of(k) != 7 {
			t.Fatalf("size %d, want 7", fixed.Of(k))
		}
		n := spread.Of(k)
		if n < 10 || n > 20 || n != spread.Of(k) {
			t.Fatalf("size %d of key %d", n, k)
		}
		seen[n] = true
	}
	if len(seen) != 11 {
		t.Errorf("%d sizes of 11 were drawn", len(seen))
	}
}

func TestString(t *testing.T) {
	for want, l := range map[string]load.Load{
		"open loop, 200/s Poisson, at most 10 in flight, for 10m, after a warm-up of 1m": {
			Shape:    load.Open{Profile: load.PerSecond(200), Arrivals: load.Poisson{}, MaxInFlight: 10},
			Duration: 10 * time.Minute,
			WarmUp:   time.Minute,
		},
		"closed loop, 4 workers, think time 100ms, 5000 transactions": {Shape: load.Closed{Workers: 4, Think: 100 * time.Millisecond}, Transactions: 5000},
		"open loop, 30/min constant, for 1h":                          {Shape: load.Open{Profile: load.Rate{Count: 1, Per: 2 * time.Second}, Arrivals: load.Constant{}}, Duration: time.Hour},
	} {
		if got := l.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func BenchmarkKey(b *testing.B) {
	for name, p := range map[string]load.Distribution{
		"uniform": {}, "zipfian": {Kind: load.Zipfian, Exponent: 0.99},
	} {
		b.Run(name, func(b *testing.B) {
			c, r := p.Chooser(1_000_000), source(1)
			b.ReportAllocs()
			for b.Loop() {
				c.Key(r)
			}
		})
	}
}
