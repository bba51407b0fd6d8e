package load

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// slowly is what zipf.draw makes of a number without the table of ranks.
func (z *zipf) slowly(u float64) int {
	x := z.inverse(u)
	k := math.Min(math.Max(math.Floor(x+0.5), 1), z.n)
	if k-x <= z.s || u >= z.integral(k+0.5)-z.hat(k) {
		return int(k)
	}
	return rejected
}

// The table of ranks says what the formulas say, also next to its borders, and leaves few
// numbers to them.
func TestRanksAreThoseOfTheFormulas(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, exponent := range []float64{0.01, 0.5, 0.99, 1, 1.01, 1.5, 2, 5} {
		for _, n := range []int{1, 2, 3, 10, 500, mostRanks} {
			z := newZipf(n, exponent)
			unsures, rejections := 0, 0
			check := func(u float64) {
				t.Helper()
				switch got := z.ranks.of(u); {
				case got == unsure:
					unsures++
				case got != z.slowly(u):
					t.Fatalf("exponent %v of %d ranks: %v is drawn as %d, by the formulas as %d", exponent, n, u, got, z.slowly(u))
				case got == rejected:
					rejections++
				}
			}
			const draws = 20_000
			for range draws {
				check(z.last + r.Float64()*(z.first-z.last))
			}
			if unsures > draws/100 {
				t.Errorf("exponent %v of %d ranks: %d of %d numbers are left to the formulas", exponent, n, unsures, draws)
			}
			if rejections > draws/2 {
				t.Errorf("exponent %v of %d ranks: %d of %d numbers are rejected", exponent, n, rejections, draws)
			}
			for k := 0; k < n; k += max(1, n/500) {
				for _, at := range []float64{z.ranks.from[k], z.ranks.from[k+1], z.ranks.accept[k]} {
					for _, off := range []float64{-2, -1, -0.5, -1e-9, 0, 1e-9, 0.5, 1, 2} {
						if u := at + off*z.ranks.near; u > z.first && u <= z.last {
							check(u)
						}
					}
				}
			}
		}
	}
}

// Of more ranks than the table is for, the formulas draw.
func TestNoTableOfManyRanks(t *testing.T) {
	if z := newZipf(mostRanks+1, 0.99); z.ranks != nil {
		t.Error("there is a table")
	}
}

func BenchmarkZipf(b *testing.B) {
	for _, n := range []int{500, mostRanks, 10 * mostRanks} {
		b.Run(fmt.Sprintf("keys=%d", n), func(b *testing.B) {
			c := Distribution{Kind: Zipfian, Exponent: 0.99}.Chooser(n)
			r := rand.New(rand.NewPCG(1, 2))
			for b.Loop() {
				c.Key(r)
			}
		})
	}
}
