package runfile

import (
	"encoding/json"
	"errors"
	"io"

	"kvbench/internal/record"
	"kvbench/internal/sparse"
)

// Writer writes a run file as the run goes on, one line at a call. What was
// written before a kill can be read.
type Writer struct {
	json       *json.Encoder
	histograms sparse.Encoder
	header     Header
	series     []record.Series // of the variant that has begun
}

// NewWriter writes the header and returns a writer for the rest.
func NewWriter(w io.Writer, h Header) (*Writer, error) {
	h.Format = Format
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return &Writer{json: enc, header: h}, enc.Encode(line{Header: &h})
}

// Begin says that a variant of a scenario begins. Scenario and variant are
// indexes into the header; repeats are counted from 0.
func (w *Writer) Begin(scenario, variant, repeat int) error {
	def := &w.header.Scenarios[scenario]
	w.series = def.Series
	return w.json.Encode(line{Begin: &begin{
		Scenario: def.Name, Variant: def.Variants[variant].Name, Repeat: repeat,
	}})
}

// Interval writes an interval of the variant that has begun.
func (w *Writer) Interval(iv Interval) error {
	if w.series == nil {
		return errors.New("runfile: an interval before any variant began")
	}
	out, err := w.encode(&iv)
	if err != nil {
		return err
	}
	return w.json.Encode(line{Interval: &out})
}

// End ends the variant that has begun. Of v, only the total and how it ended
// are written.
func (w *Writer) End(v *Variant) error {
	total, err := w.encode(&v.Total)
	if err != nil {
		return err
	}
	return w.json.Encode(line{End: &end{
		Total: total, Verified: v.Verified, Stored: v.Stored, Ended: v.Ended, Within: v.Within, FirstError: v.FirstError,
		Complete: v.Complete, Error: v.Error,
	}})
}

// Close writes the trailer, without which a run counts as cut off.
func (w *Writer) Close(interrupted bool) error {
	return w.json.Encode(line{Trailer: &trailer{Interrupted: interrupted}})
}
