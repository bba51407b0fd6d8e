package kit

import (
	"math"
	"slices"
	"time"

	"kvbench/internal/metric"

	"gonum.org/v1/plot"
)

// Axis maps values to a stretch of a picture and says where its ticks are.
type Axis struct {
	Min, Max float64
	Scale    plot.Normalizer
	Ticks    []plot.Tick
}

// Norm is where a value lies: 0 at the beginning of the axis, 1 at its end. What is
// beyond them lies there, and on an axis without length all lies in its middle.
func (a *Axis) Norm(v float64) float64 {
	switch {
	case !(a.Min < a.Max):
		return 0.5
	case v <= a.Min:
		return 0
	case v >= a.Max:
		return 1
	}
	return metric.Of(a.Scale.Normalize(a.Min, a.Max, v)).Or(0)
}

// nines is the scale of percentiles on which each further nine takes as much
// room as the one before: 0, 90, 99, 99.9. It knows no 100.
type nines struct{}

// Normalize implements plot.Normalizer.
func (nines) Normalize(lo, hi, p float64) float64 {
	return (ninesOf(p) - ninesOf(lo)) / (ninesOf(hi) - ninesOf(lo))
}

// ninesOf is how many nines a percentile has: 1 for 90, 2 for 99.
func ninesOf(p float64) float64 { return -math.Log10(1 - p/100) }

// PercentileOf is the percentile of so many nines or the next below it of which two
// digits say how much lies beyond: 96.9 and 99.988.
func PercentileOf(nines float64) float64 {
	beyond := 100 * math.Pow(10, -nines)
	decimals := max(0, 1-int(math.Floor(math.Log10(beyond)+1e-9)))
	scale := math.Pow(10, float64(decimals))
	return math.Round(100*scale-math.Ceil(beyond*scale-1e-6)) / scale
}

// NinesAxis spans the percentiles from 0 to top.
func NinesAxis(top float64) Axis {
	a := Axis{Min: 0, Max: top, Scale: nines{}}
	for _, p := range []float64{0, 50, 90, 99, 99.9, 99.99, 99.999, 99.9999} {
		if p <= top+1e-9 {
			a.Ticks = append(a.Ticks, plot.Tick{Value: p, Label: metric.Digits(p, 6)})
		}
	}
	return a
}

// Log is a logarithmic scale on which all that is below the beginning of
// the axis, zero above all, lies at its beginning.
type Log struct{}

// Normalize implements plot.Normalizer.
func (Log) Normalize(lo, hi, v float64) float64 {
	return math.Log(max(v, lo)/lo) / math.Log(hi/lo)
}

// zeroGap is how far below the lowest step of a logarithmic axis zero lies, as
// a share of the rest of the axis.
const zeroGap = 0.14

// LogAxis spans values of a unit on a logarithmic scale that begins and ends at
// a round number, with no more labels than asked for. Where a value is zero the
// axis begins a little lower, at a tick that says 0.
func LogAxis(unit metric.Unit, values []float64, labels int) Axis {
	lo, hi := math.Inf(1), 0.0
	zero := false
	for _, v := range values {
		if v <= 0 {
			zero = true
			continue
		}
		lo, hi = min(lo, v), max(hi, v)
	}
	if hi == 0 {
		lo, hi = 1, 10
	}
	ladder := ladders(unit)
	a := Axis{Scale: Log{}}
	a.Min, a.Max = around(ladder[0], lo, hi)
	a.Max = max(a.Max, hi) // beyond the ladder
	for i, steps := range ladder {
		var ticks []plot.Tick
		for _, v := range steps {
			if a.Min <= v && v <= a.Max {
				ticks = append(ticks, plot.Tick{Value: v, Label: unit.Format(v)})
			}
		}
		if i == 0 || len(ticks) >= 2 {
			a.Ticks = ticks
		}
		if len(a.Ticks) <= labels {
			break
		}
	}
	if zero {
		a.Min *= math.Pow(a.Min/a.Max, zeroGap)
		a.Ticks = append([]plot.Tick{{Value: a.Min, Label: "0"}}, a.Ticks...)
	}
	return a
}

