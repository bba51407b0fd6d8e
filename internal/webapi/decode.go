package webapi

import (
	"encoding/binary"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/dop251/goja"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
)

// hostEncoding is encoding(label): the name of the encoding, "" if there is none, and its
// name behind a ! if it is not here.
func (a *API) hostEncoding() func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		return a.vm.ToValue(encoding(c.Argument(0).String()))
	}
}

func encoding(label string) string {
	e, err := htmlindex.Get(strings.Trim(label, "\t\n\f\r "))
	if err != nil {
		return ""
	}
	name, err := htmlindex.Name(e)
	switch {
	case err != nil || name == "replacement":
		return ""
	case name == "utf-8", name == "utf-16le":
		return name
	}
	if _, ok := e.(*charmap.Charmap); ok {
		return name
	}
	return "!" + name
}

// hostEncodeInto is encodeInto(string, view): how many units were read and bytes written.
func (a *API) hostEncodeInto() func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		s, to := utf8Of(c.Argument(0)), a.view(c.Argument(1))
		read, written := 0, 0
		for written < len(s) {
			r, n := utf8.DecodeRune(s[written:])
			if written+n > len(to) {
				break
			}
			copy(to[written:], s[written:written+n])
			written += n
			read += utf16.RuneLen(r)
		}
		return a.vm.NewArray(read, written)
	}
}

// hostDecodeWith is decodeWith(encoding, rest, input, more, fatal): the text, and what is
// kept of it for the next call; or undefined if it is fatal.
func (a *API) hostDecodeWith() func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		in := a.view(c.Argument(1))
		if v := c.Argument(2); !goja.IsUndefined(v) {
			if more := a.view(v); len(in) == 0 {
				in = more
			} else {
				in = slices.Concat(in, more)
			}
		}
		var text string
		var rest []byte
		var ok bool
		more := c.Argument(3).ToBoolean()
		switch name := c.Argument(0).String(); name {
		case "utf-8":
			if more {
				n := unfinished(in)
				in, rest = in[:len(in)-n], in[len(in)-n:]
			}
			ok = utf8.Valid(in)
			text = decode(in)
		case "utf-16le":
			text, rest, ok = decode16(in, more)
		default:
			e, _ := htmlindex.Get(name) // nil if it has none
			m, isMap := e.(*charmap.Charmap)
			if !isMap {
				a.typeError("no encoding %s", name)
			}
			text = single(m, in, strings.HasPrefix(name, "windows-"))
			ok = !strings.Contains(text, "\uFFFD")
		}
		if !ok && c.Argument(4).ToBoolean() {
			return goja.Undefined()
		}
		return a.vm.NewArray(text, a.vm.NewArrayBuffer(slices.Clone(rest)))
	}
}

// single decodes an encoding of a byte a character. Where a windows code page has gaps
// among the control characters, the Encoding standard has these.
func single(m *charmap.Charmap, in []byte, windows bool) string {
	var s strings.Builder
	for _, c := range in {
		r := m.DecodeByte(c)
		if r == utf8.RuneError && windows && c >= 0x80 && c <= 0x9F {
			r = rune(c)
		}
		s.WriteRune(r)
	}
	return s.String()
}

// unfinished is how many bytes at the end of b begin a character that may go on.
func unfinished(b []byte) int {
	for n := 1; n <= 3 && n <= len(b); n++ {
		tail := b[len(b)-n:]
		if tail[0] < 0xC0 {
			continue
		}
		if !utf8.FullRune(tail) && begun(tail) == n {
			return n
		}
		return 0
	}
	return 0
}

// decode16 is UTF-16 in little endian. What more may complete is in rest.
func decode16(b []byte, more bool) (text string, rest []byte, ok bool) {
	n := len(b) &^ 1
	units := make([]uint16, n/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	ok = more || n == len(b)
	if more {
		if k := len(units); k > 0 && units[k-1] >= 0xD800 && units[k-1] <= 0xDBFF {
			n -= 2
			units = units[:k-1]
		}
		rest = b[n:]
	}
	for i := 0; i < len(units); i++ {
		if u := units[i]; u >= 0xD800 && u <= 0xDFFF {
			if u <= 0xDBFF && i+1 < len(units) && units[i+1] >= 0xDC00 && units[i+1] <= 0xDFFF {
				i++
				continue
			}
			ok = false
		}
	}
	text = string(utf16.Decode(units))
	if !more && len(b)%2 == 1 {
		text += "\uFFFD"
	}
	return text, rest, ok
}
