package load_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"kvbench/internal/load"

	"pgregory.net/rapid"
)

// rateAt is what a stage's rate is by its definition, in transactions a second.
func rateAt(s load.Stage, t time.Duration) float64 {
	part := float64(t) / float64(s.For)
	switch c := s.Curve.(type) {
	case load.Ramp:
		return c.From.PerSecond() + part*(c.To.PerSecond()-c.From.PerSecond())
	case load.Sine:
		return c.Mean.PerSecond() + c.Amplitude.PerSecond()*math.Sin(2*math.Pi*t.Seconds()/c.Period.Seconds())
	}
	return s.Curve.Start().PerSecond()
}

// integral is the number of transactions that are due in the first t of stages, by Simpson's
// rule.
func integral(stages load.Stages, t time.Duration) (sum float64) {
	for _, s := range stages {
		d := min(s.For, t)
		const n = 4000
		for i := range n {
			a, b := d*time.Duration(i)/n, d*time.Duration(i+1)/n
			sum += (b - a).Seconds() / 6 * (rateAt(s, a) + 4*rateAt(s, a+(b-a)/2) + rateAt(s, b))
		}
		if t -= d; t <= 0 {
			break
		}
	}
	return sum
}

// The rate at a time is that of the stage then; before measuring that with which the first
// begins, and after the last that with which it ends.
func TestRateAt(t *testing.T) {
	ramp := load.Ramp{From: load.PerSecond(10), To: load.PerSecond(30)}
	stages := load.Stages{
		{For: 10 * time.Second, Curve: ramp},
		{For: time.Minute, Curve: load.Hold{Rate: load.PerSecond(5)}},
		{For: 8 * time.Second, Curve: load.Sine{Mean: load.PerSecond(4), Amplitude: load.PerSecond(2), Period: 8 * time.Second}},
	}
	l := load.Load{Shape: load.Open{Profile: stages, Arrivals: load.Constant{}}, Duration: stages.Lasts()}
	for at, want := range map[time.Duration]float64{
		-time.Second: 10, 0: 10, 5 * time.Second: 20, 10 * time.Second: 5, 69 * time.Second: 5, 72 * time.Second: 6, 76 * time.Second: 2, time.Hour: 4,
	} {
		if got, ok := l.RateAt(at); !ok || math.Abs(got-want) > 1e-9 {
			t.Errorf("at %v: %v, %v, want %v", at, got, ok, want)
		}
	}
	steady := load.Load{Shape: load.Open{Profile: load.PerSecond(7), Arrivals: load.Poisson{}}}
	if got, ok := steady.RateAt(time.Hour); !ok || got != 7 {
		t.Errorf("a steady rate: %v, %v", got, ok)
	}
	if _, ok := (load.Load{Shape: load.Closed{Workers: 3}}).RateAt(0); ok {
		t.Error("a closed loop plans a rate")
	}
}

func anyRate(t *rapid.T, label string, least uint64) load.Rate {
	return load.Rate{
		Count: rapid.Uint64Range(least, 40).Draw(t, label),
		Per:   time.Duration(rapid.Int64Range(1e8, 3e9).Draw(t, label+" per")),
	}
}

func anyStages(t *rapid.T) (stages load.Stages) {
	for range rapid.IntRange(1, 4).Draw(t, "stages") {
		s := load.Stage{For: time.Duration(rapid.Int64Range(1e6, 1e10).Draw(t, "for"))}
		switch rapid.IntRange(0, 2).Draw(t, "kind") {
		case 0:
			s.Curve = load.Hold{Rate: anyRate(t, "rate", 0)}
		case 1:
			s.Curve = load.Ramp{From: anyRate(t, "from", 0), To: anyRate(t, "to", 0)}
		default:
			mean := anyRate(t, "mean", 1)
			amplitude := load.Rate{Count: rapid.Uint64Range(1, mean.Count).Draw(t, "amplitude"), Per: mean.Per}
			s.Curve = load.Sine{Mean: mean, Amplitude: amplitude, Period: time.Duration(rapid.Int64Range(3e8, 2e10).Draw(t, "period"))}
		}
		stages = append(stages, s)
	}
	return stages
}

