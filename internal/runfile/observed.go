package runfile

import (
	"errors"
	"fmt"
	"strconv"

	"kvbench/internal/record"
	"kvbench/internal/sparse"
)

// observed is what the file has of a series in an interval: in format 2
//
//	[COUNT,MIN,MAX,"HISTOGRAM"]
//	[COUNT,MIN,MAX,BELOW,ABOVE,"HISTOGRAM"]   with values outside the range
//	[COUNT,"HISTOGRAM"]                       whose ends are not known, from format 1
//
// and in format 1 "HISTOGRAM" alone.
type observed struct {
	count     int64 // of all values; 0 in format 1
	ends      sparse.Ends
	exact     bool // the ends are known
	histogram []byte
}

var errObserved = errors.New("not a count, the least and the greatest value and a histogram")

// parseObserved reads the text of a series, without white space.
func parseObserved(text []byte) (o observed, err error) {
	c := cursor{line: text}
	if from, to, ok := c.quoted(); ok {
		o.histogram = text[from:to]
		return o, c.end()
	}
	if !c.take('[') {
		return o, errObserved
	}
	var numbers [5]int64
	n := 0
	for from, to, ok := c.quoted(); ; from, to, ok = c.quoted() {
		if ok {
			o.histogram = text[from:to]
			break
		}
		if n == len(numbers) {
			return o, errObserved
		}
		if numbers[n], ok = c.number(); !ok || !c.take(',') {
			return o, errObserved
		}
		n++
	}
	o.count, o.exact = numbers[0], n > 1
	o.ends = sparse.Ends{Min: numbers[1], Max: numbers[2], Below: numbers[3], Above: numbers[4]}
	if n != 1 && n != 3 && n != 5 || !c.take(']') {
		return o, errObserved
	}
	return o, c.end()
}

// check refuses figures that no series has.
func (o *observed) check() error {
	e := o.ends
	switch {
	case o.count < 1 || o.count > maxCount:
		return fmt.Errorf("a count of %d: want 1 to 2^53", o.count)
	case !o.exact:
		return nil
	case e.Min > e.Max:
		return fmt.Errorf("the least value, %d, is above the greatest, %d", e.Min, e.Max)
	case e.Below < 0 || e.Above < 0 || e.Below > o.count || e.Above > o.count-e.Below:
		return fmt.Errorf("%d values below and %d above the range, of %d", e.Below, e.Above, o.count)
	case (e.Below > 0) != (e.Min < 0) || (e.Above > 0) != (e.Max > record.MaxValue):
		return fmt.Errorf("values from %d to %d, of which %d lie below the range and %d above", e.Min, e.Max, e.Below, e.Above)
	}
	return nil
}

// read reads the histogram, and holds it against the figures beside it.
func (o *observed) read(into *sparse.Histogram) error {
	if err := into.Read(o.histogram); err != nil {
		return err
	}
	if o.exact {
		if err := into.Bound(o.ends, record.MaxValue); err != nil {
			return err
		}
	}
	if o.count > 0 && into.Count() != o.count {
		return fmt.Errorf("a histogram of %d values, where %d are said", into.Count(), o.count)
	}
	return nil
}

// appendObserved writes a series as parseObserved reads it.
func appendObserved(b []byte, o observed) []byte {
	b = strconv.AppendInt(append(b, '['), o.count, 10)
	if o.exact {
		numbers := []int64{o.ends.Min, o.ends.Max, o.ends.Below, o.ends.Above}
		if o.ends.Outside() == 0 {
			numbers = numbers[:2]
		}
		for _, n := range numbers {
			b = strconv.AppendInt(append(b, ','), n, 10)
		}
	}
	b = append(append(b, `,"`...), o.histogram...)
	return append(b, `"]`...)
}
