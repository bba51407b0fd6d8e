package compare

import (
	"fmt"

	"kvbench/internal/runfile"
)

// stretchesPerSide is into how many stretches the repeats of a side are cut where
// there are too few of them: as many as a comparison of repeats should have.
const stretchesPerSide = 10

// stretches cuts repeats, in their order, into stretches of successive intervals
// (batch means), all of about as many intervals. A repeat without intervals, as a
// baseline has them, gives none.
func stretches(def *runfile.Definition, repeats []*runfile.Variant) ([]*total, error) {
	perRepeat := (stretchesPerSide + len(repeats) - 1) / len(repeats)
	var out []*total
	for _, v := range repeats {
		n := min(perRepeat, len(v.Intervals))
		for i := range n {
			part := newTotal(def)
			intervals := v.Intervals[i*len(v.Intervals)/n : (i+1)*len(v.Intervals)/n]
			for k := range intervals {
				if err := part.add(&intervals[k]); err != nil {
					return nil, fmt.Errorf("%s/%s: %w", def.Name, v.Name, err)
				}
			}
			out = append(out, part)
		}
	}
	return out, nil
}
