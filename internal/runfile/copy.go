package runfile

import (
	"errors"
	"fmt"
	"slices"
)

// Copy writes a variant of a run that was read from a file: its lines as they stand there,
// but for their check sums, which go on from another header. One that was cut off ends with
// the sum of its intervals.
func (w *Writer) Copy(v *Variant) error {
	if v.lines == nil {
		return errors.New("runfile: a variant that was not read can't be copied")
	}
	to := w.start(v.key)
	var text []byte
	for _, at := range v.lines {
		text = slices.Grow(text[:0], at.length)[:at.length]
		if _, err := v.file.ReadAt(text, at.offset); err != nil {
			return err
		}
		body, _, ok := unseal(text)
		if !ok {
			return fmt.Errorf("%v: %w", &v.key, errNoSeal)
		}
		sealed, crc := seal(append(body[:len(body):len(body)], '}'), to.crc)
		to.crc = crc
		if err := w.put(sealed, to.number); err != nil {
			return err
		}
	}
	if v.HasEnded() {
		return nil
	}
	to.series = v.Def.Series
	return to.End(v)
}

// start returns who writes the lines of a key.
func (w *Writer) start(k Key) *VariantWriter {
	v := &VariantWriter{w: w, crc: w.headerCRC, key: k}
	w.mu.Lock()
	defer w.mu.Unlock()
	v.number = len(w.variants)
	w.variants = append(w.variants, v)
	return v
}

// put writes a sealed line in one call.
func (w *Writer) put(sealed []byte, variant int) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lines++
	w.note(variant, len(sealed))
	_, err := w.out.Write(sealed)
	return err
}
