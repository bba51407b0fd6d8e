package command

import (
	"fmt"
	"io"

	"golang.org/x/term"
)

// output is the result of a command, which is not one when a part of it could not be
// written.
type output struct {
	io.Writer
	err error // of the first write that failed
}

// Write implements io.Writer. After a write that failed it writes nothing.
func (o *output) Write(p []byte) (int, error) {
	if o.err != nil {
		return 0, o.err
	}
	n, err := o.Writer.Write(p)
	o.err = err
	return n, err
}

// failure says that not all of the output was written; nil when it was.
func (o *output) failure() error {
	if o.err == nil {
		return nil
	}
	return fmt.Errorf("writing the output: %w", o.err)
}

// Unwrap is the writer below.
func (o *output) Unwrap() io.Writer { return o.Writer }

// width is how wide the terminal is that w writes to; 0 when it is none.
func width(w io.Writer) int {
	if f := terminal(w); f != nil {
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil {
			return columns
		}
	}
	return 0
}
