package webapi

import (
	"slices"
	"testing"

	"github.com/dop251/goja"
	"github.com/google/go-cmp/cmp"
	"github.com/nlnwa/whatwg-url/url"
)

// plainURLs are plain but for those that are not.
var plainURLs = map[string]bool{
	"https://example.com/": true, "https://example.com/user/42?a=b&c": true, "http://a/b": true, "https://my-api.v2.example.com/x%C3%A4/y;z=1": true,
	"https://example.com/a//b": true, "https://example.com/a.b/c..": true, "https://example.com/%zz": true, "https://e.co/a?b=%2e?/": true,
	"https://example.com": false, "https://example.com/?": false, "https://example.com/#a": false, "https://example.com/../a": false,
	"https://example.com/a/.": false, "https://example.com/a/%2e%2e/b": false, "https://1.2.3.4/": false, "https://example.0x7f/": false,
	"https://xn--bcher-kva.example/": false, "https://Example.com/": false, "https://example.com:443/": false, "https://u@example.com/": false,
	"https://a..b/": false, "https://-a.b/": false, "https://a-.b/": false, "https://example.com./": false, "https://example.com/a b": false,
	"https://example.com/?a'b": false, "https:/example.com/": false, "HTTPS://example.com/": false, "https:///a": false, "": false,
}

// What is taken for plain is, part by part, what the parser makes of it.
func checkPlain(t *testing.T, a *API, s string) (plain bool) {
	t.Helper()
	u, ok := parsePlain(s)
	if !ok {
		return false
	}
	parsed, err := url.Parse(s)
	if err != nil {
		t.Fatalf("%q is taken for plain, and is %v", s, err)
	}
	got := a.plainParts(u, a.vm.ToValue(s)).Export()
	want := a.parts(parsed, parsed.Href(false)).Export()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%q (-parsed +plain):\n%s", s, diff)
	}
	return true
}

func newAPI(t testing.TB) *API {
	t.Helper()
	a, err := Install(goja.New(), Env{Random: func([]byte) {}})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestPlainURL(t *testing.T) {
	a := newAPI(t)
	for s, want := range plainURLs {
		if got := checkPlain(t, a, s); got != want {
			t.Errorf("%q is plain: %t, want %t", s, got, want)
		}
	}
	// Each byte and each pair of bytes, in each of the parts.
	odd := []byte(" \"#%&'+,-./09:;<=>?@AZ[\\]^_`az{|}~!$()*\x00\x1f\x7f\x80\xc3\xff")
	for _, x := range odd {
		for _, y := range odd {
			two := string([]byte{x, y})
			for _, s := range []string{"https://a" + two + "b/", "https://" + two + "/", "https://b.a" + two + "/c", "https://a.b/" + two, "https://a.b/c" + two + "d", "https://a.b/c?" + two, "https://a.b/c?d" + two + "e", "https://a.b/%" + two, "https://a.b/%" + two + "/d"} {
				checkPlain(t, a, s)
			}
		}
	}
}

func FuzzPlainURL(f *testing.F) {
	var all []string
	for s := range plainURLs {
		all = append(all, s)
	}
	slices.Sort(all)
	for _, s := range all {
		f.Add(s)
	}
	a := newAPI(f)
	f.Fuzz(func(t *testing.T, s string) {
		checkPlain(t, a, s)
		checkPlain(t, a, "https://example.com/"+s)
		checkPlain(t, a, "https://"+s+"/")
	})
}
