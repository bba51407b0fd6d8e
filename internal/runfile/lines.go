package runfile

import (
	"fmt"
	"io"
	"time"

	"kvbench/internal/record"
)

// Format is the version of the run file's format that this package writes. It
// reads this one only.
const Format = 1

// line is one line of a run file: exactly one of its fields is set.
type line struct {
	Header   *Header   `json:"header,omitempty"`
	Begin    *begin    `json:"begin,omitempty"`
	Interval *interval `json:"interval,omitempty"`
	End      *end      `json:"end,omitempty"`
	Trailer  *trailer  `json:"trailer,omitempty"`
}

// begin says that the intervals up to the next end are of this variant.
type begin struct {
	Scenario string `json:"scenario"`
	Variant  string `json:"variant"`
	Repeat   int    `json:"repeat"`
}

type interval struct {
	From     time.Duration     `json:"from_ns"`
	To       time.Duration     `json:"to_ns"`
	Outcomes []uint64          `json:"outcomes"` // by the scenario's outcomes
	Errors   map[string]uint64 `json:"errors,omitempty"`
	Billed   record.Billed     `json:"billed"`
	// Series holds, by name, compressed HDR histograms in base64 (version 2 of
	// HdrHistogram's interchange format); what was not observed is left out.
	Series map[string]string `json:"series"`
}

type end struct {
	Total    interval `json:"total"`
	Verified bool     `json:"verified"`
	// Stored to FirstError are as in Variant.
	Stored     *int64        `json:"stored_bytes,omitempty"`
	Ended      uint64        `json:"ended,omitempty"`
	Within     time.Duration `json:"within_ns,omitempty"`
	FirstError string        `json:"first_error,omitempty"`
	Complete   bool          `json:"complete"`
	Error      string        `json:"error,omitempty"`
}

type trailer struct {
	Interrupted bool `json:"interrupted"`
}

func (w *Writer) encode(iv *Interval) (interval, error) {
	out := interval{
		From: iv.From, To: iv.To, Outcomes: iv.Outcomes, Errors: iv.Errors, Billed: iv.Billed,
		Series: map[string]string{},
	}
	if iv.file != nil {
		for i := range iv.at {
			text, err := iv.text(i)
			if err != nil {
				return out, err
			}
			if text != nil {
				out.Series[w.series[i].Name] = string(text)
			}
		}
		return out, nil
	}
	for i, h := range iv.Histograms {
		if h == nil || h.TotalCount() == 0 {
			continue
		}
		text, err := w.histograms.Encode(h)
		if err != nil {
			return out, fmt.Errorf("encoding series %s: %w", w.series[i].Name, err)
		}
		out.Series[w.series[i].Name] = string(text)
	}
	return out, nil
}

// decode leaves the histograms in the file: texts says where they are.
func decode(in *interval, texts []text, file io.ReaderAt, def *Definition) (Interval, error) {
	out := Interval{
		From: in.From, To: in.To, file: file, at: make([]span, len(def.Series)), def: def,
		Snapshot: record.Snapshot{Outcomes: in.Outcomes, Errors: in.Errors, Billed: in.Billed},
	}
	if len(in.Outcomes) != len(def.Outcomes) {
		return out, fmt.Errorf("%d outcomes where the scenario has %d", len(in.Outcomes), len(def.Outcomes))
	}
	unknown := len(texts) + len(in.Series) // those were not where they are written
	for i, s := range def.Series {
		for _, t := range texts {
			if string(t.name) == s.Name {
				out.at[i] = t.at
				unknown--
			}
		}
	}
	if unknown != 0 {
		return out, fmt.Errorf("%d series that the scenario does not have", unknown)
	}
	return out, nil
}
