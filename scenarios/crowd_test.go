package scenarios

import (
	"testing"

	"pgregory.net/rapid"
)

// Each fetch is told the most that were in flight while it was, as counting anew
// after every event tells it.
func TestCrowd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var c crowd
		var places []int // of those inside
		most := map[int]int{}
		for range rapid.IntRange(0, 60).Draw(t, "events") {
			if len(places) == 0 || rapid.Bool().Draw(t, "join") {
				place := c.join()
				if _, taken := most[place]; taken {
					t.Fatalf("place %d is given twice", place)
				}
				places = append(places, place)
				most[place] = 0
				for p := range most {
					most[p] = max(most[p], len(places))
				}
				continue
			}
			i := rapid.IntRange(0, len(places)-1).Draw(t, "who")
			place := places[i]
			places = append(places[:i], places[i+1:]...)
			if got := c.leave(place); got != most[place] {
				t.Fatalf("there were %d at most, want %d", got, most[place])
			}
			delete(most, place)
		}
	})
}

func TestCrowdAllocatesNothing(t *testing.T) {
	var c crowd
	if n := testing.AllocsPerRun(100, func() {
		a, b := c.join(), c.join()
		c.leave(a)
		c.leave(b)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
