package scenarios

import (
	"math"
	"math/rand/v2"

	"kvbench/internal/load"
)

// pick chooses a share of n keys: exactly as many as the share comes to, rounded,
// and which of them follows from the seed and the kind. Shares of different kinds
// are chosen without regard to each other.
func pick(seed, kind uint64, n int, share float64) []bool {
	picked := make([]bool, n)
	var source rand.PCG
	load.Seed(&source, seed, load.Mix(kind))
	random := rand.New(&source)
	// Selection sampling: Knuth, The Art of Computer Programming, 3.4.2, algorithm S.
	for i, left := 0, int(math.Round(share*float64(n))); left > 0; i++ {
		if random.IntN(n-i) < left {
			picked[i] = true
			left--
		}
	}
	return picked
}
