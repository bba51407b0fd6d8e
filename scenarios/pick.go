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
	for i, hand := range deal(seed, kind, n, share) {
		picked[i] = hand > 0
	}
	return picked
}

// deal chooses several shares of n keys, as pick does, such that no key is in two:
// a key's number is that of its share, counted from 1, and 0 when it is in none.
// Together the shares are 1 at most.
func deal(seed, kind uint64, n int, shares ...float64) []uint8 {
	dealt, left, free := make([]uint8, n), make([]int, len(shares)), n
	for k, share := range shares {
		left[k] = min(int(math.Round(share*float64(n))), free)
		free -= left[k]
	}
	var source rand.PCG
	load.Seed(&source, seed, load.Mix(kind))
	random := rand.New(&source)
	// Selection sampling: Knuth, The Art of Computer Programming, 3.4.2, algorithm S.
	for i := range dealt {
		at := random.IntN(n - i)
		for k := range left {
			if at < left[k] {
				dealt[i] = uint8(k + 1)
				left[k]--
				break
			}
			at -= left[k]
		}
	}
	return dealt
}
