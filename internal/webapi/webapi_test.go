package webapi

import (
	"net/http"
	"testing"

	"github.com/dop251/goja"
	"github.com/google/go-cmp/cmp"
)

func testAPI(t testing.TB) (*goja.Runtime, *API) {
	t.Helper()
	vm := goja.New()
	a, err := Install(vm, Env{Random: func(p []byte) {
		for i := range p {
			p[i] = byte(i)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	return vm, a
}

func TestRoundTrip(t *testing.T) {
	vm, a := testAPI(t)
	v, err := vm.RunString(`(r) => new Response(r.method + r.url + r.headers.get('X-Y'), {status: 201, headers: {a: 'b'}})`)
	if err != nil {
		t.Fatal(err)
	}
	f, _ := goja.AssertFunction(v)
	req, err := a.NewRequest(&Request{Method: "GET", URL: "https://a.example/x y?q", Headers: http.Header{"X-Y": {"z"}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	out, err := f(goja.Undefined(), req)
	if err != nil {
		t.Fatal(err)
	}
	got, pending, err := a.ReadResponse(out)
	if err != nil || pending != nil {
		t.Fatal(err, pending)
	}
	want := &Response{Status: 201, Headers: http.Header{"A": {"b"}, "Content-Type": {"text/plain;charset=UTF-8"}}, Body: []byte("GEThttps://a.example/x%20y?qz")}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func BenchmarkInvocation(b *testing.B) {
	vm, a := testAPI(b)
	v, err := vm.RunString(`(r) => new Response(JSON.stringify({a: 1, b: 'two'}))`)
	if err != nil {
		b.Fatal(err)
	}
	f, _ := goja.AssertFunction(v)
	h := http.Header{"Accept": {"*/*"}, "User-Agent": {"kvbench"}}
	b.ReportAllocs()
	for b.Loop() {
		req, _ := a.NewRequest(&Request{Method: "GET", URL: "https://a.example/x?q", Headers: h}, nil)
		out, err := f(goja.Undefined(), req)
		if err != nil {
			b.Fatal(err)
		}
		if _, _, err := a.ReadResponse(out); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkInstall(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		testAPI(b)
	}
}
