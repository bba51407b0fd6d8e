package workerd

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// hostile are texts that end, escape or break strings.
var hostile = []string{
	"", `"`, `\`, `\"`, `\\`, `\x41`, "\x00", "a\x00b", "\x01\x1f\x7f\u0080", "é", "\u2028\u2029", "🙂", "${x}", "`", "'",
	"\r\n", "\t", "*/", "//", "#", `"), (name = "x`, "embed \"/etc/passwd\"", strings.Repeat(`"\`, 1000),
}

func TestHostileTexts(t *testing.T) {
	vars, want := map[string]string{}, map[string]string{}
	for i, s := range hostile {
		name := string(rune('a'+i)) + " " + s
		vars[name] = string(must(json.Marshal(s)))
		want[name] = s
	}
	literals := string(must(json.Marshal(hostile)))
	var raw []string // as they are between backquotes, where nothing has to be escaped
	for _, s := range hostile {
		if !strings.ContainsAny(s, "\\`$\r") {
			raw = append(raw, s)
		}
	}
	name := `m"\é ${x}.js`
	p := start(t, Config{
		Workers: []Worker{{Name: `w"\é` + "\n", Date: "2026-04-01", Vars: vars, Modules: []Module{
			{"main.js", `import * as m from ` + string(must(json.Marshal("./"+name))) + `; export default { fetch(r, env) { return Response.json({ env, literals: m.literals, raw: m.raw }) } }`},
			{name, "export const literals = " + literals + "; export const raw = [`" + strings.Join(raw, "`,`") + "`];"},
		}}},
		Sockets: []Socket{{Name: `s"\é`, Worker: `w"\é` + "\n"}},
	}, io.Discard)
	var got struct {
		Env           map[string]string
		Literals, Raw []string
	}
	if err := json.Unmarshal([]byte(get(t, p, `s"\é`, "/")), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got.Env); diff != "" {
		t.Error("variables:", diff)
	}
	if diff := cmp.Diff(hostile, got.Literals); diff != "" {
		t.Error("literals:", diff)
	}
	if diff := cmp.Diff(raw, got.Raw); diff != "" {
		t.Error("raw:", diff)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestVarsKeepTheirKinds(t *testing.T) {
	c := one(`export default { fetch(r, env) { return Response.json(env) } }`)
	c.Workers[0].Vars = map[string]string{"T": `"a"`, "N": `1.5`, "Z": `null`, "B": `true`, "O": `{"a":["é"]}`}
	p := start(t, c, io.Discard)
	if got, want := get(t, p, "http", "/"), `{"B":true,"N":1.5,"O":{"a":["é"]},"T":"a","Z":null}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestLargeModule(t *testing.T) {
	const size = 2 << 20
	p := start(t, one(`const s = "`+strings.Repeat("é", size/2)+`"; export default { fetch() { return new Response(String(s.length)) } }`), io.Discard)
	if got := get(t, p, "http", "/"); got != "1048576" {
		t.Error(got)
	}
}

// serve serves what an External asks for, at the address that it returns.
func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	l, address, err := Listen()
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(h)
	s.Listener.Close()
	s.Listener = l
	s.Start()
	t.Cleanup(s.Close)
	return address
}

func TestExternals(t *testing.T) {
	address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, strings.Join([]string{r.Header.Get("X-At"), r.Method, r.Header.Get("X-Proto"), r.Host, r.URL.Path}, " "))
	})
	external := func(name string) External {
		return External{Name: name, Address: address, Headers: []Header{{"X-At", name + ` "quoted"`}}}
	}
	out := external("out")
	out.ProtoHeader = "X-Proto"
	code := `export default { async fetch(r, env) {
		const got = await env.KV.get("some key");
		const fetched = await (await fetch("https://example.com/p")).text();
		let cached; try { cached = String(await caches.default.match("https://example.com/c")) } catch (e) { cached = String(e) }
		return Response.json([got, fetched, cached]) } }`
	p := start(t, Config{
		Workers: []Worker{
			{Name: "w", Date: "2026-04-01", Modules: []Module{{"w.js", code}}, KV: []Binding{{"KV", "here"}}, Outbound: "out"},
			{Name: "v", Date: "2026-04-01", Modules: []Module{{"w.js", code}}, KV: []Binding{{"KV", "there"}}, Outbound: "out"},
		},
		Externals: []External{external("here"), external("there"), out},
		Sockets:   []Socket{{Name: "w", Worker: "w"}, {Name: "v", Worker: "v"}},
	}, io.Discard)
	for socket, at := range map[string]string{"w": "here", "v": "there"} {
		var got []string
		if err := json.Unmarshal([]byte(get(t, p, socket, "/")), &got); err != nil {
			t.Fatal(err)
		}
		if len(got) != 3 || !strings.HasPrefix(got[0], at+` "quoted" GET  `) || !strings.HasSuffix(got[0], "/some key") ||
			got[1] != `out "quoted" GET https example.com /p` || !strings.Contains(got[2], "No Cache was configured") {
			t.Errorf("%s: %q", at, got)
		}
	}
}

// A Worker without an outbound is told so, and asks nobody.
func TestNoOutbound(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p := start(t, one(`export default { async fetch() {
		try { return await fetch("http://`+l.Addr().String()+`/x") } catch (e) { return new Response(String(e)) } } }`), io.Discard)
	if got := get(t, p, "http", "/"); !strings.Contains(got, "no network") || !strings.Contains(got, l.Addr().String()) {
		t.Error(got)
	}
}

func TestConfigRefused(t *testing.T) {
	with := func(change func(*Config)) Config {
		c := one(hello)
		change(&c)
		return c
	}
	for _, tt := range []struct {
		c    Config
		want string
	}{
		{with(func(c *Config) { c.Sockets = nil }), "without a socket"},
		{with(func(c *Config) { c.Sockets[0].Worker = "x" }), `no worker "x"`},
		{with(func(c *Config) { c.Workers[0].Modules = nil }), "has no module"},
		{with(func(c *Config) { c.Workers = append(c.Workers, c.Workers[0]) }), "twice"},
		{with(func(c *Config) { c.Externals = []External{{Name: "w"}} }), "twice"},
		{with(func(c *Config) { c.Workers[0].KV = []Binding{{"KV", "x"}} }), `no external "x"`},
		{with(func(c *Config) { c.Workers[0].Outbound = "x" }), `no external "x"`},
		{with(func(c *Config) { c.Workers[0].Cache = "x" }), `no external "x"`},
		{with(func(c *Config) { c.Workers[0].Vars = map[string]string{"V": "{"} }), "not JSON"},
		{with(func(c *Config) { c.Workers[0].Name = inside }), "begin with kvbench:"},
	} {
		if _, err := text(tt.c); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got %v, want %q", err, tt.want)
		}
	}
}
