package webapi

import (
	"errors"
	"strconv"
	"unicode/utf8"

	"github.com/dop251/goja"
)

// maxPlainDepth is how deep a document may nest that is read here.
const maxPlainDepth = 64

// ParseJSON reads a document of JSON as JSON.parse does, only faster: ok is false where it
// leaves that to JSON.parse, as it does with all that is wrong, and all that is rare: escapes
// of \u, keys named __proto__, numbers out of range.
func (a *API) ParseJSON(document string) (v goja.Value, ok bool) {
	if !utf8.ValidString(document) {
		return nil, false
	}
	r := jsonReader{a: a, s: document}
	v, ok = r.value(0)
	r.space()
	return v, ok && r.at == len(r.s)
}

// putParse has scripts' JSON.parse read by ParseJSON what that reads.
func (a *API) putParse() error {
	object, _ := a.vm.Get("JSON").(*goja.Object)
	if object == nil {
		return errors.New("webapi: there is no JSON")
	}
	native, ok := goja.AssertFunction(object.Get("parse"))
	if !ok {
		return errors.New("webapi: there is no JSON.parse")
	}
	parse, _ := a.vm.ToValue(func(c goja.FunctionCall) goja.Value {
		if s, ok := c.Argument(0).(goja.String); ok && goja.IsUndefined(c.Argument(1)) {
			if v, ok := a.ParseJSON(s.String()); ok {
				return v
			}
		}
		v, err := native(c.This, c.Arguments...)
		if thrown, ok := errors.AsType[*goja.Exception](err); ok {
			panic(thrown.Value())
		} else if err != nil {
			panic(err)
		}
		return v
	}).(*goja.Object)
	const no, yes = goja.FLAG_FALSE, goja.FLAG_TRUE
	return errors.Join(
		parse.DefineDataProperty("name", a.vm.ToValue("parse"), no, yes, no),
		parse.DefineDataProperty("length", a.vm.ToValue(2), no, yes, no),
		object.DefineDataProperty("parse", parse, yes, yes, no))
}

// jsonReader is at a place in a document.
type jsonReader struct {
	a    *API
	s    string
	at   int
	text []byte // scratch
}

func (r *jsonReader) space() {
	for r.at < len(r.s) && (r.s[r.at] == ' ' || r.s[r.at] == '\n' || r.s[r.at] == '\r' || r.s[r.at] == '\t') {
		r.at++
	}
}

// next skips white space and returns the byte after it; 0 at the end.
func (r *jsonReader) next() byte {
	r.space()
	if r.at == len(r.s) {
		return 0
	}
	return r.s[r.at]
}

// take skips a byte, if it comes next.
func (r *jsonReader) take(c byte) bool {
	if r.next() != c {
		return false
	}
	r.at++
	return true
}

func (r *jsonReader) word(word string, v goja.Value) (goja.Value, bool) {
	if len(r.s)-r.at < len(word) || r.s[r.at:r.at+len(word)] != word {
		return nil, false
	}
	r.at += len(word)
	return v, true
}

func (r *jsonReader) value(depth int) (goja.Value, bool) {
	if depth > maxPlainDepth {
		return nil, false
	}
	switch c := r.next(); c {
	case '{':
		return r.object(depth)
	case '[':
		return r.array(depth)
	case '"':
		s, ok := r.string()
		if !ok {
			return nil, false
		}
		return r.a.vm.ToValue(s), true
	case 't':
		return r.word("true", r.a.vm.ToValue(true))
	case 'f':
		return r.word("false", r.a.vm.ToValue(false))
	case 'n':
		return r.word("null", goja.Null())
	}
	return r.number()
}

func (r *jsonReader) object(depth int) (goja.Value, bool) {
	r.at++
	o := r.a.vm.NewObject()
	if r.take('}') {
		return o, true
	}
	for {
		if r.next() != '"' {
			return nil, false
		}
		key, ok := r.string()
		if !ok || key == "__proto__" || !r.take(':') {
			return nil, false
		}
		v, ok := r.value(depth + 1)
		if !ok {
			return nil, false
		}
		// Not Set: a script may have put a setter into Object.prototype.
		if o.DefineDataProperty(key, v, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE) != nil {
			return nil, false
		}
		if r.take('}') {
			return o, true
		}
		if !r.take(',') {
			return nil, false
		}
	}
}

func (r *jsonReader) array(depth int) (goja.Value, bool) {
	r.at++
	var items []any
	if r.take(']') {
		return r.a.vm.NewArray(), true
	}
	for {
		v, ok := r.value(depth + 1)
		if !ok {
			return nil, false
		}
		items = append(items, v)
		if r.take(']') {
			return r.a.vm.NewArray(items...), true
		}
		if !r.take(',') {
			return nil, false
		}
	}
}

// string reads a string, whose quotation mark comes next.
func (r *jsonReader) string() (string, bool) {
	r.at++
	for i := r.at; i < len(r.s); i++ {
		switch c := r.s[i]; {
		case c == '"':
			s := r.s[r.at:i]
			r.at = i + 1
			return s, true
		case c == '\\':
			return r.escaped(i)
		case c < ' ':
			return "", false
		}
	}
	return "", false
}

// escapes are what stands for what after a backslash.
var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escaped reads a string whose first escape is at i.
func (r *jsonReader) escaped(i int) (string, bool) {
	r.text = append(r.text[:0], r.s[r.at:i]...)
	for ; i < len(r.s); i++ {
		switch c := r.s[i]; {
		case c == '"':
			r.at = i + 1
			return string(r.text), true
		case c == '\\':
			if i++; i == len(r.s) || escapes[r.s[i]] == 0 {
				return "", false
			}
			r.text = append(r.text, escapes[r.s[i]])
		case c < ' ':
			return "", false
		default:
			r.text = append(r.text, c)
		}
	}
	return "", false
}

// number reads a number.
func (r *jsonReader) number() (goja.Value, bool) {
	begin := r.at
	r.skip('-')
	whole := r.at
	if !r.digits() || r.s[whole] == '0' && r.at > whole+1 {
		return nil, false
	}
	if r.at-begin < 16 && r.s[begin] != '-' && (r.at == len(r.s) || r.s[r.at] != '.' && r.s[r.at]|' ' != 'e') {
		n, err := strconv.ParseInt(r.s[begin:r.at], 10, 64)
		return r.a.vm.ToValue(n), err == nil
	}
	if r.skip('.') && !r.digits() {
		return nil, false
	}
	if r.skip('e') || r.skip('E') {
		if !r.skip('-') {
			r.skip('+')
		}
		if !r.digits() {
			return nil, false
		}
	}
	f, err := strconv.ParseFloat(r.s[begin:r.at], 64)
	return r.a.vm.ToValue(f), err == nil
}

func (r *jsonReader) skip(c byte) bool {
	if r.at == len(r.s) || r.s[r.at] != c {
		return false
	}
	r.at++
	return true
}

func (r *jsonReader) digits() bool {
	begin := r.at
	for r.at < len(r.s) && r.s[r.at] >= '0' && r.s[r.at] <= '9' {
		r.at++
	}
	return r.at > begin
}
