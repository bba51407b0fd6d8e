package compare

import (
	"kvbench/internal/record"
	"kvbench/internal/runfile"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
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
			part := &runfile.Variant{Def: v.Def, Name: v.Name}
			part.Total.Snapshot = record.Snapshot{Outcomes: make([]uint64, len(def.Outcomes))}
			part.Total.Histograms = make([]*hdr.Histogram, len(def.Series))
			for _, interval := range v.Intervals[i*len(v.Intervals)/n : (i+1)*len(v.Intervals)/n] {
				decoded, err := interval.Decode()
				if err != nil {
					return nil, err
				}
				part.Total.Merge(&decoded.Snapshot)
			}
			t, err := sum(def, []*runfile.Variant{part})
			if err != nil {
				return nil, err
			}
			out = append(out, t)
		}
	}
	return out, nil
}
