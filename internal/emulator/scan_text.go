package emulator

import (
	"unicode/utf16"
	"unicode/utf8"
)

// text reads a string, and appends as much of it to to as it may be long: most
// bytes. n is how long it is.
func (s *scanner) text(to []byte, most int) (text []byte, n int, err error) {
	if err := s.want('"', "a string"); err != nil {
		return to, 0, err
	}
	from := len(to)
	keep := func(p ...byte) {
		to = append(to, p[:min(len(p), max(0, most-n))]...)
		n += len(p)
	}
	for {
		keep(s.plain()...)
		b, err := s.next()
		switch {
		case err != nil:
			return to, n, err
		case b == '"' && n <= most && !utf8.Valid(to[from:]):
			return to, n, s.bad("a string is not valid UTF-8")
		case b == '"':
			return to, n, nil
		case b < ' ':
			return to, n, s.bad("a control character stands in a string")
		case b != '\\':
			keep(b)
			continue
		}
		r, err := s.escape()
		if err != nil {
			return to, n, err
		}
		var buf [utf8.UTFMax]byte
		keep(utf8.AppendRune(buf[:0], r)...)
	}
}

// plain takes what is at hand of a string up to the next byte that means more than
// itself. It is to be used before the next call.
func (s *scanner) plain() []byte {
	p, _ := s.r.Peek(s.r.Buffered()) // all of it is there
	for i, b := range p {
		if b == '"' || b == '\\' || b < ' ' {
			p = p[:i]
			break
		}
	}
	_, _ = s.r.Discard(len(p))
	s.took(p...)
	return p
}

// escape reads what follows a backslash. Half of a surrogate pair is U+FFFD.
func (s *scanner) escape() (rune, error) {
	b, err := s.next()
	if err != nil {
		return 0, err
	}
	switch b {
	case '"', '\\', '/':
		return rune(b), nil
	case 'b':
		return '\b', nil
	case 'f':
		return '\f', nil
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 't':
		return '\t', nil
	case 'u':
	default:
		return 0, s.bad("a string has an escape that there is not")
	}
	r, err := s.hex()
	if err != nil || !utf16.IsSurrogate(r) {
		return r, err
	}
	if p, err := s.r.Peek(6); err != nil || p[0] != '\\' || p[1] != 'u' {
		return utf8.RuneError, nil //nolint:nilerr // an error comes again
	} else if low, ok := hex4(p[2:]); !ok || utf16.DecodeRune(r, low) == utf8.RuneError {
		return utf8.RuneError, nil
	}
	for range 2 {
		if _, err := s.next(); err != nil {
			return 0, err
		}
	}
	low, err := s.hex()
	return utf16.DecodeRune(r, low), err
}

// hex reads four hexadecimal digits.
func (s *scanner) hex() (rune, error) {
	var digits [4]byte
	for i := range digits {
		b, err := s.next()
		if err != nil {
			return 0, err
		}
		digits[i] = b
	}
	r, ok := hex4(digits[:])
	if !ok {
		return 0, s.bad(`want four hexadecimal digits after \u`)
	}
	return r, nil
}

func hex4(digits []byte) (r rune, ok bool) {
	for _, b := range digits[:4] {
		switch {
		case b >= '0' && b <= '9':
			r = r<<4 | rune(b-'0')
		case b|0x20 >= 'a' && b|0x20 <= 'f':
			r = r<<4 | rune(b|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return r, true
}
