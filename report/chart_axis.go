package report

import (
	"math"
	"slices"
	"time"

	"kvbench/internal/metric"

	"gonum.org/v1/plot"
)

// axis maps values to a stretch of a picture and says where its ticks are.
type axis struct {
	min, max float64
	scale    plot.Normalizer
	ticks    []plot.Tick
}

// norm is where a value lies: 0 at the beginning of the axis, 1 at its end. What is
// beyond them lies there, and on an axis without length all lies in its middle.
func (a *axis) norm(v float64) float64 {
	switch {
	case !(a.min < a.max):
		return 0.5
	case v <= a.min:
		return 0
	case v >= a.max:
		return 1
	}
	return metric.Of(a.scale.Normalize(a.min, a.max, v)).Or(0)
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

// percentileOf is the percentile of so many nines or the next below it of which two
// digits say how much lies beyond: 96.9 and 99.988.
func percentileOf(nines float64) float64 {
	beyond := 100 * math.Pow(10, -nines)
	decimals := max(0, 1-int(math.Floor(math.Log10(beyond)+1e-9)))
	scale := math.Pow(10, float64(decimals))
	return math.Round(100*scale-math.Ceil(beyond*scale-1e-6)) / scale
}

// ninesAxis spans the percentiles from 0 to top.
func ninesAxis(top float64) axis {
	a := axis{min: 0, max: top, scale: nines{}}
	for _, p := range []float64{0, 50, 90, 99, 99.9, 99.99, 99.999, 99.9999} {
		if p <= top+1e-9 {
			a.ticks = append(a.ticks, plot.Tick{Value: p, Label: digits(p, 6)})
		}
	}
	return a
}

// floored is a logarithmic scale on which all that is below the beginning of
// the axis, zero above all, lies at its beginning.
type floored struct{}

// Normalize implements plot.Normalizer.
func (floored) Normalize(lo, hi, v float64) float64 {
	return math.Log(max(v, lo)/lo) / math.Log(hi/lo)
}

// zeroGap is how far below the lowest step of a logarithmic axis zero lies, as
// a share of the rest of the axis.
const zeroGap = 0.14

// logAxis spans values of a unit on a logarithmic scale that begins and ends at
// a round number, with no more labels than asked for. Where a value is zero the
// axis begins a little lower, at a tick that says 0.
func logAxis(unit string, values []float64, labels int) axis {
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
	a := axis{scale: floored{}}
	a.min, a.max = around(ladder[0], lo, hi)
	a.max = max(a.max, hi) // beyond the ladder
	for i, steps := range ladder {
		var ticks []plot.Tick
		for _, v := range steps {
			if a.min <= v && v <= a.max {
				ticks = append(ticks, plot.Tick{Value: v, Label: value(v, unit)})
			}
		}
		if i == 0 || len(ticks) >= 2 {
			a.ticks = ticks
		}
		if len(a.ticks) <= labels {
			break
		}
	}
	if zero {
		a.min *= math.Pow(a.min/a.max, zeroGap)
		a.ticks = append([]plot.Tick{{Value: a.min, Label: "0"}}, a.ticks...)
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
func ladders(unit string) [][]float64 {
	switch unit {
	case "ns":
		return durationLadders()
	case "bytes":
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

// linearAxis spans 0 to top with ticks at multiples of a round number: the first of
// the steps, which rise from above 0, that needs no more labels than asked for, or the
// last of them times a power of two.
func linearAxis(top float64, steps []float64, labels int, format func(float64) string) axis {
	a := axis{max: top, scale: plot.LinearScale{}}
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
		a.ticks = append(a.ticks, plot.Tick{Value: v, Label: format(v)})
	}
	return a
}
