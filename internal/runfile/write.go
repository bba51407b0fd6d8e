package runfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"

	"kvbench/internal/record"
	"kvbench/internal/secret"
	"kvbench/internal/sparse"
)

// Writer writes a run file as the run goes on, one line at a call. What was
// written before a kill can be read.
type Writer struct {
	out        io.Writer
	secrets    *secret.Set
	histograms sparse.Encoder
	header     Header
	headerCRC  uint32
	lines      int
	keys       []keyEnd
	crc        uint32          // of the last line of the variant that has begun
	series     []record.Series // of that variant; nil where none has begun
}

// NewWriter writes the header and returns a writer for the rest. The secrets, which may
// be nil, are struck out of all that comes from outside: texts of the header, names of
// scenarios, and errors.
func NewWriter(out io.Writer, h Header, secrets *secret.Set) (*Writer, error) {
	h.Format = Format
	w := &Writer{out: out, header: h, secrets: secrets}
	var err error
	w.headerCRC, err = w.write(line{Header: &h}, 0)
	return w, err
}

// words are the members of the header whose texts are kvbench's own words: what else
// reads them would not know them again.
var words = []string{
	"arrivals", "choose", "clock", "expect", "find", "kind", "mode", "outcomes", "pattern", "plan", "published", "run_id", "series", "variants",
}

// write seals a line, whose check sum goes on from one before, and writes it in one call.
func (w *Writer) write(l line, before uint32) (crc uint32, err error) {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(l); err != nil {
		return 0, err
	}
	object := bytes.TrimSuffix(text.Bytes(), []byte("\n"))
	if l.Header != nil {
		object = w.secrets.StrikeJSON(object, words...)
	}
	sealed, crc := seal(object, before)
	w.lines++
	_, err = w.out.Write(sealed)
	return crc, err
}

// strand writes a line of the variant that has begun.
func (w *Writer) strand(l line) (err error) {
	last := &w.keys[len(w.keys)-1]
	l.Key = &last.Key
	w.crc, err = w.write(l, w.crc)
	last.CRC = crcText(w.crc)
	return err
}

// Begin says that a variant of a scenario begins, at a point of a sweep if there is one.
// Scenario and variant are indexes into the header; repeats are counted from 0.
func (w *Writer) Begin(scenario, variant, repeat int, point ...Setting) error {
	return w.begin(scenario, variant, repeat, point, begin{})
}

// BeginStep says that a step of a search begins, as Begin does.
func (w *Writer) BeginStep(scenario, variant, repeat int, s Step) error {
	return w.begin(scenario, variant, repeat, s.Point(), begin{Step: &s})
}

func (w *Writer) begin(scenario, variant, repeat int, point []Setting, b begin) error {
	def := &w.header.Scenarios[scenario]
	point = slices.Clone(point)
	for i := range point { // as in the header
		if text := point[i].Text; text != nil {
			struck := w.secrets.Strike(*text)
			point[i].Text = &struck
		}
	}
	w.series, w.crc = def.Series, w.headerCRC
	w.keys = append(w.keys, keyEnd{Key: Key{
		Scenario: w.secrets.Strike(def.Name), Variant: def.Variants[variant].Name, Repeat: repeat, Point: point,
	}})
	return w.strand(line{Begin: &b})
}

var errNotBegun = errors.New("runfile: a line of a variant that has not begun")

// Interval writes an interval of the variant that has begun.
func (w *Writer) Interval(iv Interval) error {
	if w.series == nil {
		return errNotBegun
	}
	out, err := w.encode(&iv)
	if err != nil {
		return err
	}
	return w.strand(line{Interval: &out})
}

// End ends the variant that has begun. Of v, only the total and how it ended
// are written.
func (w *Writer) End(v *Variant) error {
	if w.series == nil {
		return errNotBegun
	}
	total, err := w.encode(&v.Total)
	if err != nil {
		return err
	}
	err = w.strand(line{End: &end{
		Total: total, Verified: v.Verified, Stored: v.Stored, Ended: v.Ended, Within: v.Within, Behind: v.Behind, Stable: v.Stable,
		FirstError: w.secrets.Strike(v.FirstError), Complete: v.Complete, Error: w.secrets.Strike(v.Error),
	}})
	w.series = nil
	return err
}

// Close writes the trailer, without which a run counts as cut off.
func (w *Writer) Close(interrupted bool) error {
	_, err := w.write(line{Trailer: &trailer{Interrupted: interrupted, Lines: w.lines, Keys: w.keys}}, w.headerCRC)
	return err
}
