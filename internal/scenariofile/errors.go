package scenariofile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Error is one thing that is wrong in a scenario file.
type Error struct {
	File    string
	Line    int    // counted from 1; 0 where it is of the whole file
	Column  int    // counted from 1, in characters
	Text    string // the line as it was written
	Message string // what is wrong
	Hint    string // what would be right; may be empty
}

// Of a line longer than longLine, excerpt characters before the place are shown
// and as many after it.
const (
	longLine = 160
	excerpt  = 60
)

// Error shows the message, the line with a caret under the place, and the hint.
func (e Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", e.Line, e.Column)
	}
	fmt.Fprintf(&b, ": %s", e.Message)
	if strings.TrimSpace(e.Text) != "" {
		line, at, before, after := around(e.Text, max(e.Column-1, 0))
		number := fmt.Sprintf("%5d | ", e.Line)
		fmt.Fprintf(&b, "\n%s%s%s%s\n%*s", number, before, strings.Map(visible, string(line)), after, len(number), "| ")
		b.WriteString(strings.Repeat(" ", len([]rune(before))))
		for _, r := range line[:at] {
			if r != '\t' { // a tab stays one, so that the caret stays below its place
				r = ' '
			}
			b.WriteRune(r)
		}
		b.WriteByte('^')
	}
	if e.Hint != "" {
		fmt.Fprintf(&b, "\n      = %s", e.Hint)
	}
	return b.String()
}

// around is what is shown of a line with a place, counted in characters from 0: of a long
// one only what is near. before and after stand for what is left out.
func around(text string, place int) (line []rune, at int, before, after string) {
	if len(text) <= longLine {
		line = []rune(text)
		return line, min(place, len(line)), "", ""
	}
	from, to, n := 0, len(text), 0 // where characters place-excerpt and place+excerpt begin
	for offset := range text {
		if n == place-excerpt {
			from = offset
		}
		if n == place+excerpt {
			to = offset
			break
		}
		n++
	}
	if from > 0 {
		before = "…"
	}
	if to < len(text) {
		after = "…"
	}
	line = []rune(text[from:to])
	return line, min(min(place, excerpt), len(line)), before, after
}

// Of a text that is quoted in an error and longer than longText bytes, only the beginning
// and the end are kept: a value may be as long as the file.
const (
	longText = 500
	endText  = 120
)

// short is a text without its middle, where it is long.
func short(text string) string {
	if len(text) <= longText {
		return text
	}
	return strings.ToValidUTF8(text[:longText-endText], "") + "…" + strings.ToValidUTF8(text[len(text)-endText:], "")
}

// visible replaces what a terminal would obey instead of show.
func visible(r rune) rune {
	if r != '\t' && unicode.IsControl(r) {
		return unicode.ReplacementChar
	}
	return r
}

// Errors is all that is wrong in a scenario file, in the file's order.
type Errors []Error

// shownErrors is how many of them are shown.
const shownErrors = 50

func (es Errors) Error() string {
	var all []string
	for _, e := range es[:min(len(es), shownErrors)] {
		all = append(all, e.Error())
	}
	if more := len(es) - shownErrors; more > 0 {
		text := fmt.Sprintf("%s: and %d more", es[0].File, more)
		if len(es) >= maxErrors {
			text += "; the rest of the file was not looked at"
		}
		all = append(all, text)
	}
	return strings.Join(all, "\n")
}

// Unwrap gives the single errors to errors.Is and errors.As.
func (es Errors) Unwrap() []error {
	all := make([]error, len(es))
	for i, e := range es {
		all[i] = e
	}
	return all
}

// sorted returns the errors in the file's order, each once: what an alias
// stands for is read more than once.
func (es Errors) sorted() Errors {
	slices.SortStableFunc(es, func(a, b Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Message, b.Message))
	})
	return slices.Compact(es)
}
