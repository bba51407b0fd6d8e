package binding_test

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"kvbench/drivers"
	"kvbench/internal/clock"
	"kvbench/internal/emulator/binding"
	"kvbench/kv"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

// TestMain looks for goroutines that are left when all tests have ended; fuzzing has some.
func TestMain(m *testing.M) {
	status := m.Run()
	if status == 0 && flag.Lookup("test.fuzz").Value.String() == "" {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			status = 1
		}
	}
	os.Exit(status)
}

// client speaks to a server on a socket of the file system.
type client struct {
	testing.TB
	path, token string
}

// host is a server.
type host struct {
	client

	mu       sync.Mutex
	reported []error
	asked    []string // "at|key" of each call of Resolve
}

// serve serves a store until the test ends.
func serve(t testing.TB, store kv.Store, with func(*binding.Server)) *host {
	t.Helper()
	dir, err := os.MkdirTemp("", "kv") // t.TempDir is too long for a socket's path
	if err != nil {
		t.Fatal(err)
	}
	h := &host{client: client{t, filepath.Join(dir, "s"), "0123456789"}}
	l, err := net.Listen("unix", h.path)
	if err != nil {
		t.Fatal(err)
	}
	s := &binding.Server{
		Token: h.token,
		Resolve: func(at, key string) (kv.Store, string, error) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.asked = append(h.asked, at+"|"+key)
			return store, key, nil
		},
		Report: func(err error) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.reported = append(h.reported, err)
		},
	}
	if with != nil {
		with(s)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		_ = os.RemoveAll(dir)
	})
	return h
}

func (h client) dial() net.Conn {
	h.Helper()
	c, err := net.Dial("unix", h.path)
	if err != nil {
		h.Fatal(err)
	}
	if err := c.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		h.Fatal(err)
	}
	return c
}

// reply is an answer: its status line and headers that matter, and its body.
type reply struct{ Status, Metadata, Cache, Body string }

// do sends a request on a connection of its own. lines are of its header.
func (h client) do(request string, body string, lines ...string) reply {
	h.Helper()
	c := h.dial()
	defer c.Close()
	go func() {
		_, _ = fmt.Fprintf(c, "%s HTTP/1.1\r\nHost: x\r\nX-Kvbench-At: %s 0\r\nContent-Length: %d\r\n", request, h.token, len(body))
		for _, line := range lines {
			_, _ = io.WriteString(c, line+"\r\n")
		}
		_, _ = io.WriteString(c, "\r\n"+body)
	}()
	return h.read(c)
}

func (h client) read(c net.Conn) reply {
	h.Helper()
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return reply{Status: "none"}
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		h.Error(err)
	}
	return reply{res.Status, res.Header.Get("CF-KV-Metadata"), res.Header.Get("CF-Cache-Status"), string(data)}
}

