package load

import (
	"math"
	"math/rand/v2"
)

// zipf draws ranks 1 to n, rank k with a probability proportional to
// 1/k^exponent, by rejection-inversion (Hörmann and Derflinger, "Rejection-
// inversion to generate variates from monotone discrete distributions", 1996).
// It is exact for every exponent above 0 and takes a constant time.
type zipf struct {
	n, exponent float64
	first, last float64 // the integral of the hat at 1.5, less 1, and at n+0.5
	s           float64
	ranks       *ranks // nil where there are too many
}

func newZipf(n int, exponent float64) zipf {
	z := zipf{n: float64(n), exponent: exponent}
	z.first = z.integral(1.5) - 1
	z.last = z.integral(z.n + 0.5)
	z.s = 2 - z.inverse(z.integral(2.5)-z.hat(2))
	z.ranks = newRanks(&z, n)
	return z
}

func (z *zipf) draw(r *rand.Rand) int {
	for {
		u := z.last + r.Float64()*(z.first-z.last)
		switch k := z.ranks.of(u); {
		case k > 0:
			return k
		case k == rejected:
			continue
		}
		x := z.inverse(u)
		k := math.Min(math.Max(math.Floor(x+0.5), 1), z.n)
		if k-x <= z.s || u >= z.integral(k+0.5)-z.hat(k) {
			return int(k)
		}
	}
}

func (z *zipf) hat(x float64) float64 { return math.Exp(-z.exponent * math.Log(x)) }

// integral is (x^(1-exponent) - 1) / (1-exponent), or log x where the exponent
// is 1.
func (z *zipf) integral(x float64) float64 {
	log := math.Log(x)
	t := (1 - z.exponent) * log
	if math.Abs(t) < 1e-8 {
		return log * (1 + t/2)
	}
	return log * math.Expm1(t) / t
}

func (z *zipf) inverse(x float64) float64 {
	t := math.Max(x*(1-z.exponent), -1)
	if math.Abs(t) < 1e-8 {
		return math.Exp(x * (1 - t/2))
	}
	return math.Exp(x * math.Log1p(t) / t)
}
