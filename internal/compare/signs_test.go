package compare

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// student is the size of Student's t of scores that were flipped.
func student(s scores, signs []float64) float64 {
	n := float64(len(signs))
	var sum, squares float64
	for i, v := range s.of {
		sum += v * signs[i]
		squares += v * v
	}
	mean := sum / n
	return math.Abs(mean) / math.Sqrt((squares-n*mean*mean)/(n-1)/n)
}

// By all 2^n ways to flip, one after the other, with Student's t: the step-down maximum
// as its definition has it, of the figures that are no farther apart than each.
func TestFlippedIsTheStepDownMaximum(t *testing.T) {
	const n, figures = 7, 6
	r := rand.New(rand.NewPCG(7, 7))
	var all []scores
	repeats := []int{0, 1, 2, 3, 4, 5, 6}
	common := normals(r, n, 0, 1)
	for k := range figures {
		d := normals(r, n, 0.7*float64(k%3), 1)
		for i := range d {
			d[i] += common[i]
		}
		all = append(all, score(d, repeats))
	}
	raw, corrected := flipped(all)
	ones := slices.Repeat([]float64{1}, n)
	wantRaw, wantCorrected := make([]float64, figures), make([]float64, figures)
	for k := range all {
		seen := student(all[k], ones) * (1 - 1e-9)
		for way := range 1 << n {
			signs := make([]float64, n)
			for i := range signs {
				signs[i] = float64(1 - 2*(way>>i&1))
			}
			farthest := 0.0
			for j := range all {
				if student(all[j], ones) <= student(all[k], ones) {
					farthest = max(farthest, student(all[j], signs))
				}
			}
			if student(all[k], signs) >= seen {
				wantRaw[k] += 1.0 / (1 << n)
			}
			if farthest >= seen {
				wantCorrected[k] += 1.0 / (1 << n)
			}
		}
	}
	enforced := slices.Clone(wantCorrected)
	for k := range all { // none is less than that of a figure that is farther apart
		for j := range all {
			if student(all[j], ones) >= student(all[k], ones) {
				enforced[k] = max(enforced[k], wantCorrected[j])
			}
		}
	}
	same := cmpopts.EquateApprox(0, 1e-12)
	if diff := cmp.Diff(wantRaw, raw, same); diff != "" {
		t.Errorf("raw:\n%s", diff)
	}
	if diff := cmp.Diff(enforced, corrected, same); diff != "" {
		t.Errorf("corrected:\n%s", diff)
	}
}

// Pairs that all point one way are the rarest of all 2^n: 2 of 1,024 with ten. Figures
// that move together cost nothing more; of one that has no such value in a repeat, that
// repeat decides nothing.
func TestFlippedLeast(t *testing.T) {
	up := []float64{5, 5.1, 4.9, 5.2, 4.8, 5, 5.3, 4.7, 5.1, 4.9}
	ten := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
	together := slices.Repeat([]scores{score(up, ten)}, 300)
	raw, corrected := flipped(together)
	if want := 2.0 / 1024; raw[0] != want || slices.Max(corrected) != want {
		t.Errorf("p of ten pairs is %v, of 300 that move together %v, want %v", raw[0], slices.Max(corrected), want)
	}
	nine := slices.Delete(slices.Clone(ten), 3, 4)
	if raw, _ := flipped([]scores{score(up[:9], nine), score(up, ten)}); raw[0] != 2.0/512 || raw[1] != 2.0/1024 {
		t.Errorf("p of nine pairs is %v, want %v", raw, 2.0/512)
	}
	equal := slices.Repeat([]float64{3}, 10) // Student's t is infinite
	if raw, _ := flipped([]scores{score(equal, ten)}); raw[0] != 2.0/1024 {
		t.Errorf("p of ten equal pairs is %v", raw)
	}
	if raw, _ := flipped([]scores{score([]float64{0, 0, 0, 0, 0, 0, 0, 1, 2, 1}, ten)}); raw[0] != 2.0/8 {
		t.Errorf("p of three pairs that differ is %v, want 2 of 8", raw)
	}
	for share, want := range map[float64]int{1: 7, 0.75: 8, 0.25: 9} {
		if got := leastPairs(0.02 * share); got != want {
			t.Errorf("a share of %v of alpha takes %d pairs, want %d", share, got, want)
		}
	}
	// A burst in one of ten pairs counts for nothing, whichever way it goes.
	for _, burst := range []float64{80, -80} {
		d := slices.Clone(up)
		d[3] = burst
		if raw, _ := flipped([]scores{score(d, ten)}); raw[0] != 4.0/1024 {
			t.Errorf("with a burst of %v p is %v, want 4 of 1,024", burst, raw[0])
		}
	}
}

