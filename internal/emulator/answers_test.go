package emulator

import (
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"kvbench/kv"

	"github.com/google/go-cmp/cmp"
)

// Times of expiry are kept as they were given, whichever way they came.
func TestFarExpiry(t *testing.T) {
	h := start(t, "embedded://?profile=none&propagation=0", Config{})
	now := h.clk.Epoch().Add(h.clk.Now()).Unix()
	form := "--b\r\nContent-Disposition: form-data; name=\"value\"\r\n\r\nv\r\n--b--\r\n"
	for _, tt := range []struct {
		name, value string
		least       int64
	}{
		{"expiration", "10000000000", 10_000_000_000},
		{"expiration", "253402300799", 253_402_300_799},
		{"expiration_ttl", "9223372036", now + 9_223_372_036},
		{"expiration_ttl", "3600", now + 3600},
	} {
		for way, a := range map[string]answer{
			"query": h.do("PUT", h.value("query")+"?"+tt.name+"="+tt.value, strings.NewReader("v")),
			"form":  h.do("PUT", h.value("form")+"?"+tt.name+"="+tt.value, strings.NewReader(form), "Content-Type", "multipart/form-data; boundary=b"),
			"bulk":  h.do("PUT", h.space+"/bulk", strings.NewReader(fmt.Sprintf(`[{"key":"bulk","value":"v",%q:%s}]`, tt.name, tt.value))),
		} {
			if a.status != 200 {
				t.Errorf("%s of %s by %s: %d %s", tt.name, tt.value, way, a.status, a.body)
			}
			got := h.do("GET", h.value(way), nil)
			var ends int64
			if _, err := fmt.Sscan(got.header.Get("Expiration"), &ends); err != nil || ends < tt.least || ends > tt.least+60 || string(got.body) != "v" {
				t.Errorf("%s of %s by %s: it ends at %d: %d %s", tt.name, tt.value, way, ends, got.status, got.body)
			}
		}
	}
}

// All three ways to write refuse the same times of expiry, with the same text.
func TestSameExpiry(t *testing.T) {
	h := start(t, "embedded://?profile=none&propagation=0", Config{})
	form := "--b\r\nContent-Disposition: form-data; name=\"value\"\r\n\r\nv\r\n--b--\r\n"
	for _, name := range []string{"expiration", "expiration_ttl"} {
		for _, value := range []string{"0", "-1", "1", "59", "60.5", "1e400", fmt.Sprint(uint64(math.MaxUint64)), "9223372036854775807", "9223372037000", "1e12"} {
			texts := map[message]bool{}
			for _, a := range []answer{
				h.do("PUT", h.value("k")+"?"+name+"="+value, strings.NewReader("v")),
				h.do("PUT", h.value("k")+"?"+name+"="+value, strings.NewReader(form), "Content-Type", "multipart/form-data; boundary=b"),
				h.do("PUT", h.space+"/bulk", strings.NewReader(fmt.Sprintf(`[{"key":"k","value":"v",%q:%s}]`, name, value))),
			} {
				if a.status != 400 || len(a.Errors) != 1 {
					t.Fatalf("%s of %s: %d %s", name, value, a.status, a.body)
				}
				m := a.Errors[0]
				m.Message = strings.TrimPrefix(m.Message, "pair 0: ")
				texts[m] = true
			}
			if len(texts) != 1 {
				t.Errorf("%s of %s: %v", name, value, texts)
			}
		}
	}
	if a := h.do("GET", h.value("k"), nil); a.status != 404 {
		t.Errorf("something was stored: %d %s", a.status, a.body)
	}
}

