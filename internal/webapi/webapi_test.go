package webapi

import (
	"errors"
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
	}, Timer: func(_ float64, f func()) { f() }})
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

// run calls a function of one argument in the script.
func run(t testing.TB, vm *goja.Runtime, source string, arg goja.Value) goja.Value {
	t.Helper()
	v, err := vm.RunString(source)
	if err != nil {
		t.Fatal(err)
	}
	f, ok := goja.AssertFunction(v)
	if !ok {
		t.Fatalf("%s is no function", source)
	}
	out, err := f(goja.Undefined(), arg)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A body that is a stream comes later, and what it comes to is read by Bytes.
func TestStreamedBody(t *testing.T) {
	vm, a := testAPI(t)
	var in *goja.Object
	if err := vm.Set("give", func(c *goja.Object) { in = c }); err != nil {
		t.Fatal(err)
	}
	v := run(t, vm, `() => new Response(new ReadableStream({start: give}), {status: 202})`, goja.Undefined())
	r, pending, err := a.ReadResponse(v)
	if err != nil || pending == nil || r.Body != nil || r.Status != 202 {
		t.Fatal(r, pending, err)
	}
	p := pending.Export().(*goja.Promise)
	if p.State() != goja.PromiseStatePending {
		t.Fatal("it does not wait for the stream")
	}
	run(t, vm, `(c) => { c.enqueue(new Uint8Array([104])); c.enqueue(new Uint8Array([105])); c.close() }`, in)
	if p.State() != goja.PromiseStateFulfilled {
		t.Fatal("it waits after the stream has ended")
	}
	if b, err := a.Bytes(p.Result()); err != nil || string(b) != "hi" {
		t.Fatal(string(b), err)
	}
	if _, _, err := a.ReadResponse(v); err == nil {
		t.Error("a body is read twice")
	}
}

func TestReadWhatIsNone(t *testing.T) {
	vm, a := testAPI(t)
	for _, source := range []string{`() => 1`, `() => null`, `() => undefined`, `() => ({status: 200})`, `() => new Request('https://a.b')`} {
		if _, _, err := a.ReadResponse(run(t, vm, source, goja.Undefined())); !errors.Is(err, ErrNotMessage) {
			t.Errorf("%s is taken for a Response: %v", source, err)
		}
	}
}

func TestOutgoingRequest(t *testing.T) {
	vm, a := testAPI(t)
	init := run(t, vm, `() => ({method: 'put', body: 'ä', headers: {A: 'é'}, signal: AbortSignal.abort('why')})`, goja.Undefined())
	q, err := a.AsRequest(vm.ToValue("https://a.b/x y"), init)
	if err != nil {
		t.Fatal(err)
	}
	r, pending, signal, err := a.ReadRequest(q)
	if err != nil || pending != nil || signal == nil || !signal.Get("aborted").ToBoolean() {
		t.Fatal(pending, signal, err)
	}
	want := &Request{
		Method: "PUT", URL: "https://a.b/x%20y", Body: []byte("ä"),
		Headers: http.Header{"A": {"é"}, "Content-Type": {"text/plain;charset=UTF-8"}},
	}
	if d := cmp.Diff(want, r); d != "" {
		t.Error(d)
	}
	if _, err := a.AsRequest(vm.ToValue("/x"), goja.Undefined()); err == nil {
		t.Error("a URL without a host is taken")
	}
}

func TestIncomingResponse(t *testing.T) {
	vm, a := testAPI(t)
	v, err := a.NewResponse(&Response{Status: 404, StatusText: "Not Found", Body: []byte("{}"), Headers: http.Header{
		"Set-Cookie": {"a=1", "b=2"}, "X-Bad": {"a\r\nX-Other: b"},
	}}, "https://a.b/")
	if err != nil {
		t.Fatal(err)
	}
	got := run(t, vm, `(r) => { try { r.headers.set('a', 'b') } catch (e) { return [r.status, r.ok, r.statusText, r.url, r.headers.getSetCookie(), r.headers.get('x-bad'), e.name].join('|') } }`, v)
	if want := "404|false|Not Found|https://a.b/|a=1,b=2|a  X-Other: b|TypeError"; got.String() != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// What a script passes through is what came in.
func TestPassThrough(t *testing.T) {
	vm, a := testAPI(t)
	v, err := a.NewRequest(&Request{Method: "POST", URL: "https://a.b/?q", Headers: http.Header{"X": {"1", "2"}}, Body: []byte{0, 255}}, vm.ToValue(map[string]any{"colo": "ZRH"}))
	if err != nil {
		t.Fatal(err)
	}
	q := run(t, vm, `(r) => { if (r.cf.colo !== 'ZRH') throw new Error('cf'); const q = new Request(r); q.headers.set('y', '3'); return q }`, v)
	r, _, _, err := a.ReadRequest(q)
	if err != nil {
		t.Fatal(err)
	}
	want := &Request{Method: "POST", URL: "https://a.b/?q", Headers: http.Header{"X": {"1, 2"}, "Y": {"3"}}, Body: []byte{0, 255}}
	if d := cmp.Diff(want, r); d != "" {
		t.Error(d)
	}
}

func TestInstallNeedsRandomness(t *testing.T) {
	if _, err := Install(goja.New(), Env{}); err == nil {
		t.Error("it takes no source of randomness")
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
