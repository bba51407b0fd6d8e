package load

import "math/rand/v2"

// Distribution says how often each of n keys is chosen. The zero value is uniform.
type Distribution struct {
	Kind DistributionKind
	// Exponent of Zipfian and Latest, above 0.
	Exponent float64
	// HotKeys is the share of the keys that are hot, HotShare the share of the
	// choices that fall on them: Hotspot only, both between 0 and 1.
	HotKeys, HotShare float64
}

// DistributionKind is a distribution over keys.
type DistributionKind int

const (
	Uniform DistributionKind = iota // every key alike
	Zipfian                         // key k with weight 1/(k+1)^Exponent, scattered over the key space
	Hotspot                         // HotShare of the choices fall on HotKeys of the keys
	Latest                          // Zipfian, the last key the most popular
)

// Size is the size of a value in bytes: the same for every key when Min and Max
// are equal, else uniform between them and fixed for each key.
type Size struct{ Min, Max int }

// Of returns the size of the value of key number k.
func (s Size) Of(k int) int {
	if s.Max <= s.Min {
		return s.Min
	}
	return s.Min + int(Mix(uint64(k))%uint64(s.Max-s.Min+1))
}

// Chooser draws key numbers, 0 to n-1.
type Chooser struct {
	kind   DistributionKind
	n, hot int
	share  float64
	zipf   zipf
	stride int // coprime to n: scatters ranks over the keys
}

// Chooser returns a chooser among n keys, n at least 1.
func (p Distribution) Chooser(n int) *Chooser {
	c := &Chooser{kind: p.Kind, n: n, share: p.HotShare, stride: stride(n)}
	switch p.Kind {
	case Zipfian, Latest:
		c.zipf = newZipf(n, p.Exponent)
	case Hotspot:
		c.hot = min(max(int(p.HotKeys*float64(n)), 1), n)
	}
	return c
}

// Key draws a key number. It allocates nothing and may be called by many tasks
// at once, each with a source of its own.
func (c *Chooser) Key(r *rand.Rand) int {
	switch c.kind {
	case Zipfian:
		return c.scatter(c.zipf.draw(r) - 1)
	case Latest:
		return c.n - c.zipf.draw(r)
	case Hotspot:
		if c.hot == c.n || r.Float64() < c.share {
			return c.scatter(r.IntN(c.hot))
		}
		return c.scatter(c.hot + r.IntN(c.n-c.hot))
	}
	return r.IntN(c.n)
}

// scatter maps ranks to keys, one to one.
func (c *Chooser) scatter(rank int) int {
	return int(uint64(rank) * uint64(c.stride) % uint64(c.n))
}

// stride returns a number near n divided by the golden ratio that has no
// factor in common with n.
func stride(n int) int {
	s := max(int(float64(n)*0.6180339887), 1)
	for gcd(s, n) != 1 {
		s++
	}
	return s
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
