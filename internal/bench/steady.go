package bench

import "kvbench/internal/record"

const (
	// steadyWindows is how many windows in a row have to be alike.
	steadyWindows = 5
	// steadyTransactions is the fewest that a window has: intervals are taken together
	// until they have as many. The 99th percentile of fewer is mostly chance.
	steadyTransactions = 1000
)

// steady says when the response is: over the last steadyWindows windows the greatest
// median is within a tolerance of the least, and so is the 99th percentile.
type steady struct {
	tolerance float64
	window    *record.Histogram         // that is being filled; nil before its first interval
	windows   [steadyWindows][2]float64 // the percentiles of the last, the oldest first
	n         int                       // of them that are there
	reached   bool
}

// see takes the responses of the next interval, nil where there was none.
func (s *steady) see(responses *record.Histogram) {
	if s.reached || responses.TotalCount() == 0 {
		return
	}
	if s.window == nil {
		s.window = responses.Clone()
	} else {
		s.window.Merge(responses)
	}
	if s.window.TotalCount() < steadyTransactions {
		return
	}
	copy(s.windows[:], s.windows[1:])
	s.windows[steadyWindows-1] = [2]float64{
		float64(s.window.ValueAtPercentile(50)), float64(s.window.ValueAtPercentile(99)),
	}
	s.window, s.n = nil, min(s.n+1, steadyWindows)
	s.reached = s.n == steadyWindows && s.alike(0) && s.alike(1)
}

func (s *steady) alike(percentile int) bool {
	low, high := s.windows[0][percentile], s.windows[0][percentile]
	for _, w := range s.windows {
		low, high = min(low, w[percentile]), max(high, w[percentile])
	}
	return high-low <= s.tolerance*low
}
