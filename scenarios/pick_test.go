package scenarios

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
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

// Several shares are as exact as one, and no key is in two.
func TestDeal(t *testing.T) {
	for _, test := range []struct {
		n      int
		shares []float64
		want   []int // by hand, those with none first
	}{
		{10, []float64{0.1, 0.1}, []int{8, 1, 1}},
		{10, []float64{0.5, 0.5}, []int{0, 5, 5}},
		{5, []float64{0.5, 0.5}, []int{0, 3, 2}},
		{200, []float64{0.05, 0, 0.95}, []int{0, 10, 0, 190}},
		{1000, []float64{0.25, 0.125}, []int{625, 250, 125}},
		{3, nil, []int{3}},
	} {
		var first []uint8
		same := true
		for seed := range uint64(20) {
			dealt := deal(seed, 1, test.n, test.shares...)
			got := make([]int, len(test.want))
			for _, hand := range dealt {
				got[hand]++
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%d keys, %v, seed %d: %s", test.n, test.shares, seed, diff)
			}
			if first == nil {
				first = dealt
			}
			same = same && cmp.Equal(first, dealt)
		}
		if same && len(test.shares) > 0 {
			t.Errorf("%d keys, %v: every seed deals the same", test.n, test.shares)
		}
	}
}
