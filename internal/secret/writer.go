package secret

import (
	"bytes"
	"io"
	"sync"
)

// Writer strikes secrets out of a text that it passes on. It does so line by line, as a
// secret may come in parts: what follows the last end of a line waits for the next, or
// for Flush. It is safe for concurrent use.
type Writer struct {
	set *Set

	mu   sync.Mutex
	to   io.Writer
	line []byte // that has not ended
}

// Writer returns a writer that strikes the secrets out of what is written to it.
func (s *Set) Writer(to io.Writer) *Writer { return &Writer{set: s, to: to} }

// Write implements io.Writer. Whole lines are passed on in one call.
func (w *Writer) Write(text []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	end := bytes.LastIndexByte(text, '\n') + 1
	if end == 0 {
		w.line = append(w.line, text...)
		return len(text), nil
	}
	whole := string(w.line) + string(text[:end])
	w.line = append(w.line[:0], text[end:]...)
	if _, err := io.WriteString(w.to, w.set.Strike(whole)); err != nil {
		return 0, err
	}
	return len(text), nil
}

// WriteJSON writes a JSON text, of which it changes strings alone, and no names of
// members: numbers stay numbers, whatever the secrets are.
func (w *Writer) WriteJSON(text []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.flush(); err != nil {
		return err
	}
	_, err := w.to.Write(w.set.StrikeJSON(text))
	return err
}

// Flush passes on the line that has not ended.
func (w *Writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.flush()
}

func (w *Writer) flush() error {
	if len(w.line) == 0 {
		return nil
	}
	_, err := io.WriteString(w.to, w.set.Strike(string(w.line)))
	w.line = w.line[:0]
	return err
}

// Unwrap is what it passes the text on to.
func (w *Writer) Unwrap() io.Writer { return w.to }
