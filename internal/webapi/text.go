package webapi

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/dop251/goja"
)

// bom begins a text in UTF-8 that says so; it is no part of the text.
var bom = []byte("\uFEFF")

// hostEncode is encode(string): its UTF-8 in an ArrayBuffer.
func (a *API) hostEncode() func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		return a.vm.ToValue(a.vm.NewArrayBuffer(utf8Of(c.Argument(0))))
	}
}

// hostDecode is decode(buffer): what Body.text answers, so without the mark at its begin.
func (a *API) hostDecode() func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		b, ok := view(c.Argument(0))
		if !ok {
			a.typeError("not a buffer")
		}
		return a.vm.ToValue(decode(bytes.TrimPrefix(b, bom)))
	}
}

// hostWellFormed is wellFormed(string): surrogates that stand alone become U+FFFD.
func (a *API) hostWellFormed() func(goja.FunctionCall) goja.Value {
	return func(c goja.FunctionCall) goja.Value {
		v := c.Argument(0)
		if s := v.String(); !utf8.ValidString(s) {
			return a.vm.ToValue(strings.ToValidUTF8(s, "\uFFFD"))
		}
		return v
	}
}

// utf8Of is a JavaScript string in UTF-8. Surrogates that stand alone become U+FFFD.
func utf8Of(v goja.Value) []byte {
	s := v.String()
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	return []byte(s)
}

// decode is UTF-8 as the Encoding standard reads it: what is not becomes U+FFFD, one for
// each longest part that could have begun a character.
func decode(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	var s strings.Builder
	s.Grow(len(b) + 16)
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n <= 1 {
			s.WriteString("\uFFFD")
			b = b[begun(b):]
			continue
		}
		s.Write(b[:n])
		b = b[n:]
	}
	return s.String()
}

// begun is how many bytes at the start of b could have begun a character that then did
// not go on: at least 1. The bounds are those of the Unicode standard's table 3-7.
func begun(b []byte) int {
	n := 1
	lo, hi := byte(0x80), byte(0xBF)
	var want int
	switch c := b[0]; {
	case c >= 0xC2 && c <= 0xDF:
		want = 2
	case c >= 0xE0 && c <= 0xEF:
		want = 3
		if c == 0xE0 {
			lo = 0xA0
		}
		if c == 0xED {
			hi = 0x9F
		}
	case c >= 0xF0 && c <= 0xF4:
		want = 4
		if c == 0xF0 {
			lo = 0x90
		}
		if c == 0xF4 {
			hi = 0x8F
		}
	}
	for n < want && n < len(b) && b[n] >= lo && b[n] <= hi {
		n++
		lo, hi = 0x80, 0xBF
	}
	return n
}

// view is the memory of an ArrayBuffer or of a view of one.
func view(v goja.Value) ([]byte, bool) {
	o, ok := v.(*goja.Object)
	if !ok {
		return nil, false
	}
	switch b := o.Export().(type) {
	case goja.ArrayBuffer:
		return b.Bytes(), !b.Detached()
	case []byte:
		return b, true
	}
	field := o.Get("buffer")
	if field == nil {
		return nil, false
	}
	buf, ok := field.Export().(goja.ArrayBuffer)
	if !ok || buf.Detached() {
		return nil, false
	}
	off, n := o.Get("byteOffset").ToInteger(), o.Get("byteLength").ToInteger()
	all := buf.Bytes()
	if off < 0 || n < 0 || off+n > int64(len(all)) {
		return nil, false
	}
	return all[off : off+n], true
}
