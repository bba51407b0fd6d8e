package workerd

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// executable is the workerd that tests run: CI has to have it.
func executable(t testing.TB) string {
	t.Helper()
	path, err := Find("")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return path
}

// start starts a process that ends with the test.
func start(t testing.TB, c Config, log io.Writer) *Process {
	t.Helper()
	p, err := Start(t.Context(), executable(t), c, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Stop() })
	return p
}

// one is a configuration of one Worker of one module, at the socket "http".
func one(code string) Config {
	return Config{
		Workers: []Worker{{Name: "w", Date: "2026-04-01", Modules: []Module{{"w.js", code}}}},
		Sockets: []Socket{{Name: "http", Worker: "w"}},
	}
}

const hello = `export default { fetch() { return new Response("hello") } }`

// get is what a socket answers, as text.
func get(t testing.TB, p *Process, socket, path string) string {
	t.Helper()
	body, err := ask(p, socket, path)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func ask(p *Process, socket, path string) (string, error) {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Minute}
	res, err := client.Get("http://" + p.Address(socket) + path)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return string(body), err
}

// journal is a log that a test reads while it is written.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.String()
}

func TestServes(t *testing.T) {
	p := start(t, one(hello), io.Discard)
	if got := get(t, p, "http", "/"); got != "hello" {
		t.Errorf("got %q", got)
	}
	if err := p.Stop(); err != nil {
		t.Errorf("stopped: %v", err)
	}
	if _, err := net.Dial("tcp", p.Address("http")); err == nil {
		t.Error("its socket is still there")
	}
	if err := p.Stop(); err != nil {
		t.Errorf("stopped again: %v", err)
	}
}

func TestTwoWorkersAreApart(t *testing.T) {
	modules := []Module{
		{"count.js", `import { n } from "./lib/n.js"; let calls = n; export default { fetch(r, env) { return new Response(env.AT + ++calls) } }`},
		{"lib/n.js", `export const n = 10`},
	}
	worker := func(name string) Worker {
		return Worker{Name: name, Date: "2026-04-01", Modules: modules, Vars: map[string]string{"AT": `"` + name + `"`}}
	}
	p := start(t, Config{
		Workers: []Worker{worker("a"), worker("b")},
		Sockets: []Socket{{Name: "first", Worker: "a"}, {Name: "second", Worker: "b"}},
	}, io.Discard)
	var got []string
	for _, socket := range []string{"first", "first", "second", "first"} {
		got = append(got, get(t, p, socket, "/"))
	}
	if s := strings.Join(got, " "); s != "a11 a12 b11 a13" {
		t.Error(s)
	}
}

func TestTwoProcessesAtOnce(t *testing.T) {
	a, b := start(t, one(hello), io.Discard), start(t, one(hello), io.Discard)
	if err := a.Stop(); err != nil {
		t.Fatal(err)
	}
	if got := get(t, b, "http", "/"); got != "hello" {
		t.Error(got)
	}
}

func TestRefused(t *testing.T) {
	broken := one(`export default {`)
	flags := one(hello)
	flags.Workers[0].Flags = []string{"no_such_flag"}
	throws := one(`throw new Error("at once")`)
	for _, tt := range []struct {
		name string
		c    Config
		want string
	}{
		{"syntax error", broken, "SyntaxError"},
		{"unknown flag", flags, "no_such_flag"},
		{"throws when it is loaded", throws, "at once"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Start(t.Context(), executable(t), tt.c, io.Discard)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestStartCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Start(ctx, executable(t), one(hello), io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestOutputGoesToTheLog(t *testing.T) {
	var log journal
	p := start(t, one(`export default { fetch() {
		console.log("to \"log\" é"); console.error("to error");
		return new Response("") } }`), &log)
	get(t, p, "http", "/")
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"to \"log\" é\n", "to error\n"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("%q is not in %q", want, log.String())
		}
	}
}

func TestCrash(t *testing.T) {
	p := start(t, one(`export default { fetch() { console.log("the last line"); return new Response("") } }`), io.Discard)
	get(t, p, "http", "/")
	killGroup(p.cmd.Process.Pid)
	<-p.Done()
	if err := p.Err(); err == nil || !strings.Contains(err.Error(), "signal: killed, not by kvbench") || !strings.Contains(err.Error(), "the last line") {
		t.Errorf("got %v", err)
	}
	if err := p.Stop(); err == nil {
		t.Error("a crash is not stopped")
	}
}

func TestKill(t *testing.T) {
	p := start(t, one(hello), io.Discard)
	why := errors.New("enough")
	p.Kill(why)
	p.Kill(errors.New("more"))
	<-p.Done()
	if !errors.Is(p.Err(), why) {
		t.Error(p.Err())
	}
}
