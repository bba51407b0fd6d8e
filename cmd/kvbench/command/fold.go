package command

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"
)

// folder breaks the lines that are wider than a terminal at spaces, and indents what
// follows. It holds what is written until its line ends.
type folder struct {
	w       io.Writer
	columns int
	line    []byte
}

// folded is w, folded where it is a terminal. done writes what has not ended its line.
func folded(w io.Writer) (to io.Writer, done func()) {
	columns := width(w)
	if columns == 0 {
		return w, func() {}
	}
	f := &folder{w: w, columns: columns}
	return f, func() { _, _ = f.w.Write(f.line) } // an error is kept by the output below
}

// Unwrap is the writer below.
func (f *folder) Unwrap() io.Writer { return f.w }

// Write implements io.Writer.
func (f *folder) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		line, after, ended := bytes.Cut(rest, []byte{'\n'})
		f.line, rest = append(f.line, line...), after
		if !ended {
			break
		}
		text := fold(string(f.line), f.columns) + "\n"
		f.line = f.line[:0]
		if _, err := io.WriteString(f.w, text); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// fold breaks a line at spaces so that no part is wider than so many columns, unless a
// word is. The parts that follow begin below the last column of a table in the first half
// of the line, or else two columns further in than the line.
func fold(line string, columns int) string {
	line = strings.TrimRight(line, " ")
	if utf8.RuneCountInString(line) <= columns {
		return line
	}
	indent := strings.Repeat(" ", hang(line, columns/2))
	var out []string
	for utf8.RuneCountInString(line) > columns {
		runes := []rune(line)
		from := len(runes) - len([]rune(strings.TrimLeft(line, " ")))
		at := lastSpace(runes[from:min(columns+1, len(runes))]) + from
		if at <= from { // a word that is wider stands alone
			next := strings.IndexRune(string(runes[columns:]), ' ')
			if next < 0 {
				break
			}
			at = columns + utf8.RuneCountInString(string(runes[columns:])[:next])
		}
		out = append(out, strings.TrimRight(string(runes[:at]), " "))
		line = indent + strings.TrimLeft(string(runes[at:]), " ")
	}
	return strings.Join(append(out, line), "\n")
}

func lastSpace(runes []rune) int {
	for i := len(runes) - 1; i > 0; i-- {
		if runes[i] == ' ' {
			return i
		}
	}
	return -1
}

// hang is where the parts of a line begin that follow its first: behind its last gap of
// two spaces or more up to a column.
func hang(line string, most int) int {
	runes := []rune(line)
	leading := len(runes) - len([]rune(strings.TrimLeft(line, " ")))
	at := leading + 2
	for i := leading; i+2 < len(runes) && i+2 <= most; i++ {
		if runes[i] == ' ' && runes[i+1] == ' ' && runes[i+2] != ' ' {
			at = i + 2
		}
	}
	return min(at, most)
}
