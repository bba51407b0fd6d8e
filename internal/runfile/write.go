package runfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"sync"

	"kvbench/internal/record"
	"kvbench/internal/secret"
	"kvbench/internal/sparse"
)

// Writer writes a run file as the run goes on, one line at a call. What was
// written before a kill can be read. Several variants may be written at once, by a task
// each; Arrange then puts their lines one after the other.
type Writer struct {
	secrets   *secret.Set
	header    Header
	headerCRC uint32

	mu       sync.Mutex // guards all below
	out      io.Writer
	size     int64 // of what was written
	lines    int
	variants []*VariantWriter // as they began
	pieces   []piece          // of the file, as they stand in it
}

// VariantWriter writes the lines of one variant. It is for one task at a time.
type VariantWriter struct {
	w          *Writer
	key        Key
	number     int             // of the variants, as they began
	crc        uint32          // of its last line
	series     []record.Series // nil once it has ended
	histograms sparse.Encoder
}

// NewWriter writes the header and returns a writer for the rest. The secrets, which may
// be nil, are struck out of all that comes from outside: texts of the header, names of
// scenarios, and errors.
func NewWriter(out io.Writer, h Header, secrets *secret.Set) (*Writer, error) {
	h.Format = Format
	h.Scenarios = withoutSecrets(h.Scenarios, secrets)
	w := &Writer{out: out, header: h, secrets: secrets}
	var err error
	w.headerCRC, err = w.write(line{Header: &h}, 0, ofAll)
	return w, err
}

// withoutSecrets strikes secrets out of the folders of the variants' scripts: of a variant
// all else is kvbench's own words.
func withoutSecrets(all []Definition, secrets *secret.Set) []Definition {
	all = slices.Clone(all)
	for i := range all {
		all[i].Variants = slices.Clone(all[i].Variants)
		for j := range all[i].Variants {
			all[i].Variants[j].Sources = secrets.Strike(all[i].Variants[j].Sources)
		}
	}
	return all
}

// words are the members of the header whose texts are kvbench's own words: what else
// reads them would not know them again.
var words = []string{
	"arrivals", "choose", "clock", "expect", "find", "kind", "mode", "outcomes", "pattern", "plan", "published", "run_id", "series", "variants",
}

// write seals a line, whose check sum goes on from one before, and writes it in one call.
// It is of a variant by its number, or ofAll.
func (w *Writer) write(l line, before uint32, variant int) (crc uint32, err error) {
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
	return crc, w.put(sealed, variant)
}

// Variant returns who writes a variant of a scenario, at a point of a sweep if there is
// one. Scenario and variant are indexes into the header; repeats are counted from 0. In
// the order of these calls variants stand in the file once it is arranged.
func (w *Writer) Variant(scenario, variant, repeat int, point ...Setting) *VariantWriter {
	def := &w.header.Scenarios[scenario]
	point = slices.Clone(point)
	for i := range point { // as in the header
		if text := point[i].Text; text != nil {
			struck := w.secrets.Strike(*text)
			point[i].Text = &struck
		}
	}
	v := w.start(Key{Scenario: w.secrets.Strike(def.Name), Variant: def.Variants[variant].Name, Repeat: repeat, Point: point})
	v.series = def.Series
	return v
}

// Begin says that the variant begins; nothing of it is written before.
func (v *VariantWriter) Begin() error { return v.write(line{Begin: &begin{}}) }

// BeginStep says that a step of a search begins, whose point is that of the variant.
func (v *VariantWriter) BeginStep(s Step) error { return v.write(line{Begin: &begin{Step: &s}}) }

// write writes a line of the variant.
func (v *VariantWriter) write(l line) (err error) {
	l.Key = &v.key
	v.crc, err = v.w.write(l, v.crc, v.number)
	return err
}

var errEnded = errors.New("runfile: a line of a variant that has ended")

// Interval writes an interval of the variant.
func (v *VariantWriter) Interval(iv Interval) error {
	if v.series == nil {
		return errEnded
	}
	out, err := v.encode(&iv)
	if err != nil {
		return err
	}
	return v.write(line{Interval: &out})
}

// End ends the variant. Of what it gave, only the total and how it ended are written.
func (v *VariantWriter) End(gave *Variant) error {
	if v.series == nil {
		return errEnded
	}
	total, err := v.encode(&gave.Total)
	if err != nil {
		return err
	}
	err = v.write(line{End: &end{
		Total: total, Verified: gave.Verified, Stored: gave.Stored, Ended: gave.Ended, Within: gave.Within, Behind: gave.Behind, Stable: gave.Stable,
		FirstError: v.w.secrets.Strike(gave.FirstError), Complete: gave.Complete, Findings: gave.Findings.struck(v.w.secrets), Error: v.w.secrets.Strike(gave.Error),
	}})
	v.series = nil
	return err
}

// Close writes the trailer, without which a run counts as cut off. No variant may be
// written any more.
func (w *Writer) Close(interrupted bool) error {
	keys := make([]keyEnd, len(w.variants))
	for i, v := range w.variants {
		keys[i] = keyEnd{Key: v.key, CRC: crcText(v.crc)}
	}
	_, err := w.write(line{Trailer: &trailer{Interrupted: interrupted, Lines: w.lines, Keys: keys}}, w.headerCRC, ofAll)
	return err
}