// With more pairs than all ways are taken of, the drawn ones give about what all do.
func TestFlipsDrawn(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	var numbers []int
	for i := range exactFlips + 3 {
		numbers = append(numbers, i)
	}
	s := score(normals(r, len(numbers), 0.6, 1), numbers)
	raw, _ := flipped([]scores{s})
	ones := slices.Repeat([]float64{1}, len(numbers))
	var want float64
	for way := range 1 << len(numbers) {
		signs := make([]float64, len(numbers))
		for i := range signs {
			signs[i] = float64(1 - 2*(way>>i&1))
		}
		if student(s, signs) >= student(s, ones)*(1-1e-9) {
			want += math.Ldexp(1, -len(numbers))
		}
	}
	if math.Abs(raw[0]-want) > 4*math.Sqrt(want/drawnFlips) {
		t.Errorf("%d drawn ways give %v, all of them %v", drawnFlips, raw[0], want)
	}
	if len(flips(20)) != drawnFlips || len(flips(10)) != 512 || slices.Contains(flips(20)[0], -1) {
		t.Error("the first way is what was seen")
	}
}

// The distance of any number of pairs is on one scale: of normal values it lies beyond
// that of a probability about as often as the square of a normal deviate does.
func TestDistanceScale(t *testing.T) {
	for _, n := range []int{8, 10, 20} {
		r := rand.New(rand.NewPCG(3, uint64(n)))
		numbers, ones := make([]int, n), slices.Repeat([]float64{1}, n)
		for i := range numbers {
			numbers[i] = i
		}
		const tries = 20000
		beyond := 0
		for range tries {
			if score(normals(r, n, 0, 1), numbers).distance(ones) > 1.96*1.96 {
				beyond++
			}
		}
		if share := float64(beyond) / tries; share < 0.04 || share > 0.08 {
			t.Errorf("%d pairs: %.3f lie beyond, want about 0.05", n, share)
		}
	}
}

// Wilcoxon's table, two-sided at 5 %.
func TestSignedRank(t *testing.T) {
	for n, want := range map[int]int{1: -1, 5: -1, 6: 0, 7: 2, 8: 3, 9: 5, 10: 8, 15: 25, 20: 52, 25: 89, 30: 137} {
		if got := signedRank(n, 0.025); got != want {
			t.Errorf("%d pairs: %d, want %d", n, got, want)
		}
	}
	if exact, normal := signedRank(exactRanksOfPairs, 0.025), signedRank(exactRanksOfPairs+1, 0.025); normal < exact || normal > exact+31 {
		t.Errorf("60 pairs: %d, 61 pairs: %d", exact, normal)
	}
}

// The estimate and its interval, whose ends are the shifts at which the signed-rank test
// of what is left stops to refuse: found here by moving the pairs.
func TestWalsh(t *testing.T) {
	// Walsh averages of 1, 3, 8: 1, 2, 3, 4.5, 5.5, 8.
	if center, low, high := walsh([]float64{3, 1, 8}, 1); center != 3.75 || !math.IsInf(low, -1) || !math.IsInf(high, 1) {
		t.Errorf("%v, %v to %v", center, low, high)
	}
	r := rand.New(rand.NewPCG(8, 8))
	d := normals(r, 10, 5, 1)
	_, low, high := walsh(d, 1)
	refused := func(shift float64) bool {
		type pair struct {
			size float64
			up   bool
		}
		var left []pair
		for _, v := range d {
			left = append(left, pair{math.Abs(v - shift), v > shift})
		}
		slices.SortFunc(left, func(a, b pair) int {
			if a.size < b.size {
				return -1
			}
			return 1
		})
		up, down := 0, 0
		for i, p := range left {
			if p.up {
				up += i + 1
			} else {
				down += i + 1
			}
		}
		return min(up, down) <= 8 // of ten pairs, at 5 %
	}
	if refused(low+1e-6) || !refused(low-1e-6) || refused(high-1e-6) || !refused(high+1e-6) {
		t.Errorf("the interval %v to %v is not where the test stops to refuse", low, high)
	}
	const tries = 1000
	held := 0
	for range tries {
		if _, low, high := walsh(normals(r, 10, 2, 1), 1); low <= 2 && 2 <= high {
			held++
		}
	}
	if share := float64(held) / tries; share < 0.93 || share > 0.975 {
		t.Errorf("the interval of 95 %% holds the truth in %.1f %%", 100*share)
	}
	_, low, high = walsh(d, 1)
	if _, wideLow, wideHigh := walsh(d, 0.5); !(wideLow <= low && high <= wideHigh && wideHigh-wideLow > high-low) {
		t.Error("half as many independent pairs do not widen the interval")
	}
}
