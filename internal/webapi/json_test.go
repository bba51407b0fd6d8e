package webapi

import (
	"strings"
	"testing"

	"github.com/dop251/goja"
)

// describe tells two values of a script apart, and the order and kind of their members.
const describe = `(v) => {
	const one = (v) => {
		if (typeof v !== 'object' || v === null) return typeof v + ' ' + (Object.is(v, -0) ? '-0' : typeof v === 'string' ? escape(v) : String(v));
		const members = Object.getOwnPropertyDescriptors(v);
		return (Array.isArray(v) ? 'array' : 'object') + (Object.getPrototypeOf(v) === (Array.isArray(v) ? Array : Object).prototype) + '{' +
			Reflect.ownKeys(members).map((k) => escape(k) + members[k].writable + members[k].enumerable + members[k].configurable + ':' + one(members[k].value)).join() + '}';
	};
	return one(v);
}`

// jsonCheck compares ParseJSON with goja's JSON.parse in one runtime.
type jsonCheck struct {
	a               *API
	parse, describe goja.Callable
}

func newJSONCheck(t testing.TB) *jsonCheck {
	a := newAPI(t)
	c := &jsonCheck{a: a}
	c.parse, _ = goja.AssertFunction(a.vm.Get("JSON").(*goja.Object).Get("parse"))
	v, err := a.vm.RunString(describe)
	if err != nil {
		t.Fatal(err)
	}
	c.describe, _ = goja.AssertFunction(v)
	// What a script may do to what objects inherit from.
	if _, err := a.vm.RunString(`Object.defineProperty(Object.prototype, 'odd', { set() { throw new Error('set'); }, configurable: true })`); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *jsonCheck) check(t *testing.T, document string) (ok bool) {
	t.Helper()
	got, ok := c.a.ParseJSON(document)
	if !ok {
		return false
	}
	want, err := c.parse(goja.Undefined(), c.a.vm.ToValue(document))
	if err != nil {
		t.Fatalf("%q is read, and JSON.parse says %v", document, err)
	}
	told := func(v goja.Value) string {
		d, err := c.describe(goja.Undefined(), v)
		if err != nil {
			t.Fatal(err)
		}
		return d.String()
	}
	if g, w := told(got), told(want); g != w {
		t.Errorf("%q is %s, want %s", document, g, w)
	}
	return true
}

var jsonDocuments = map[string]bool{
	`{"name":"Ada","visits":12,"tags":["a","b"]}`: true, ` [ 1 , -2.5e-3, true , false,null,{} , [ ] ] `: true,
	`"a\n\t\"\\\/\b\f\r"`: true, `"ä€😀"`: true, `{"b":1,"2":2,"a":3,"1":4,"b":5,"odd":6,"toString":7,"":8}`: true,
	`0`: true, `-0`: true, `-0.0`: true, `1e3`: true, `1E+2`: true, `123456789012345678901234567890`: true, `9007199254740993`: true, `-9007199254740993`: true,
	`999999999999999`: true, `1e-400`: true, `0.1`: true, `""`: true, `null`: true,
	strings.Repeat("[", 60) + strings.Repeat("]", 60): true, strings.Repeat("[", 100) + strings.Repeat("]", 100): false,
	``: false, ` `: false, `{`: false, `{"a"}`: false, `{"a":}`: false, `{"a":1,}`: false, `[1,]`: false, `[,]`: false, `01`: false, `-`: false, `1.`: false,
	`.5`: false, `+1`: false, `1e`: false, `1e999`: false, `nul`: false, `truee`: false, `"a`: false, "\"a\nb\"": false, `"\x"`: false, `"\u0041"`: false,
	`"\ud800"`: false, "\"\xff\"": false, `{"__proto__":1}`: false, `{a:1}`: false, `'a'`: false, `1 2`: false, `NaN`: false, "\u00a01": false, "\ufeff1": false,
}

func TestParseJSON(t *testing.T) {
	c := newJSONCheck(t)
	for document, want := range jsonDocuments {
		if got := c.check(t, document); got != want {
			t.Errorf("%q is read: %t, want %t", document, got, want)
		}
	}
}

func FuzzParseJSON(f *testing.F) {
	for document := range jsonDocuments {
		f.Add(document)
	}
	c := newJSONCheck(f)
	f.Fuzz(func(t *testing.T, document string) { c.check(t, document) })
}

// JSON.parse is what it was, but faster.
func TestJSONParse(t *testing.T) {
	a := newAPI(t)
	for source, want := range map[string]string{
		`JSON.parse('[1,"a"]').length`:                                                                 "2",
		`JSON.parse('{"a":1}', (k, v) => k === 'a' ? v + 1 : v).a`:                                     "2",
		`JSON.parse(12) + JSON.parse({ toString() { return '3'; } })`:                                  "15",
		`JSON.parse('"\\u0041"')`:                                                                      "A",
		`Object.keys(JSON.parse('{"__proto__":1}')).join()`:                                            "__proto__",
		`JSON.parse.name + JSON.parse.length + Object.keys(JSON).length`:                               "parse20",
		`try { JSON.parse('{') } catch (e) { e instanceof SyntaxError }`:                               "true",
		`try { JSON.parse() } catch (e) { e instanceof SyntaxError }`:                                  "true",
		`try { JSON.parse({ toString() { throw new RangeError('x') } }) } catch (e) { e.name }`:        "RangeError",
		`try { new JSON.parse('1') } catch (e) { e.name }`:                                             "TypeError",
		`const own = JSON.parse; JSON.parse = () => 7; const r = JSON.parse('1'); JSON.parse = own; r`: "7",
	} {
		v, err := a.vm.RunString(source)
		if err != nil {
			t.Errorf("%s: %v", source, err)
		} else if v.String() != want {
			t.Errorf("%s is %v, want %s", source, v, want)
		}
	}
}