func open(t testing.TB, url string) kv.Store {
	t.Helper()
	s, err := drivers.Open(url, drivers.Env{Clock: clock.NewWall(), Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const instantly = "embedded://?profile=none&propagation=0"

func TestProtocol(t *testing.T) {
	h := serve(t, open(t, instantly+"&writes=strict"), nil)
	const ok = "200 OK"
	long := strings.Repeat("x", 2000)
	var got, want []string
	for _, row := range []struct {
		request, body string
		lines         []string
		want          reply
	}{
		{"GET /a?urlencoded=true", "", nil, reply{Status: "404 Not Found"}},
		{"PUT /a%2Fb%20%C3%A9%25?urlencoded=true", "v\x00\xff", []string{`CF-KV-Metadata: {"é":"ü"}`}, reply{Status: ok}},
		{"GET /a%2Fb%20%C3%A9%25?urlencoded=true&cache_ttl=30", "", nil, reply{ok, `{"é":"ü"}`, "", "v\x00\xff"}},
		{"PUT /+?urlencoded=true", "", nil, reply{Status: ok}},
		{"GET /%2B?urlencoded=true", "", nil, reply{Status: ok}},
		{"PUT /j?urlencoded=true&expiration=4102444800", `{"a":[1]}`, nil, reply{Status: ok}},
		{"PUT /b?urlencoded=true", "\xff<\n", nil, reply{Status: ok}},
		{"GET /?key_count_limit=2", "", nil, reply{Status: ok, Body: `{"keys":[{"name":"+"},{"name":"a/b é%","metadata":"{\"é\":\"ü\"}"}],"list_complete":false,"cursor":"CURSOR"}` + "\n"}},
		{"GET /?prefix=j&cursor=", "", nil, reply{Status: ok, Body: `{"keys":[{"name":"j","expiration":4102444800}],"list_complete":true}` + "\n"}},
		{"POST /bulk/get", `{"keys":["none","j","b","j"]}`, nil, reply{Status: ok, Body: "{\"none\"\n:null,\"j\"\n:\"{\\\"a\\\":[1]}\"\n,\"b\"\n:\"\\ufffd<\\n\"\n}"}},
		{"POST /bulk/get", `{"keys":["j","none"],"type":"json","withMetadata":true,"cacheTtl":"60"}`, nil, reply{Status: ok, Body: "{\"j\"\n:{\"value\":{\"a\":[1]},\"metadata\":null},\"none\"\n:null}"}},
		{"POST /bulk/get", `{"keys":["a/b é%"],"withMetadata":true}`, nil, reply{Status: ok, Body: "{\"a/b é%\"\n:{\"value\":\"v\\u0000\\ufffd\"\n,\"metadata\":{\"é\":\"ü\"}}}"}},
		{"DELETE /j?urlencoded=true", "", nil, reply{Status: ok}},
		{"DELETE /j?urlencoded=true", "", nil, reply{Status: ok}},
		{"GET /j?urlencoded=true", "", nil, reply{Status: "404 Not Found"}},

		{"PUT /b?urlencoded=true", "v", nil, reply{Status: "429 Too Many Requests"}},
		{"PUT /c?expiration_ttl=5", "v", nil, reply{Status: "400 Invalid expiration_ttl of 5. Expiration TTL must be at least 60."}},
		{"PUT /c?expiration_ttl=0", "v", nil, reply{Status: "400 Invalid expiration_ttl of 0. Please specify integer greater than 0."}},
		{"PUT /c?expiration_ttl=x", "v", nil, reply{Status: "400 Invalid expiration_ttl of x. Please specify integer greater than 0."}},
		{"PUT /c?expiration=0", "v", nil, reply{Status: "400 Invalid expiration of 0. Please specify integer greater than the current number of seconds since the UNIX epoch."}},
		{"PUT /c", "v", []string{"CF-KV-Metadata: " + long}, reply{Status: "413 Metadata length of 2000 exceeds limit of 1024."}},
		{"PUT /c", "v", []string{"CF-KV-Metadata: " + strings.Repeat(long, 10)}, reply{Status: "431 Request Header Fields Too Large"}},
		{"GET /" + long, "", nil, reply{Status: "414 UTF-8 encoded length of 2000 exceeds key length limit of 512."}},
		{"GET /k?cache_ttl=10", "", nil, reply{Status: "400 Invalid cache_ttl of 10. Cache TTL must be at least 30."}},
		{"GET /k?cache_ttl=0", "", nil, reply{Status: "400 Invalid cache_ttl of 0. Cache TTL must be at least 30."}},
		{"GET /?key_count_limit=1001", "", nil, reply{Status: "400 Invalid key_count_limit of 1001. Please specify an integer less than 1000."}},
		{"POST /bulk/get", `{"keys":[]}`, nil, reply{Status: "400 You must request a minimum of 1 key"}},
		{"POST /bulk/get", `{"keys":["` + strings.Repeat(`k","`, 100) + `"]}`, nil, reply{Status: "400 You can request a maximum of 100 keys"}},
		{"POST /bulk/get", `{"keys":["k"],"type":"stream"}`, nil, reply{Status: `400 "stream" is not a valid type. Use "json" or "text"`}},
		{"POST /bulk/get", `{"keys":["b"],"type":"json"}`, nil, reply{Status: "400 At least one of the requested keys corresponds to a non-JSON value"}},
		{"POST /bulk/get", `{"keys":["k"],"cacheTtl":"0"}`, nil, reply{Status: "400 Invalid cache_ttl of 0. Cache TTL must be at least 30."}},
		{"POST /bulk/get", `{"keys":["k"],"new":1}`, nil, reply{Status: `400 Invalid request of a bulk get: json: unknown field "new"`}},
		{"POST /bulk/get", strings.Repeat("x", 1<<20+1), nil, reply{Status: "413 Request length of 1048577 exceeds limit of 1048576."}},
		{"POST /k", "v", nil, reply{Status: `405 POST "/k" is no operation of a KV binding.`}},
		{"PUT /%zz?urlencoded=true", "v", nil, reply{Status: `400 Invalid key name "%zz".`}},
	} {
		a := h.do(row.request, row.body, row.lines...)
		if before, rest, more := strings.Cut(a.Body, `"cursor":"`); more {
			_, rest, _ = strings.Cut(rest, `"`)
			a.Body = before + `"cursor":"CURSOR"` + rest
		}
		name := fmt.Sprintf("%.60s %.60s: ", row.request, row.body)
		got, want = append(got, name+fmt.Sprintf("%q", a)), append(want, name+fmt.Sprintf("%q", row.want))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// failing is a store that answers with an error.
type failing struct {
	kv.Store
	err error
}

func (f failing) Get(context.Context, string, kv.GetOptions, *kv.Entry) error { return f.err }

// A store's own errors are reported, refusals are not; without an answer the connection
// ends.
func TestErrorsOfTheStore(t *testing.T) {
	own := errors.New("a disk\r\nbroke")
	for _, row := range []struct {
		err      error
		want     string
		reported bool
	}{
		{&kv.Error{Status: 503, Message: "no"}, "503 no", false},
		{&kv.Error{Status: 503}, "503 Service Unavailable", false},
		{&kv.Error{Message: "the cable was cut"}, "none", false},
		{context.DeadlineExceeded, "504 Gateway Timeout", false},
		{kv.ErrInvocationLimit, "429 Too many API requests by single Worker invocation.", false},
		{own, "500 a disk  broke", true},
		{&kv.Error{Status: 200, Message: "what"}, "500 kv: 200 OK: what", true},
	} {
		h := serve(t, failing{err: row.err}, nil)
		if a := h.do("GET /k", ""); a.Status != row.want || a.Body != "" {
			t.Errorf("%v: got %q", row.err, a)
		}
		if got := len(h.reported) == 1 && errors.Is(h.reported[0], row.err); got != row.reported {
			t.Errorf("%v: reported %v", row.err, h.reported)
		}
	}
}

func TestToken(t *testing.T) {
	h := serve(t, open(t, instantly), nil)
	h.do("GET /k", "")
	for _, token := range []string{"", "0123456788", "01234567890"} {
		h.token = token
		if a := h.do("GET /k", ""); a.Status != "403 the request does not come from a binding of this run" {
			t.Errorf("%q: %q", token, a)
		}
	}
	if diff := cmp.Diff([]string{"0|k"}, h.asked); diff != "" {
		t.Error(diff)
	}
}