// A form that is wrong, or cut off anywhere, is the client's mistake, and stores
// nothing.
func TestWrongForms(t *testing.T) {
	h := start(t, "embedded://?profile=none&propagation=0", Config{})
	const head = "--b\r\nContent-Disposition: form-data; name=\"value\"\r\n\r\n"
	const whole = head + "v\r\n--b\r\nContent-Disposition: form-data; name=\"metadata\"\r\n\r\n{\"a\":1}\r\n--b--\r\n"
	const kind = "multipart/form-data; boundary=b"
	type put struct{ name, kind, body string }
	tests := []put{
		{"no boundary", "multipart/form-data", whole},
		{"an empty boundary", "multipart/form-data; boundary=", whole},
		{"parameters that are none", "multipart/form-data; boundary", whole},
		{"another boundary", "multipart/form-data; boundary=c", whole},
		{"no parts", kind, "--b--\r\n"},
		{"many parts", kind, strings.Repeat("--b\r\n\r\n\r\n", 101) + whole},
		{"a header that is none", kind, "--b\r\nx\r\n\r\nv\r\n--b--\r\n"},
	}
	for n := range len(whole) - len("--\r\n") { // the last line's end may be missing
		tests = append(tests, put{fmt.Sprintf("the first %d bytes", n), kind, whole[:n]})
	}
	for _, tt := range tests {
		a := h.do("PUT", h.value("k"), strings.NewReader(tt.body), "Content-Type", tt.kind)
		if a.status != 400 || len(a.Errors) != 1 || a.Errors[0].Code != codeForm {
			t.Errorf("%s: %d %s", tt.name, a.status, a.body)
		}
	}
	if a := h.do("GET", h.value("k"), nil); a.status != 404 {
		t.Errorf("something was stored: %d %s", a.status, a.body)
	}
	if a := h.do("PUT", h.value("k"), strings.NewReader(whole), "Content-Type", "Multipart/Form-Data; boundary=b"); a.status != 200 {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// What has no effect is not dropped in silence.
func TestIgnored(t *testing.T) {
	h := start(t, "embedded://?profile=none&propagation=0", Config{})
	h.put("k", "v")
	form := "--b\r\nContent-Disposition: form-data; name=\"value\"\r\n\r\nv\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"metadata.a\"\r\n\r\n1\r\n--b--\r\n"
	const value = "--b\r\nContent-Disposition: form-data; name=\"value\"\r\n\r\nv\r\n"
	twice := value + value + "--b--\r\n"
	for _, tt := range []struct {
		method, path, body, kind string
		want                     []string
	}{
		{"PUT", h.value("k") + "?ttl=60&exp=1", "v", "", []string{`parameter "exp" is not known and was ignored`, `parameter "ttl" is not known and was ignored`}},
		{"PUT", h.value("k"), form, "multipart/form-data; boundary=b", []string{`form part "metadata.a" is not known and was ignored`}},
		{"PUT", h.value("k"), twice, "multipart/form-data; boundary=b", []string{`form part "value" is given more than once: the last counts`}},
		{"PUT", h.space + "/bulk", `[{"key":"k","key":"l","value":"v","metadata":1,"metadata":2}]`, "", []string{`pair 0: field "key" is given more than once: the last counts`, `pair 0: field "metadata" is given more than once: the last counts`}},
		{"GET", h.space + "/keys?limit=10&limit=20", "", "", []string{`parameter "limit" is given more than once: the first counts`}},
		{"GET", spacesPath + "?page=1&per_page=5&order=id&direction=asc", "", "", nil},
		{"POST", spacesPath, `{"title":"new","colour":"red"}`, "", []string{`the body has more than was taken of it: json: unknown field "colour"`}},
		{"PUT", h.space + "/bulk", `[{"key":"k","value":"v","ttl":60}]`, "", []string{`pair 0: field "ttl" is not known and was ignored`}},
		{"POST", h.space + "/bulk/get", `{"keys":["k"],"cacheTtl":60}`, "", []string{`the body has more than was taken of it: json: unknown field "cacheTtl"`}},
		{"DELETE", h.value("k") + "?x", "", "", []string{`parameter "x" is not known and was ignored`}},
		{"GET", h.value("gone") + "?x", "", "", []string{`parameter "x" is not known and was ignored`}},
	} {
		a := h.do(tt.method, tt.path, strings.NewReader(tt.body), "Content-Type", tt.kind)
		var got []string
		for _, m := range a.Messages {
			got = append(got, m.Message)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" || a.status != 200 && a.status != 404 {
			t.Errorf("%s %s: %d %s", tt.method, tt.path, a.status, diff)
		}
	}
	h.put("k", "v")
	a := h.do("GET", h.value("k")+"?cache_ttl=60", nil)
	if got := a.header.Get("Warning"); got != `299 - "parameter \"cache_ttl\" is not known and was ignored"` || string(a.body) != "v" {
		t.Errorf("%s %s", got, a.body)
	}
	many := h.do("PUT", h.space+"/bulk", list(10_000, `{"key":"k","value":"v","a":1}`))
	if many.status != 200 || len(many.Messages) != maxIgnored {
		t.Errorf("%d, %d messages", many.status, len(many.Messages))
	}
}

// An account has a thousand namespaces, however they were made.
func TestTooManyNamespaces(t *testing.T) {
	h := start(t, "embedded://?profile=none&propagation=0", Config{})
	shared := h.spaces.list()[0].store // all of them, so that it takes no time
	h.open = func(string) (kv.Store, error) { return shared, nil }
	for i := range maxSpaces - 2 {
		if err := h.Ensure(fmt.Sprint(i), ""); err != nil {
			t.Fatal(err)
		}
	}
	title := func(text string) *strings.Reader { return strings.NewReader(`{"title":"` + text + `"}`) }
	if a := h.do("POST", spacesPath, title("the last")); a.status != 200 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if a := h.do("POST", spacesPath, title("one too many")); a.status != 400 || a.Errors[0] != (message{10018, "an account has at most 1000 namespaces"}) {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := h.do("PUT", h.space, title("another title")); a.status != 200 {
		t.Errorf("a rename: %d %s", a.status, a.body)
	}
	if err := h.Ensure("one too many", ""); !kv.HasStatus(err, 400) {
		t.Error(err)
	}
}

// A read on the plain path asks the central store; below /at/N it is location N's,
// and so it is everywhere where the server is told so.
func TestEdgeReads(t *testing.T) {
	for _, edge := range []bool{false, true} {
		h := start(t, "embedded://?profile=none&locations=2&propagation=60s", Config{EdgeReads: edge})
		reads := func(at string) (got []string) {
			for _, a := range []answer{
				h.do("GET", at+h.value("k"), nil),
				h.do("GET", at+h.space+"/metadata/k", nil),
				h.do("POST", at+h.space+"/bulk/get", strings.NewReader(`{"keys":["k"]}`)),
			} {
				got = append(got, fmt.Sprint(a.status, strings.Contains(string(a.body), "null")))
			}
			return got
		}
		absent, there := []string{"404 true", "404 true", "200 true"}, []string{"200 false", "200 true", "200 false"}
		for _, at := range []string{"", "/at/0", "/at/1"} {
			if diff := cmp.Diff(absent, reads(at)); diff != "" {
				t.Errorf("%v, %s before: %s", edge, at, diff)
			}
		}
		if a := h.do("PUT", "/at/1"+h.value("k"), strings.NewReader("v")); a.status != http.StatusOK {
			t.Fatalf("%d %s", a.status, a.body)
		}
		want := map[string][]string{"": there, "/at/0": absent, "/at/1": there}
		if edge {
			want[""] = absent
		}
		for at, want := range want {
			if diff := cmp.Diff(want, reads(at)); diff != "" {
				t.Errorf("%v, %s: %s", edge, at, diff)
			}
		}
		h.clk.advance(time.Hour)
		for at := range want {
			if diff := cmp.Diff(there, reads(at)); diff != "" {
				t.Errorf("%v, %s in the end: %s", edge, at, diff)
			}
		}
	}
}
