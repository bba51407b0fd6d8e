package runfile

import (
	"encoding/json"
	"time"
)

// Glance is what a line says of how far a run is, for who follows a file while it is written. Nothing of it
// is checked.
type Glance struct {
	Key
	// Begins and Ends say that the line is the first or last of its key.
	Begins, Ends bool
	// To is where the interval or the total of the line ends.
	To time.Duration
	// Transactions are those of the interval; 0 of other lines.
	Transactions uint64
}

// GlanceAt looks at a line of a file of the present format; ok is false where it is none of a key.
func GlanceAt(text []byte) (g Glance, ok bool) {
	type part struct {
		To       time.Duration `json:"to_ns"`
		Outcomes []uint64      `json:"outcomes"`
	}
	var l struct {
		*Key
		Begin    *struct{} `json:"begin"`
		Interval *part     `json:"interval"`
		End      *struct {
			Total part `json:"total"`
		} `json:"end"`
	}
	if json.Unmarshal(text, &l) != nil || l.Key == nil {
		return g, false
	}
	g.Key, g.Begins, g.Ends = *l.Key, l.Begin != nil, l.End != nil
	switch {
	case l.Interval != nil:
		g.To = l.Interval.To
		for _, n := range l.Interval.Outcomes {
			g.Transactions += n
		}
	case l.End != nil:
		g.To = l.End.Total.To
	case l.Begin == nil:
		return g, false
	}
	return g, true
}