// around returns the last step that is no greater than lo and the first that is
// no less than hi, and in any case two different ones.
func around(steps []float64, lo, hi float64) (first, last float64) {
	i, found := slices.BinarySearch(steps, lo)
	if !found {
		i = max(i-1, 0)
	}
	j, _ := slices.BinarySearch(steps, hi)
	j = min(j, len(steps)-1)
	if i == j {
		i, j = max(i-1, 0), min(j+1, len(steps)-1)
	}
	return steps[i], steps[j]
}

// ladders are the round numbers of a unit, from the closest to the sparsest.
func ladders(unit metric.Unit) [][]float64 {
	switch unit {
	case metric.Time:
		return durationLadders()
	case metric.Size:
		return [][]float64{powers(4, 32), powers(32, 13), powers(1024, 7)}
	}
	return [][]float64{oneTwoFive(19), powers(10, 19), powers(1000, 7)}
}

// durationLadders are round durations in nanoseconds, from a nanosecond to what a
// time.Duration can be, some million hours.
func durationLadders() [][]float64 {
	var fine, coarse []float64
	for _, v := range oneTwoFive(11) {
		if v <= float64(20*time.Second) {
			fine = append(fine, v)
		}
	}
	coarse = powers(10, 11) // to 10 s
	for _, d := range []time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 30 * time.Minute} {
		fine = append(fine, float64(d))
	}
	coarse = append(coarse, float64(time.Minute), float64(10*time.Minute))
	sparse := []float64{1, 1e3, 1e6, 1e9, float64(time.Minute), float64(time.Hour), 100 * float64(time.Hour), 1e4 * float64(time.Hour), 1e6 * float64(time.Hour)}
	for _, hours := range powers(10, 7) { // to a million
		fine = append(fine, hours*float64(time.Hour), 3*hours*float64(time.Hour))
		coarse = append(coarse, hours*float64(time.Hour))
	}
	return [][]float64{fine, coarse, sparse}
}

// oneTwoFive is 1, 2, 5, 10, and so on through n decades.
func oneTwoFive(n int) []float64 {
	var out []float64
	for _, v := range powers(10, n) {
		out = append(out, v, 2*v, 5*v)
	}
	return out
}

// powers are the first n powers of a base, from 1.
func powers(base float64, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = math.Pow(base, float64(i))
	}
	return out
}

// LinearAxis spans 0 to top with ticks at multiples of a round number: the first of
// the steps, which rise from above 0, that needs no more labels than asked for, or the
// last of them times a power of two.
func LinearAxis(top float64, steps []float64, labels int, format func(float64) string) Axis {
	a := Axis{Max: top, Scale: plot.LinearScale{}}
	enough := func(step float64) bool { return top <= step*float64(labels) }
	step := steps[len(steps)-1]
	if i := slices.IndexFunc(steps, enough); i >= 0 {
		step = steps[i]
	}
	for !enough(step) {
		step *= 2
	}
	for i := 0; float64(i)*step <= top*(1+1e-9); i++ {
		v := float64(i) * step
		a.Ticks = append(a.Ticks, plot.Tick{Value: v, Label: format(v)})
	}
	return a
}

// TimeAxis spans the measured time, with ticks at round times.
func TimeAxis(end time.Duration) Axis {
	steps := []float64{float64(end)}
	for _, d := range []time.Duration{
		time.Millisecond, 10 * time.Millisecond, 100 * time.Millisecond, 500 * time.Millisecond,
		time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second,
		time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
		time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 24 * time.Hour,
	} {
		steps = append(steps, float64(d))
	}
	slices.Sort(steps)
	const labels = 5
	return LinearAxis(float64(end), steps, labels, func(v float64) string {
		d := time.Duration(v)
		if d == 0 {
			return "0"
		}
		if d >= time.Minute && d < 2*time.Minute {
			return metric.Digits(d.Minutes(), 3) + " min"
		}
		return metric.FormatTime(v)
	})
}

// RoundUp is the least of a few round shares that is no less than v.
func RoundUp(v float64) float64 {
	for _, top := range []float64{0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75} {
		if v <= top {
			return top
		}
	}
	return 1
}
