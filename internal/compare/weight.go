package compare

import (
	"cmp"
	"math"
	"time"

	"kvbench/internal/metric"
)

// Heavier orders changes by how much a reader should mind them: those that the definition
// may explain behind the others, and then by their weight.
func Heavier(a, b *Delta) int {
	return cmp.Or(after(a.Redefined, b.Redefined), cmp.Compare(b.weight(), a.weight()))
}

// weight is how much a reader should mind a change, whichever way it goes: how far its
// ratio is from 1. A share or a price that is next to nothing is next to nothing still
// when it trebles; and what comes from nothing has no ratio, so that a duration then
// counts by its milliseconds.
func (d *Delta) weight() float64 {
	least := 0.0
	switch zero := min(d.Base, d.Head) == 0; {
	case d.Unit == metric.Share:
		least = 0.001
	case d.Unit == metric.Money:
		least = 0.01
	case zero && d.Unit == metric.Time:
		least = float64(time.Millisecond)
	case zero:
		least = 0.01
	}
	return math.Abs(math.Log((d.Head + least) / (d.Base + least)))
}
