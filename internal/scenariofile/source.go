package scenariofile

import (
	"strings"
	"unicode/utf8"

	"kvbench/internal/secret"

	"go.yaml.in/yaml/v4"
)

// source is the text of a scenario file.
type source struct {
	name    string
	lines   []string
	width   []int // of each line, in characters
	last    place // of which part was asked last
	secrets *secret.Set
}

// place is where a column begins in a line.
type place struct{ line, column, offset int }

func newSource(name string, data []byte, secrets *secret.Set) *source {
	s := &source{name: name, lines: splitLines(string(data)), secrets: secrets}
	s.width = make([]int, len(s.lines))
	for i, line := range s.lines {
		s.width[i] = utf8.RuneCountInString(line)
	}
	return s
}

// splitLines cuts a text at every line break that YAML knows, so that lines
// are counted as its parser counts them.
func splitLines(s string) []string {
	var lines []string
	for {
		at := strings.IndexAny(s, "\r\n\u0085\u2028\u2029")
		if at < 0 {
			return append(lines, s)
		}
		lines = append(lines, s[:at])
		if strings.HasPrefix(s[at:], "\r\n") {
			at++
		}
		_, size := utf8.DecodeRuneInString(s[at:])
		s = s[at+size:]
	}
}

// errorAt makes an error at a place, moved into the text if it is outside: the
// parser sets some marks behind the end. Secrets are struck out of the line here, as of
// a long one only a part is shown.
func (s *source) errorAt(line, column int, message, hint string) Error {
	if line > len(s.lines) {
		line, column = len(s.lines), int(^uint(0)>>1)
	}
	line = max(line, 1)
	for line > 1 && line == len(s.lines) && s.lines[line-1] == "" { // the end of the last line
		line, column = line-1, int(^uint(0)>>1)
	}
	text := s.lines[line-1]
	column = min(max(column, 1), s.width[line-1]+1)
	s.secrets.AddURLs(text)
	return Error{File: s.name, Line: line, Column: column, Text: s.secrets.Strike(text), Message: short(message), Hint: short(hint)}
}

// column is where byte offset of a scalar's text stands in its line; the
// scalar's beginning when the text is not there as it was read, because it is
// folded, holds escapes or was made from variables.
func (s *source) column(n *yaml.Node, text string, offset int) int {
	if n.Line < 1 || n.Line > len(s.lines) || offset > len(text) {
		return n.Column
	}
	line := []rune(s.lines[n.Line-1])
	start := n.Column - 1
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
		start++
	}
	if start < 0 || start > len(line) || !strings.HasPrefix(string(line[start:]), text) {
		return n.Column
	}
	return start + 1 + utf8.RuneCountInString(text[:offset])
}

// definition is the text of the node that begins on line first, counted from
// 1, and ends before line next: with the comment lines right above it, without
// those above next, and without the indentation. A comment that is indented
// deeper than the node belongs to what it stands in.
func (s *source) definition(first, next int) string {
	indent := indentation(s.lines[first-1])
	from, to := first, max(next, first+1)
	for from > 1 && isComment(s.lines[from-2], indent) {
		from--
	}
	for to-1 > first && (strings.TrimSpace(s.lines[to-2]) == "" || isComment(s.lines[to-2], indent)) {
		to--
	}
	var b strings.Builder
	for _, line := range s.lines[from-1 : to-1] {
		b.WriteString(line[min(indent, indentation(line)):])
		b.WriteByte('\n')
	}
	return b.String()
}

// part is the text of a line from a column to another, 0 for its end. Asked for in their
// order, all parts of a line take no more steps than it has characters.
func (s *source) part(line, from, to int) string {
	text := s.lines[line-1]
	at := func(column int) int {
		p := s.last
		if p.line != line || p.column > column {
			p = place{line: line, column: 1}
		}
		for p.column < column && p.offset < len(text) {
			_, size := utf8.DecodeRuneInString(text[p.offset:])
			p.column, p.offset = p.column+1, p.offset+size
		}
		s.last = p
		return p.offset
	}
	start := at(from)
	if to == 0 {
		return text[start:]
	}
	return text[start:at(to)]
}

// isComment reports whether a line is a comment, indented no deeper than indent.
func isComment(line string, indent int) bool {
	return strings.HasPrefix(strings.TrimLeft(line, " "), "#") && indentation(line) <= indent
}

func indentation(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }
