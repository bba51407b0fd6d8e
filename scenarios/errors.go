package scenarios

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
	Line    int    // counted from 1
	Column  int    // counted from 1, in characters
	Text    string // the line as it was written
	Message string // what is wrong
	Hint    string // what would be right; may be empty
}

// Error shows the message, the line with a caret under the place, and the hint.
func (e Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
	if strings.TrimSpace(e.Text) != "" {
		line := []rune(e.Text)
		number := fmt.Sprintf("%5d | ", e.Line)
		fmt.Fprintf(&b, "\n%s%s\n%*s", number, strings.Map(visible, e.Text), len(number), "| ")
		for _, r := range line[:min(e.Column-1, len(line))] {
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

// visible replaces what a terminal would obey instead of show.
func visible(r rune) rune {
	if r != '\t' && unicode.IsControl(r) {
		return unicode.ReplacementChar
	}
	return r
}

// Errors is all that is wrong in a scenario file, in the file's order.
type Errors []Error

func (es Errors) Error() string {
	all := make([]string, len(es))
	for i, e := range es {
		all[i] = e.Error()
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
