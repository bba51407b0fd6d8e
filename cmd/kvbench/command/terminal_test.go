package command

import (
	"bytes"
	"io"
	"os"
	"testing"

	"kvbench/internal/secret"

	"golang.org/x/term"
)

// A terminal is one behind the writer that strikes out secrets too.
func TestTerminal(t *testing.T) {
	tty, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil || !term.IsTerminal(int(tty.Fd())) {
		t.Skip("this system has no such terminal")
	}
	defer tty.Close()
	t.Setenv("TERM", "xterm")
	var secrets secret.Set
	for _, w := range []io.Writer{tty, secrets.Writer(tty)} {
		bars := newBars(w)
		if terminal(w) != tty || bars == nil {
			t.Errorf("%T is no terminal", w)
			continue
		}
		bars.Shutdown()
	}
	for _, w := range []io.Writer{secrets.Writer(&bytes.Buffer{}), struct{ io.Writer }{secrets.Writer(tty)}, io.Discard} {
		if terminal(w) != nil || newBars(w) != nil {
			t.Errorf("%T is a terminal", w)
		}
	}
}
