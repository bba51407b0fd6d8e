package scenarios

import (
	"math"
	"testing"
)

func TestPick(t *testing.T) {
	for _, n := range []int{1, 10, 1000} {
		for _, share := range []float64{0, 0.05, 0.1, 0.5, 1} {
			chosen := make([]int, n)
			const seeds = 200
			for seed := range uint64(seeds) {
				count := 0
				for i, picked := range pick(seed, 1, n, share) {
					if picked {
						count++
						chosen[i]++
					}
				}
				if want := int(math.Round(share * float64(n))); count != want {
					t.Fatalf("%d of %d keys, want %d", count, n, want)
				}
			}
			if n == 10 && share == 0.5 {
				for i, c := range chosen {
					if math.Abs(float64(c)-seeds/2) > 5*math.Sqrt(seeds)/2 {
						t.Errorf("key %d was chosen %d times of %d", i, c, seeds)
					}
				}
			}
		}
	}
	one, other := pick(1, 1, 100, 0.5), pick(1, 2, 100, 0.5)
	same := 0
	for i := range one {
		if one[i] == other[i] {
			same++
		}
	}
	if same > 80 {
		t.Errorf("two kinds agree on %d of 100 keys", same)
	}
}
