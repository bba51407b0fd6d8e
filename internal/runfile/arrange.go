package runfile

import (
	"bufio"
	"io"
)

// piece is a part of the file whose lines are all of one variant.
type piece struct {
	variant int // by its number, or ofAll
	span
}

// ofAll is in place of a variant's number where a line is of the whole run.
const ofAll = -1

// note notes that so many bytes are written next.
func (w *Writer) note(variant, size int) {
	if n := len(w.pieces); n > 0 && w.pieces[n-1].variant == variant && variant != ofAll {
		w.pieces[n-1].length += size
	} else {
		w.pieces = append(w.pieces, piece{variant, span{w.size, size}})
	}
	w.size += int64(size)
}

// Arranged reports whether the lines of each variant stand together, as they do where
// each has begun after the one before had ended.
func (w *Writer) Arranged() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	const headerAndTrailer = 2
	return len(w.pieces) <= len(w.variants)+headerAndTrailer
}

// Arrange copies the file, which was closed by Close, so that the lines of each variant
// stand together, and variants in the order in which they began: as if they had run one
// after the other.
func (w *Writer) Arrange(file io.ReaderAt, to io.Writer) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	of := make([][]span, len(w.variants))
	for _, p := range w.pieces {
		if p.variant != ofAll {
			of[p.variant] = append(of[p.variant], p.span)
		}
	}
	order := []span{w.pieces[0].span} // the header
	for _, spans := range of {
		order = append(order, spans...)
	}
	order = append(order, w.pieces[len(w.pieces)-1].span) // the trailer
	out := bufio.NewWriterSize(to, 1<<16)
	for _, s := range order {
		if _, err := io.Copy(out, io.NewSectionReader(file, s.offset, int64(s.length))); err != nil {
			return err
		}
	}
	return out.Flush()
}
