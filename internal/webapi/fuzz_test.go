package webapi

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"testing"
	"unicode/utf8"
)

func FuzzMultipart(f *testing.F) {
	f.Add([]byte("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--\r\n"), "multipart/form-data; boundary=b")
	f.Add([]byte("--b--"), "multipart/form-data; boundary=\"b\"")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		parts, err := parseMultipart(body, contentType)
		if err != nil {
			return
		}
		n := 0
		for _, p := range parts {
			n += len(p.content)
		}
		if n > len(body) {
			t.Errorf("%d bytes of content in a body of %d", n, len(body))
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("a\xe2\x82"), 1)
	f.Fuzz(func(t *testing.T, b []byte, cut int) {
		s := decode(b)
		if !utf8.ValidString(s) || utf8.Valid(b) && s != string(b) {
			t.Errorf("%q becomes %q", b, s)
		}
		// In two pieces it is the same as in one.
		if cut < 0 || cut > len(b) {
			return
		}
		n := cut - unfinished(b[:cut])
		if two := decode(b[:n]) + decode(b[n:]); two != s {
			t.Errorf("%q cut at %d becomes %q, not %q", b, cut, two, s)
		}
		decode16(b, true)
	})
}

func FuzzBase64(f *testing.F) {
	f.Add("YWI=")
	f.Fuzz(func(t *testing.T, s string) {
		b, ok := forgiving(s)
		if back, ok2 := forgiving(base64.StdEncoding.EncodeToString(b)); ok && (!ok2 || !bytes.Equal(back, b)) {
			t.Errorf("%q becomes %q, and then %q", s, b, back)
		}
	})
}

func FuzzHeaders(f *testing.F) {
	f.Add("a", "b", "c")
	f.Fuzz(func(t *testing.T, name, v1, v2 string) {
		if len(parseFlat(name)) > len(name) {
			t.Error("more headers than bytes")
		}
		got := parseFlat(flat(http.Header{"X-Name": {v1, v2}}))
		if len(got) != 1 || len(got["X-Name"]) != 2 {
			t.Errorf("%q and %q become %q", v1, v2, got)
		}
	})
}

func FuzzRegexp(f *testing.F) {
	f.Add(`^[\p{L}-]\P{Lu}$`)
	f.Fuzz(func(_ *testing.T, source string) { _, _ = new(API).properties(source) })
}