// Constant arrivals of a rate that changes are as many in any time as the integral of the
// rate, within one, none is earlier than the one before, and each has one time.
func TestStagesAreTheIntegral(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stages := anyStages(t)
		all := stages.Lasts()
		due := constant(stages).Schedule(1, 0)
		var times []time.Duration
		for i := uint64(0); ; i++ {
			at := due(i)
			if at == math.MaxInt64 {
				break
			}
			if n := len(times); n > 0 && at < times[n-1] || at < 0 || at >= all {
				t.Fatalf("transaction %d is due at %v of %v, after %v", i, at, all, times[max(n-1, 0)])
			}
			times = append(times, at)
		}
		for range 5 {
			from := time.Duration(rapid.Int64Range(0, int64(all)).Draw(t, "window from"))
			to := time.Duration(rapid.Int64Range(int64(from), int64(all)).Draw(t, "window to"))
			n := 0
			for _, at := range times {
				if from <= at && at < to {
					n++
				}
			}
			if want := integral(stages, to) - integral(stages, from); math.Abs(float64(n)-want) > 1+1e-3 {
				t.Fatalf("%d are due from %v until %v, where the integral is %v", n, from, to, want)
			}
		}
		if len(times) > 0 {
			i := rapid.IntRange(0, len(times)-1).Draw(t, "again")
			if at := due(uint64(i)); at != times[i] {
				t.Fatalf("transaction %d is due at %v and at %v", i, times[i], at)
			}
		}
	})
}

// The times are those of the closed forms, and exact where the rate stays.
func TestStagesAreExact(t *testing.T) {
	second := time.Second
	ramp := load.Stage{For: 30 * second, Curve: load.Ramp{To: load.PerSecond(500)}} // to 7,500
	soak := load.Stage{For: 60 * second, Curve: load.Hold{Rate: load.PerSecond(500)}}
	pause := load.Stage{For: 10 * second, Curve: load.Hold{Rate: load.Rate{Per: second}}}
	wave := load.Stage{For: 120 * second, Curve: load.Sine{Mean: load.PerSecond(500), Amplitude: load.PerSecond(500), Period: 60 * second}}
	for _, test := range []struct {
		name   string
		stages load.Stages
		warmUp time.Duration
		i      uint64
		want   time.Duration
		within time.Duration
	}{
		{"the first of a ramp", load.Stages{ramp, soak}, 0, 0, 0, 0},
		{"half of a ramp's time is a quarter of its integral", load.Stages{ramp, soak}, 0, 1875, 15 * second, 1},
		{"the first of a soak", load.Stages{ramp, soak}, 0, 7500, 30 * second, 0},
		{"the next", load.Stages{ramp, soak}, 0, 7501, 30*second + 2*time.Millisecond, 0},
		{"the last", load.Stages{ramp, soak}, 0, 37499, 90*second - 2*time.Millisecond, 0},
		{"none after it", load.Stages{ramp, soak}, 0, 37500, math.MaxInt64, 0},
		{"the last before a pause", load.Stages{soak, pause, soak}, 0, 29999, 60*second - 2*time.Millisecond, 0},
		{"what is due at a pause is due after it", load.Stages{soak, pause, soak}, 0, 30000, 70 * second, 0},
		{"down", load.Stages{{For: 30 * second, Curve: load.Ramp{From: load.PerSecond(500)}}}, 0, 7500 - 1875, 15 * second, 1},
		{"a period of a sine has its mean", load.Stages{wave}, 0, 30000, 60 * second, 60e6}, // flat: the rate is 0 near it
		{"half a period", load.Stages{wave}, 0, 15000 + 9550, 30*second + 1407*time.Microsecond, 1000},
		{"after a warm-up", load.Stages{soak, ramp}, 10 * second, 5000, 10 * second, 0},
		{"after a warm-up, the next stage", load.Stages{soak, {For: second, Curve: load.Hold{Rate: load.PerSecond(1)}}}, 10 * second, 35000, 70 * second, 0},
	} {
		at := constant(test.stages).Schedule(1, test.warmUp)(test.i)
		if diff := at - test.want; diff < -test.within || diff > test.within {
			t.Errorf("%s: %d is due at %v, want %v", test.name, test.i, at, test.want)
		}
	}
}

// Poisson arrivals of a rate that changes have the integral as the mean and as the variance
// of their number in any time.
func TestPoissonStages(t *testing.T) {
	stages := load.Stages{
		{For: 2 * time.Second, Curve: load.Ramp{To: load.PerSecond(50)}},
		{For: time.Second, Curve: load.Hold{Rate: load.Rate{Per: time.Second}}},
		{For: 4 * time.Second, Curve: load.Sine{Mean: load.PerSecond(30), Amplitude: load.PerSecond(30), Period: 2 * time.Second}},
	}
	const runs = 4000
	windows := [][2]time.Duration{{0, time.Second}, {time.Second, 2 * time.Second}, {2 * time.Second, 3 * time.Second}, {3 * time.Second, 4 * time.Second}, {4 * time.Second, 5 * time.Second}, {0, 7 * time.Second}}
	sum, squares := make([]float64, len(windows)), make([]float64, len(windows))
	for seed := range uint64(runs) {
		due := poisson(stages).Schedule(seed, 0)
		counts := make([]float64, len(windows))
		before := time.Duration(0)
		for i := uint64(0); ; i++ {
			at := due(i)
			if at < before {
				t.Fatalf("seed %d: transaction %d is due at %v, after %v", seed, i, at, before)
			}
			if before = at; at >= stages.Lasts() {
				break
			}
			for j, w := range windows {
				if w[0] <= at && at < w[1] {
					counts[j]++
				}
			}
		}
		for j, n := range counts {
			sum[j], squares[j] = sum[j]+n, squares[j]+n*n
		}
	}
	for j, w := range windows {
		want := integral(stages, w[1]) - integral(stages, w[0])
		mean := sum[j] / runs
		variance := squares[j]/runs - mean*mean
		if math.Abs(mean-want) > 5*math.Sqrt(want/runs) {
			t.Errorf("from %v until %v %v are due on average, want %v", w[0], w[1], mean, want)
		}
		if want > 0 && math.Abs(variance/want-1) > 5*math.Sqrt(2.5/runs) {
			t.Errorf("from %v until %v their number has the variance %v, want %v", w[0], w[1], variance, want)
		}
	}
}

