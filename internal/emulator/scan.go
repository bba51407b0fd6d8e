package emulator

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
)

// scanner reads a JSON text as it comes, and keeps no more of it than it is asked
// to. A library's decoder holds each element whole, however long it is.
type scanner struct {
	r     *bufio.Reader
	at    int64 // bytes read
	depth int   // of arrays and objects
	// recording says that the bytes of a document go to record, as far as room is
	// left in it; length counts all of them.
	recording bool
	record    []byte
	room      int
	length    int
}

// maxDepth is how deep arrays and objects may lie in each other.
const maxDepth = 1000

func newScanner(r io.Reader) *scanner { return &scanner{r: bufio.NewReaderSize(r, 64<<10)} }

// bad is an error of the text, with its place.
func (s *scanner) bad(format string, args ...any) error {
	return fmt.Errorf("%s at byte %d", fmt.Sprintf(format, args...), s.at)
}

// next is the next byte; the text's end is an error.
func (s *scanner) next() (byte, error) {
	b, err := s.r.ReadByte()
	if err == io.EOF {
		return 0, s.bad("the text ends too soon")
	}
	if err != nil {
		return 0, err
	}
	s.took(b)
	return b, nil
}

// took counts bytes that were read.
func (s *scanner) took(p ...byte) {
	s.at += int64(len(p))
	if s.recording {
		s.length += len(p)
		s.record = append(s.record, p[:min(len(p), max(0, s.room-len(s.record)))]...)
	}
}

const ended = -1

// look is the next byte that is no white space, which it leaves where it is; ended
// where there is none.
func (s *scanner) look() (rune, error) {
	for {
		p, err := s.r.Peek(1)
		switch {
		case err == io.EOF:
			return ended, nil
		case err != nil:
			return ended, err
		case p[0] != ' ' && p[0] != '\t' && p[0] != '\n' && p[0] != '\r':
			return rune(p[0]), nil
		}
		if _, err := s.next(); err != nil {
			return ended, err
		}
	}
}

// want takes the next byte, which has to be b.
func (s *scanner) want(b rune, what string) error {
	got, err := s.look()
	if err == nil && got != b {
		return s.bad("want %s", what)
	}
	if err == nil {
		_, err = s.next()
	}
	return err
}

// end is the error of a text that does not end here.
func (s *scanner) end() error {
	b, err := s.look()
	if err == nil && b != ended {
		return s.bad("there is more than one value")
	}
	return err
}

// array reads an array, whose elements each reads.
func (s *scanner) array(each func() error) error {
	return s.list('[', ']', "an array", each)
}

// object reads an object. field reads the value of the field of that name, of which
// no more than the beginning is given.
func (s *scanner) object(field func(name string) error) error {
	var name []byte
	return s.list('{', '}', "an object", func() (err error) {
		if name, _, err = s.text(name[:0], 64); err != nil {
			return err
		}
		if err := s.want(':', "a colon"); err != nil {
			return err
		}
		return field(string(name))
	})
}

func (s *scanner) list(from, to rune, what string, each func() error) error {
	if err := s.want(from, what); err != nil {
		return err
	}
	if s.depth++; s.depth > maxDepth {
		return s.bad("arrays and objects lie deeper than %d", maxDepth)
	}
	defer func() { s.depth-- }()
	b, err := s.look()
	if err == nil && b == to {
		_, err = s.next()
		return err
	}
	for err == nil {
		if err = each(); err != nil {
			return err
		}
		if b, err = s.look(); err == nil && b == to {
			_, err = s.next()
			return err
		}
		if err == nil {
			err = s.want(',', "a comma or the end of "+what)
		}
	}
	return err
}

// null reports whether the next value is null, and takes it if it is.
func (s *scanner) null() (bool, error) {
	b, err := s.look()
	if err != nil || b != 'n' {
		return false, err
	}
	_, err = s.literal()
	return true, err
}

// maxLiteral is the longest number that is read.
const maxLiteral = 400

// literal reads a number, true, false or null.
func (s *scanner) literal() (string, error) {
	var text []byte
	for {
		p, err := s.r.Peek(1)
		if err != nil && err != io.EOF {
			return "", err
		}
		if err == io.EOF || !(p[0] >= '0' && p[0] <= '9' || p[0] >= 'a' && p[0] <= 'z' || p[0] == '-' || p[0] == '+' || p[0] == '.' || p[0] == 'E') {
			break
		}
		b, err := s.next()
		if err != nil {
			return "", err
		}
		if text = append(text, b); len(text) > maxLiteral {
			return "", s.bad("a number has more than %d digits", maxLiteral)
		}
	}
	if !json.Valid(text) {
		return "", s.bad("want a value")
	}
	return string(text), nil
}

// boolean reads true or false.
func (s *scanner) boolean() (bool, error) {
	text, err := s.literal()
	if err == nil && text != "true" && text != "false" {
		err = s.bad("want true or false")
	}
	return text == "true", err
}

// document reads any value, and appends as much of its text to to as it may hold:
// most bytes in all. n is how long it is.
func (s *scanner) document(to []byte, most int) (text []byte, n int, err error) {
	if _, err := s.look(); err != nil {
		return to, 0, err
	}
	s.recording, s.record, s.room, s.length = true, to, most, 0
	err = s.skip()
	s.recording = false
	return s.record, s.length, err
}

// skip reads any value.
func (s *scanner) skip() error {
	b, err := s.look()
	if err != nil {
		return err
	}
	switch b {
	case '{':
		return s.object(func(string) error { return s.skip() })
	case '[':
		return s.array(s.skip)
	case '"':
		_, _, err = s.text(nil, 0)
	default:
		_, err = s.literal()
	}
	return err
}
