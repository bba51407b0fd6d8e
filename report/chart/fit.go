package chart

import "math"

// laws are the growths that are told apart, from the slowest.
var laws = []struct {
	name string
	of   func(n float64) float64
}{
	{"log n", math.Log},
	{"n", func(n float64) float64 { return n }},
	{"n log n", func(n float64) float64 { return n * math.Log(n) }},
}

const (
	// flat is how far, as the root of the mean square of what is left of each value, values
	// may lie from their mean that do not grow.
	flat = 0.05
	// loose is how far they may lie from a law that is said of them.
	loose = 0.1
	// fewest is how many values tell a law: a line goes through any two.
	fewest = 3
)

// growthOf says how values grow with n: "constant", "grows as n" and so on, "falls", or
// nothing where no law fits or there are too few. A law is y = a + b f(n), fitted by least
// squares of the residuals as shares of the values; the one with the least residuals is taken,
// and constant where those of a constant are small.
func growthOf(ns, ys []float64) string {
	if len(ns) < fewest {
		return ""
	}
	for i := range ns {
		if ns[i] <= 0 || ys[i] <= 0 {
			return ""
		}
	}
	if _, _, left := fit(ns, ys, func(float64) float64 { return 0 }); left <= flat {
		return "constant"
	}
	best, least, slope := "", math.Inf(1), 0.0
	for _, law := range laws {
		if _, b, left := fit(ns, ys, law.of); left < least {
			best, least, slope = law.name, left, b
		}
	}
	switch {
	case slope < 0:
		return "falls"
	case least > loose:
		return ""
	}
	return "grows as " + best
}

// fit fits y = a + b f(n) and returns the root of the mean square of the residuals, each as
// a share of its value. Of an f that is 0 b is 0.
func fit(ns, ys []float64, f func(float64) float64) (a, b, left float64) {
	var w, wx, wy, wxx, wxy float64
	for i, y := range ys {
		x, weight := f(ns[i]), 1/(y*y)
		w, wx, wy = w+weight, wx+weight*x, wy+weight*y
		wxx, wxy = wxx+weight*x*x, wxy+weight*x*y
	}
	if d := w*wxx - wx*wx; d > 1e-12*w*wxx {
		b = (w*wxy - wx*wy) / d
	}
	a = (wy - b*wx) / w
	for i, y := range ys {
		r := (y - a - b*f(ns[i])) / y
		left += r * r / float64(len(ys))
	}
	return a, b, math.Sqrt(left)
}