// A load that lasts for another time keeps its shape.
func TestLasting(t *testing.T) {
	stages := load.Stages{
		{For: 20 * time.Second, Curve: load.Ramp{To: load.PerSecond(10)}},
		{For: 40 * time.Second, Curve: load.Sine{Mean: load.PerSecond(10), Amplitude: load.PerSecond(5), Period: 10 * time.Second}},
	}
	l := load.Load{Shape: constant(stages), Duration: stages.Lasts(), WarmUp: 6 * time.Second, Transactions: 5}
	for _, d := range []time.Duration{time.Second, 7 * time.Second, time.Minute, time.Hour, load.MinTime} {
		to := l.Lasting(d)
		got := to.Stages()
		factor := d.Seconds() / 60
		if got.Lasts() != d || to.Duration != d || to.Transactions != 0 {
			t.Errorf("%v: the stages last %v, the load %v", d, got.Lasts(), to.Duration)
		}
		if math.Abs(got[0].For.Seconds()-20*factor) > 1e-9 || math.Abs(got[1].Curve.(load.Sine).Period.Seconds()-10*factor) > 1e-9 {
			t.Errorf("%v: %+v", d, got)
		}
		if math.Abs(to.Rate()-l.Rate()) > 0.01*l.Rate() {
			t.Errorf("%v: the mean is %v, not %v", d, to.Rate(), l.Rate())
		}
		if want := min(6, 6*factor); math.Abs(to.WarmUp.Seconds()-want) > 1e-8 {
			t.Errorf("%v: a warm-up of %v, want %v", d, to.WarmUp, want)
		}
	}
	if l.Stages()[0].For != 20*time.Second {
		t.Error("the load itself has changed")
	}
}

func TestCheckStages(t *testing.T) {
	hold := func(n uint64, d time.Duration) load.Stage {
		return load.Stage{For: d, Curve: load.Hold{Rate: load.Rate{Count: n, Per: time.Second}}}
	}
	for name, test := range map[string]struct {
		stages load.Stages
		warmUp time.Duration
		field  string
	}{
		"right":                    {load.Stages{hold(1, time.Minute), hold(0, time.Minute)}, time.Minute, ""},
		"too long":                 {load.Stages{hold(1, load.MaxTime), hold(1, time.Second)}, 0, "stages"},
		"nothing is due":           {load.Stages{hold(0, time.Hour)}, 0, "stages"},
		"nothing is due after all": {load.Stages{{For: time.Second / 2, Curve: load.Hold{Rate: load.Rate{Count: 1, Per: time.Minute}}}}, time.Second, "stages"},
		"a warm-up of nothing":     {load.Stages{hold(0, time.Hour), hold(1, time.Hour)}, time.Second, "warm-up"},
	} {
		l := load.Load{Shape: constant(test.stages), Duration: test.stages.Lasts(), WarmUp: test.warmUp}
		bad, _ := errors.AsType[*load.BoundError](l.Check(1))
		if bad != nil && bad.Field != test.field || bad == nil && test.field != "" {
			t.Errorf("%s: %v", name, bad)
		}
	}
}

func BenchmarkSchedule(b *testing.B) {
	for name, c := range map[string]load.Curve{
		"hold": load.Hold{Rate: load.PerSecond(1000)},
		"ramp": load.Ramp{From: load.PerSecond(900), To: load.PerSecond(1100)},
		"sine": load.Sine{Mean: load.PerSecond(1000), Amplitude: load.PerSecond(1000), Period: time.Minute},
	} {
		b.Run(name, func(b *testing.B) {
			due := constant(load.Stages{{For: load.MaxTime, Curve: c}}).Schedule(1, 0)
			b.ReportAllocs()
			i := uint64(0)
			for b.Loop() {
				due(i)
				i++
			}
		})
	}
}
