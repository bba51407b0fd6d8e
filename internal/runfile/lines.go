package runfile

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"kvbench/internal/record"
)

// Format is the version of the run file's format that this package writes. It reads the
// first one too, which has no check sums.
const (
	Format    = 2
	unchecked = 1
)

// line is one line of a run file: exactly one of header, begin, interval, end and
// trailer is set.
type line struct {
	Header *Header `json:"header,omitempty"`
	*Key
	Begin    *begin    `json:"begin,omitempty"`
	Interval *interval `json:"interval,omitempty"`
	End      *end      `json:"end,omitempty"`
	Trailer  *trailer  `json:"trailer,omitempty"`
	CRC      string    `json:"crc,omitempty"` // written by seal
}

// Key says what a line is about; in format 1 it stands in the line "begin" alone.
type Key struct {
	Scenario string    `json:"scenario"`
	Variant  string    `json:"variant"`
	Repeat   int       `json:"repeat"`
	Point    []Setting `json:"point,omitempty"`
}

// begin says that a variant begins.
type begin struct {
	*Key       // format 1
	Step *Step `json:"step,omitempty"` // of a search, where the header does not have its point
}

type interval struct {
	From     time.Duration     `json:"from_ns"`
	To       time.Duration     `json:"to_ns"`
	Outcomes []uint64          `json:"outcomes"` // by the scenario's outcomes
	Errors   map[string]uint64 `json:"errors,omitempty"`
	Billed   record.Billed     `json:"billed"`
	// Series holds by name what was observed, as observed says; what was not is left
	// out.
	Series map[string]json.RawMessage `json:"series"`
}

type end struct {
	Total    interval `json:"total"`
	Verified bool     `json:"verified"`
	// Stored to FirstError are as in Variant.
	Stored     *int64        `json:"stored_bytes,omitempty"`
	Ended      uint64        `json:"ended,omitempty"`
	Within     time.Duration `json:"within_ns,omitempty"`
	Behind     uint64        `json:"behind,omitempty"`
	Stable     *bool         `json:"stable,omitempty"`
	FirstError string        `json:"first_error,omitempty"`
	Findings   *Findings     `json:"findings,omitempty"`
	Complete   bool          `json:"complete"`
	Error      string        `json:"error,omitempty"`
}

type trailer struct {
	Interrupted bool     `json:"interrupted"`
	Lines       int      `json:"lines,omitempty"` // before this one
	Keys        []keyEnd `json:"keys,omitempty"`
}

// keyEnd is the check sum of the last line of a key. They are in the order in which
// the keys began.
type keyEnd struct {
	Key
	CRC string `json:"crc"`
}

func (v *VariantWriter) encode(iv *Interval) (interval, error) {
	out := interval{
		From: iv.From, To: iv.To, Outcomes: iv.Outcomes, Errors: iv.Errors, Billed: iv.Billed,
		Series: map[string]json.RawMessage{},
	}
	for i, s := range v.series {
		o, err := v.observed(iv, i)
		if err != nil {
			return out, fmt.Errorf("encoding series %s: %w", s.Name, err)
		}
		if o.count > 0 {
			out.Series[s.Name] = appendObserved(nil, o)
		}
	}
	return out, nil
}

// observed is what is written of a series; its count is 0 where that is nothing.
func (v *VariantWriter) observed(iv *Interval, series int) (o observed, err error) {
	if iv.file != nil { // as it was read
		text, err := iv.text(series)
		if text == nil || err != nil {
			return o, err
		}
		if o, err = parseObserved(text); err != nil || o.count > 0 {
			return o, err
		}
		h, err := iv.Sparse(series)
		o.count = h.Count()
		return o, err
	}
	if iv.sums != nil {
		h := record.NewInterval()
		h.Add(&iv.sums[series])
		return v.histogram(h)
	}
	if series >= len(iv.Histograms) || iv.Histograms[series].TotalCount() == 0 {
		return o, nil
	}
	return v.histogram(iv.Histograms[series])
}

// histogram is a histogram as it is written.
func (v *VariantWriter) histogram(h *record.Histogram) (o observed, err error) {
	if h.TotalCount() == 0 {
		return o, nil
	}
	o = observed{count: h.TotalCount(), ends: h.Ends(), exact: true}
	o.histogram, err = v.histograms.Encode(h.Inside())
	return o, err
}

// decode leaves the histograms in the file: texts says where they are, and gets the
// index of its series.
func decode(in *interval, texts []text, file io.ReaderAt, number int, def *Definition) (Interval, error) {
	out := Interval{
		From: in.From, To: in.To, file: file, line: number, at: make([]span, len(def.Series)), def: def,
		Snapshot: record.Snapshot{Outcomes: in.Outcomes, Errors: in.Errors, Billed: in.Billed},
	}
	if len(in.Outcomes) != len(def.Outcomes) {
		return out, fmt.Errorf("%d outcomes where the scenario has %d", len(in.Outcomes), len(def.Outcomes))
	}
	unknown := len(texts) + len(in.Series) // those were not where they are written
	for i, s := range def.Series {
		for j := range texts {
			if t := &texts[j]; string(t.name) == s.Name && out.at[i] == (span{}) {
				out.at[i], t.series = t.at, i
				unknown--
			}
		}
	}
	if unknown != 0 {
		return out, fmt.Errorf("%d series that the scenario does not have, or has twice", unknown)
	}
	return out, nil
}
