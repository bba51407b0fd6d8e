package emulator

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kvbench/drivers"
	"kvbench/internal/clock"
	"kvbench/kv"
)

const (
	testAccount = "0123456789abcdef0123456789abcdef"
	testToken   = "secret"
)

// movable is a wall clock that can be moved forward, and stopped.
type movable struct {
	*clock.Wall
	ahead   atomic.Int64
	stopped atomic.Int64 // 0: it goes on
}

func newMovable() *movable { return &movable{Wall: clock.NewWall()} }

func (m *movable) Now() time.Duration {
	now := time.Duration(m.stopped.Load())
	if now == 0 {
		now = m.Wall.Now()
	}
	return now + time.Duration(m.ahead.Load())
}

// stop stops the clock, and returns its time in seconds of Unix time.
func (m *movable) stop() int64 {
	m.stopped.Store(int64(m.Wall.Now()))
	return m.Epoch().Add(m.Now()).Unix()
}

func (m *movable) advance(d time.Duration) { m.ahead.Add(int64(d)) }

// host is a server with one namespace, called bench, on a loopback address.
type host struct {
	t testing.TB
	*Server
	url   string // of the server
	via   http.RoundTripper
	space string // path of the namespace
	clk   *movable
}

// start serves a store until the test ends.
func start(t testing.TB, driver string, c Config) *host {
	t.Helper()
	clk := newMovable()
	c.Account, c.Token, c.Clock = testAccount, testToken, clk
	c.Open = func(string) (kv.Store, error) { return drivers.Open(driver, drivers.Env{Clock: clk, Seed: 1}) }
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Ensure("bench", ""); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	t.Cleanup(func() {
		server.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return &host{t, s, server.URL, http.DefaultTransport, spacesPath + "/" + IDOf("bench"), clk}
}

const spacesPath = root + "/accounts/" + testAccount + below

// answer is what a call was answered with.
type answer struct {
	status int
	header http.Header
	body   []byte
	envelope
}

// do makes a call with the right token.
func (h *host) do(method, path string, body io.Reader, headers ...string) answer {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), method, h.url+path, body)
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+testToken)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if r.Header.Get("Authorization") == "" {
		r.Header.Del("Authorization")
	}
	res, err := h.via.RoundTrip(r) // no redirects
	if err != nil {
		h.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	a := answer{status: res.StatusCode, header: res.Header}
	if a.body, err = io.ReadAll(res.Body); err != nil {
		h.t.Fatal(err)
	}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(a.body, &a.envelope); err != nil {
			h.t.Fatalf("%s %s: %v\n%s", method, path, err, a.body)
		}
	}
	return a
}

// put writes a value that must be taken.
func (h *host) put(key, value string) {
	h.t.Helper()
	if a := h.do("PUT", h.value(key), strings.NewReader(value)); a.status != http.StatusOK {
		h.t.Fatalf("put %q: %d %s", key, a.status, a.body)
	}
}

// value is the path of a key's value.
func (h *host) value(key string) string { return h.space + "/values/" + url.PathEscape(key) }

// zeros reads so many bytes.
func zeros(n int64) io.Reader { return io.LimitReader(zero{}, n) }

type zero struct{}

func (zero) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// sized is a body that says its length.
func sized(n int) io.Reader { return bytes.NewReader(make([]byte, n)) }
