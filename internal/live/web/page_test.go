package web_test

import (
	"bytes"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"kvbench/internal/live"
	"kvbench/internal/live/web"

	"github.com/google/go-cmp/cmp"
)

func TestPage(t *testing.T) {
	read := func(h http.Handler) (string, http.Header) {
		answer := get(t, h, "/", "text/html")
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatal(answer.Status, err)
		}
		return string(text), answer.Header
	}
	run(t, "a<b>", func(h http.Handler) {
		page, header := read(h)
		for _, want := range []string{
			`<meta http-equiv="refresh" content="2">`, "0 of 1 runs done", "one at ttl 10 s", "modelled latency, virtual time",
			"a&lt;b&gt;", "<td>50%</td><td>12</td><td>12</td>", "<polyline", `<td class="fault">`,
		} {
			if !strings.Contains(page, want) {
				t.Errorf("the page has no %s:\n%s", want, page)
			}
		}
		if strings.Contains(page, "<script") || strings.Contains(page, "http://") {
			t.Error("the page runs or fetches something")
		}
		if policy := header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") {
			t.Errorf("policy %s", policy)
		}
	}, func(h http.Handler) {
		if page, _ := read(h); !strings.Contains(page, "1 of 1 runs done") || strings.Contains(page, "<table") {
			t.Errorf("after the end:\n%s", page)
		}
	})
}

// What is asked for by a name that leads to this machine is refused where it is this
// machine's alone; other paths and methods are too.
func TestRefused(t *testing.T) {
	board := live.New(nil, true, time.Now)
	for _, c := range []struct {
		local             bool
		method, host, url string
		want              int
	}{
		{true, "GET", "127.0.0.1:9090", "/", 200},
		{true, "GET", "[::1]:9090", "/metrics", 200},
		{true, "GET", "localhost:9090", "/", 200},
		{true, "GET", "evil.example:9090", "/", 403},
		{true, "GET", "evil.example", "/metrics", 403},
		{false, "GET", "box.example:9090", "/metrics", 200},
		{true, "POST", "127.0.0.1:9090", "/", 405},
		{true, "GET", "127.0.0.1:9090", "/other", 404},
	} {
		r := httptest.NewRequest(c.method, c.url, nil)
		r.Host = c.host
		w := httptest.NewRecorder()
		web.Handler(board, c.local, log.New(io.Discard, "", 0)).ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%+v: %d", c, w.Code)
		}
	}
}

// The page has the colours of the report's.
func TestColours(t *testing.T) {
	colours := func(file string) []byte {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		root, _, ok := bytes.Cut(text, []byte("\n* {"))
		if !ok {
			t.Fatalf("%s does not begin with its colours", file)
		}
		return root
	}
	if diff := cmp.Diff(string(colours("../../../report/page/page.css")), string(colours("page.css"))); diff != "" {
		t.Error(diff)
	}
}
