package changepoint

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// noisy is a series of n values about 100, one in twenty an outlier, as nights on
// a shared machine give them.
func noisy(r *rand.Rand, n int, level func(i int) float64) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = level(i) * math.Exp(0.05*r.NormFloat64())
		if r.IntN(20) == 0 {
			out[i] *= 1.3
		}
	}
	return out
}

// Of 400 flat series of 90 nights hardly any has a change.
func TestFlatSeries(t *testing.T) {
	alarms := 0
	const series = 400
	for i := range uint64(series) {
		r := rand.New(rand.NewPCG(i, 0))
		if len(Find(noisy(r, 90, func(int) float64 { return 100 }), Options{Seed: i})) > 0 {
			alarms++
		}
	}
	t.Logf("false alarms: %d of %d", alarms, series)
	if alarms > series/50 {
		t.Errorf("%d of %d flat series have a change, more than 2 %%", alarms, series)
	}
}

// A step of 15 %, three times the noise, is found where it is, give or take two nights, nine times in ten.
func TestStep(t *testing.T) {
	found := 0
	const series = 100
	for i := range uint64(series) {
		r := rand.New(rand.NewPCG(i, 0))
		v := noisy(r, 60, func(n int) float64 {
			if n < 40 {
				return 100
			}
			return 115
		})
		c := Find(v, Options{Seed: i})
		if len(c) == 1 && c[0].At >= 38 && c[0].At <= 42 && c[0].After > c[0].Before {
			found++
		}
	}
	t.Logf("found: %d of %d", found, series)
	if found < series*90/100 {
		t.Errorf("found %d of %d", found, series)
	}
}

func TestFind(t *testing.T) {
	repeat := func(parts ...float64) (out []float64) {
		for i := 0; i < len(parts); i += 2 {
			out = append(out, slices.Repeat([]float64{parts[i]}, int(parts[i+1]))...)
		}
		return out
	}
	for _, tt := range []struct {
		name   string
		values []float64
		at     []int
	}{
		{"nothing", nil, nil},
		{"too few", repeat(1, 4, 9, 4), nil},
		{"constant", repeat(7, 50), nil},
		{"one step, exactly", repeat(10, 12, 11, 12), []int{12}},
		{"up and down", repeat(10, 12, 20, 12, 10, 12), []int{12, 24}},
		{"from zero", repeat(0, 12, 0.01, 12), []int{12}},
		{"to zero", repeat(3, 12, 0, 12), []int{12}},
		{"too small an effect", repeat(100, 12, 104, 12), nil},
		{"one outlier", repeat(10, 12, 100, 1, 10, 12), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var at []int
			for _, c := range Find(tt.values, Options{}) {
				at = append(at, c.At)
			}
			if !slices.Equal(at, tt.at) {
				t.Errorf("got %v, want %v", at, tt.at)
			}
		})
	}
}

// The same seed finds the same.
func TestSeed(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 0))
	v := noisy(r, 80, func(n int) float64 { return 100 + float64(n/20)*7 })
	if a, b := Find(v, Options{Seed: 5}), Find(v, Options{Seed: 5}); !slices.Equal(a, b) {
		t.Errorf("%v and %v", a, b)
	}
}

// The distance is that of its definition.
func TestSplitIsTheEnergyDistance(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 0))
	v := noisy(r, 30, func(n int) float64 { return 100 + float64(n) })
	mean := func(a, b []float64, pairs float64) (sum float64) {
		for _, x := range a {
			for _, y := range b {
				sum += math.Abs(x - y)
			}
		}
		return sum / pairs
	}
	bestAt, best := 0, 0.0
	for at := 5; at <= len(v)-5; at++ {
		for end := at + 5; end <= len(v); end++ {
			a, b := v[:at], v[at:end]
			n, m := float64(len(a)), float64(len(b))
			q := n * m / (n + m) * (2*mean(a, b, n*m) - mean(a, a, n*(n-1)) - mean(b, b, m*(m-1)))
			if q > best {
				bestAt, best = at, q
			}
		}
	}
	at, size := split(v, 5)
	if at != bestAt || math.Abs(size-best) > 1e-9*best {
		t.Errorf("got %d %v, want %d %v", at, size, bestAt, best)
	}
}

func BenchmarkFind(b *testing.B) {
	r := rand.New(rand.NewPCG(3, 0))
	v := noisy(r, 90, func(n int) float64 { return 100 + float64(n/45)*15 })
	for b.Loop() {
		Find(v, Options{})
	}
}
