// Package printable makes text that came from outside safe to show. A run file, a
// scenario file or a store's error may hold anything: sequences that drive a terminal,
// characters that turn the direction of what follows, bytes that are no text.
package printable

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text returns s with all that can't be seen or steers its reader written out, as Go
// would in a literal: \x1b, \u202e. These are the control characters but for tab and
// the ends of lines, where \r\n becomes \n; format characters, those that set the
// direction among them, but for the two that join letters and emoji; separators of
// lines that are no \n; what Unicode says is no character; and bytes that are no
// UTF-8. All else is left as it is.
func Text(s string) string {
	if !strings.ContainsFunc(s, steers) { // nearly always; bytes that are no UTF-8 read as U+FFFD
		return s
	}
	return written(s, false)
}

// Line is Text in a single line: ends of lines and tabs become spaces.
func Line(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || steers(r) }) {
		return s
	}
	return written(s, true)
}

func written(s string, line bool) string {
	var out strings.Builder
	for i, r := range s {
		switch {
		case r == '\r' && strings.HasPrefix(s[i:], "\r\n"):
		case line && (r == '\n' || r == '\r' || r == '\t'):
			out.WriteByte(' ')
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&out, `\x%02x`, s[i])
		case r == utf8.RuneError || !steers(r):
			out.WriteRune(r)
		case r == '\r':
			out.WriteString(`\r`)
		case r <= 0xff:
			fmt.Fprintf(&out, `\x%02x`, r)
		case r <= 0xffff:
			fmt.Fprintf(&out, `\u%04x`, r)
		default:
			fmt.Fprintf(&out, `\U%08x`, r)
		}
	}
	return out.String()
}

// JSON returns a JSON text with the same characters written as \u escapes, so that it
// means the same and can be shown. Those that JSON does not allow raw it holds none of.
func JSON(text []byte) []byte {
	s := string(text)
	if !strings.ContainsFunc(s, steers) {
		return text
	}
	var out strings.Builder
	for _, r := range s {
		switch {
		case r == utf8.RuneError || !steers(r):
			out.WriteRune(r)
		case r <= 0xffff:
			fmt.Fprintf(&out, `\u%04x`, r)
		default: // as a surrogate pair
			fmt.Fprintf(&out, `\u%04x\u%04x`, 0xd800+(r-0x10000)>>10, 0xdc00+(r-0x10000)&0x3ff)
		}
	}
	return []byte(out.String())
}

const (
	nonJoiner = '\u200c'
	joiner    = '\u200d'
)

// steers reports whether a character is not one to be seen. It takes U+FFFD for one
// such: that is what bytes read as that are no UTF-8.
func steers(r rune) bool {
	switch {
	case r == '\n' || r == '\t' || r == nonJoiner || r == joiner:
		return false
	case r < 0x7f:
		return r < ' '
	case r == utf8.RuneError:
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Noncharacter_Code_Point)
}
