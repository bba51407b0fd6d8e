package runfile

import (
	"fmt"
	"io"
	"time"

	"kvbench/internal/record"
	"kvbench/internal/sparse"
)

// Interval is what was observed in a stretch of the measured time. A
// transaction belongs to the interval in which it ended.
type Interval struct {
	From, To        time.Duration // since measuring began
	record.Snapshot               // by the scenario's Outcomes and Series

	// Of an interval that was read, the histograms are left in the file: a long run
	// has gigabytes of them. See Sparse, Read and Encoded.
	file io.ReaderAt
	line int    // of the file
	at   []span // by the scenario's series
	def  *Definition
	// sums are the histograms of a variant that was cut off, added up; by the
	// scenario's series.
	sums []sparse.Histogram
}

// Compact is the interval of a run that goes on in little memory, with histograms of so many
// series. It can be read, and not be written.
func (iv *Interval) Compact(series int) Interval {
	out := *iv
	out.Histograms, out.sums = nil, make([]sparse.Histogram, series)
	for i, h := range iv.Histograms {
		out.sums[i].Merge(h.Sparse())
	}
	return out
}

// span is where a text stands in the file; the zero value is none.
type span struct {
	offset int64
	length int
}

// Sparse returns the histogram of one series, by its index; nil where nothing was
// observed. That of a run that was read is read anew by every call. An error names the
// line and the series.
func (iv *Interval) Sparse(series int) (*sparse.Histogram, error) {
	h := &sparse.Histogram{}
	if err := iv.Read(series, h); err != nil || h.Count() == 0 {
		return nil, err
	}
	return h, nil
}

// Read is Sparse into a histogram that there is, which is emptied where nothing was
// observed.
func (iv *Interval) Read(series int, into *sparse.Histogram) error {
	into.Reset()
	switch {
	case iv.sums != nil:
		into.Merge(&iv.sums[series])
		return nil
	case iv.file == nil:
		into.Merge(iv.Histograms[series].Sparse())
		return nil
	}
	text, err := iv.text(series)
	if text == nil || err != nil {
		return err
	}
	o, err := parseObserved(text)
	if err == nil {
		err = o.read(into)
	}
	if err != nil {
		into.Reset()
		return iv.failed(series, err)
	}
	return nil
}

// Encoded returns the histogram of one series, by its index, as HdrHistogram's libraries
// read it; nil where nothing was observed. What lies outside its range is not in it.
func (iv *Interval) Encoded(series int) ([]byte, error) {
	if iv.file == nil {
		h := iv.Histograms[series]
		if h.TotalCount() == 0 {
			return nil, nil
		}
		return new(sparse.Encoder).Encode(h.Inside())
	}
	text, err := iv.text(series)
	if text == nil || err != nil {
		return nil, err
	}
	o, err := parseObserved(text)
	if err != nil {
		return nil, iv.failed(series, err)
	}
	return o.histogram, nil
}

// text reads what the file has of a series of an interval that was read; nil where that
// is nothing.
func (iv *Interval) text(series int) ([]byte, error) {
	at := iv.at[series]
	if at == (span{}) {
		return nil, nil
	}
	text := make([]byte, at.length)
	if _, err := iv.file.ReadAt(text, at.offset); err != nil {
		return nil, iv.failed(series, err)
	}
	return text, nil
}

func (iv *Interval) failed(series int, err error) error {
	return &DamageError{iv.line, fmt.Errorf("series %s from %v to %v: %w", iv.def.Series[series].Name, iv.From, iv.To, err)}
}

// DamageError says that a histogram, which is read when it is asked for, is not one.
type DamageError struct {
	Line int // of the run file
	err  error
}

func (e *DamageError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.err) }
func (e *DamageError) Unwrap() error { return e.err }
