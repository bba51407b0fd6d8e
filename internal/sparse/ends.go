package sparse

import (
	"fmt"
	"slices"
)

// Ends are what a histogram's buckets do not hold: its least and its greatest value,
// and how many values lie outside the buckets.
type Ends struct {
	Min, Max int64 // of all values, those outside the buckets too
	Below    int64 // how many values lie below the lowest bucket; then Min is one of them
	Above    int64 // how many values lie above the highest bucket; then Max is one of them
}

// Outside is how many values lie outside the buckets.
func (e Ends) Outside() int64 { return e.Below + e.Above }

// Bound sets the exact ends of a histogram, whose buckets are of values from 0 to
// limit. What lies outside becomes a bucket of its own, from the range's end to the
// least or the greatest value. An error says why the ends can't be those of the
// buckets; the histogram is then of no use.
func (h *Histogram) Bound(e Ends, limit int64) error {
	inside := h.buckets
	switch {
	case e.Min > e.Max:
		return fmt.Errorf("the least value, %d, is above the greatest, %d", e.Min, e.Max)
	case e.Below < 0 || e.Above < 0:
		return fmt.Errorf("%d values below and %d above the range", e.Below, e.Above)
	case e.Below > 0 != (e.Min < 0) || e.Above > 0 != (e.Max > limit):
		return fmt.Errorf("values from %d to %d, but %d below 0 and %d above %d", e.Min, e.Max, e.Below, e.Above, limit)
	case h.Count()+e.Below < h.Count() || h.Count()+e.Below+e.Above < h.Count()+e.Below:
		return errTooMany
	case len(inside) == 0 && e.Outside() == 0:
		return fmt.Errorf("values from %d to %d, but no bucket is filled", e.Min, e.Max)
	case len(inside) == 0:
	case e.Below == 0 && (e.Min < inside[0].From || e.Min > inside[0].To):
		return fmt.Errorf("the least value, %d, is not in the first bucket, %d to %d", e.Min, inside[0].From, inside[0].To)
	case e.Above == 0 && (e.Max < inside[len(inside)-1].From || e.Max > inside[len(inside)-1].To):
		last := inside[len(inside)-1]
		return fmt.Errorf("the greatest value, %d, is not in the last bucket, %d to %d", e.Max, last.From, last.To)
	}
	if e.Below > 0 {
		h.buckets = slices.Insert(h.buckets, 0, Bucket{From: e.Min, To: -1, Count: e.Below})
	}
	if e.Above > 0 {
		h.buckets = append(h.buckets, Bucket{From: limit + 1, To: e.Max, Count: e.Above})
	}
	h.min, h.max, h.exact, h.outside = e.Min, e.Max, true, e.Outside()
	h.addUp()
	return nil
}
