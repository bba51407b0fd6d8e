package emulator

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"kvbench/kv"
)

// short is a patience that tests wait for, yet long enough for what comes at once
// on a busy machine; a minute stands for one that they never wait for.
const short = 500 * time.Millisecond

// reply reads the next answer of a connection; status 0: there is none.
func reply(t testing.TB, r *bufio.Reader) (status int, body string) {
	t.Helper()
	res, err := http.ReadResponse(r, nil)
	if err != nil {
		return 0, err.Error()
	}
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return res.StatusCode, err.Error()
	}
	return res.StatusCode, string(data)
}

// normal makes calls as any client does; they must be answered.
func (s *served) normal(t testing.TB) {
	t.Helper()
	for i := range 20 {
		key := fmt.Sprint("normal", i)
		s.on(t).put(key, "v")
		if a := s.on(t).do("GET", s.value(key), nil); string(a.body) != "v" {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
}

// Clients that send what they should not, or not at all, are answered so or given
// up, and keep no one else from being answered.
func TestHostileClients(t *testing.T) {
	const put = "PUT $/NS/values/k HTTP/1.1\nHost: x\nAUTH\n"
	wait := Patience{Header: time.Minute, Body: time.Minute}
	for _, tt := range []struct {
		name   string
		p      Patience
		sent   string
		end    bool // the client's side is ended then
		status int  // 0: none
		body   string
		next   int // status of a second answer, where there is one
	}{
		{name: "nothing", p: Patience{Header: short}},
		{name: "half a line", p: Patience{Header: short}, sent: "GET /cli", status: 400},
		{name: "half a header", p: Patience{Header: short}, sent: "GET / HTTP/1.1\nHost: x\nAuthor", status: 400},
		{name: "no body", p: Patience{Body: short}, sent: put + "Content-Length: 5\n\n", status: 408, body: "did not come"},
		{name: "half a body", p: Patience{Body: short}, sent: put + "Content-Length: 5\n\nva", status: 408, body: "did not come"},
		{name: "half a chunk", p: Patience{Body: short}, sent: put + "Transfer-Encoding: chunked\n\n5\nva", status: 408, body: "did not come"},
		{name: "half a form", p: Patience{Body: short}, sent: put + "Content-Type: multipart/form-data; boundary=b\nContent-Length: 99\n\n--b\n", status: 408, body: "did not come"},
		{name: "half of JSON", p: Patience{Body: short}, sent: "PUT $/NS/bulk HTTP/1.1\nHost: x\nAUTH\nContent-Length: 99\n\n[", status: 408, body: "did not come"},
		{name: "no token and no body", p: Patience{Body: short}, sent: "PUT $/NS/values/k HTTP/1.1\nHost: x\nContent-Length: 5\n\n", status: 400, body: "Missing X-Auth-Key"},
		{name: "no body after a welcome", p: Patience{Body: short}, sent: put + "Expect: 100-continue\nContent-Length: 5\n\n", status: 100, next: 408},

		{name: "a length too long", p: wait, sent: put + "Content-Length: 9\n\nvalue", end: true, status: 400, body: "incomplete"},
		{name: "a chunk too long", p: wait, sent: put + "Transfer-Encoding: chunked\n\n9\nvalue", end: true, status: 400, body: "incomplete"},
		{name: "a length too short", p: wait, sent: put + "Content-Length: 1\n\nvalue\n\n", status: 200, body: `"success":true`, next: 400},
		{name: "a length over the limit", p: wait, sent: put + "Content-Length: 26214401\n\n", status: 413, body: "Value length of 26214401 exceeds limit of 26214400."},
		{name: "a form over the limit", p: wait, sent: put + "Content-Type: multipart/form-data; boundary=b\nContent-Length: 99999999999\n\n", status: 413, body: "exceeds limit"},
		{name: "no welcome over the limit", p: wait, sent: put + "Expect: 100-continue\nContent-Length: 26214401\n\n", status: 413, body: "exceeds limit"},
		{name: "JSON over the limit", p: wait, sent: "PUT $/NS/bulk HTTP/1.1\nHost: x\nAUTH\nContent-Length: 104857601\n\n", status: 413, body: "exceeds the limit of 104857600 bytes"},
		{name: "a header over 64 KiB", p: wait, sent: "GET $ HTTP/1.1\nHost: x\nAUTH\nX: " + strings.Repeat("x", 80<<10) + "\n\n", status: 431},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, "embedded://?profile=none&propagation=0", tt.p)
			c := s.dial(t)
			defer c.Close()
			if _, err := c.Write(wire(tt.sent)); err != nil {
				t.Fatal(err)
			}
			s.normal(t)
			if tt.end {
				if err := c.CloseWrite(); err != nil {
					t.Fatal(err)
				}
			}
			r := bufio.NewReader(c)
			status, body := reply(t, r)
			if status != tt.status || !strings.Contains(body, tt.body) {
				t.Errorf("got %d %s, want %d %s", status, body, tt.status, tt.body)
			}
			if tt.next != 0 {
				if status, body = reply(t, r); status != tt.next {
					t.Errorf("then %d %s, want %d", status, body, tt.next)
				}
			}
			if n, err := r.Read(make([]byte, 1)); n != 0 || err == nil {
				t.Error("the connection stays")
			}
			s.normal(t)
		})
	}
}

// A client may be as slow as it likes, as long as something comes or is taken.
func TestSlowClients(t *testing.T) {
	s := serve(t, "embedded://?profile=none&propagation=0", Patience{Header: time.Minute, Body: time.Minute})
	drip := func(c net.Conn, text string) {
		for i := range text {
			if _, err := io.WriteString(c, text[i:i+1]); err != nil {
				t.Fatal(err)
			}
			if i%10 == 0 {
				time.Sleep(time.Millisecond)
			}
		}
	}
	c := s.dial(t)
	defer c.Close()
	r := bufio.NewReader(c)
	drip(c, string(wire("PUT $/NS/values/dripped HTTP/1.1\nHost: x\nAUTH\nContent-Length: 500\n\n")))
	s.normal(t)
	drip(c, strings.Repeat("v", 500))
	if status, body := reply(t, r); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	if a := s.do("GET", s.value("dripped"), nil); len(a.body) != 500 {
		t.Errorf("%d %s", a.status, a.body)
	}

	if a := s.do("PUT", s.value("large"), zeros(kv.MaxValueBytes)); a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if _, err := c.Write(wire("GET $/NS/values/large HTTP/1.1\nHost: x\nAUTH\n\n")); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.normal(t)
	total, p := 0, make([]byte, 64<<10)
	for err == nil {
		var n int
		n, err = res.Body.Read(p)
		total += n
		runtime.Gosched()
	}
	if err != io.EOF || total != kv.MaxValueBytes {
		t.Errorf("%d bytes came, then %v", total, err)
	}
}

// A client that takes nothing of a large answer is given up.
func TestAnswerNotTaken(t *testing.T) {
	s := serve(t, "embedded://?profile=none&propagation=0", Patience{Header: time.Minute, Body: short})
	if a := s.do("PUT", s.value("large"), sized(kv.MaxValueBytes)); a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	c := s.dial(t)
	defer c.Close()
	if _, err := c.Write(wire("GET $/NS/values/large HTTP/1.1\nHost: x\nAUTH\n\n")); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(c)
	if _, err := r.Peek(1); err != nil {
		t.Fatal(err)
	}
	s.normal(t)
	s.stop() // which waits for the call
	if err := <-s.done; err != nil {
		t.Fatal(err)
	}
	if _, body := reply(t, r); body != io.ErrUnexpectedEOF.Error() {
		t.Errorf("all of it came, %d bytes", len(body))
	}
}

// A body of no known length is read to the limit, and no further.
func TestEndlessBody(t *testing.T) {
	s := serve(t, "embedded://?profile=none&propagation=0", Patience{})
	for name, header := range map[string]string{
		"raw":  "",
		"form": "Content-Type: multipart/form-data; boundary=b\n",
	} {
		c := s.dial(t)
		if _, err := c.Write(wire("PUT $/NS/values/k HTTP/1.1\nHost: x\nAUTH\n" + header + "Transfer-Encoding: chunked\n\n")); err != nil {
			t.Fatal(err)
		}
		part := "--b\r\nContent-Disposition: form-data; name=\"value\"\r\n\r\n"
		data := fmt.Appendf(nil, "%x\r\n%s\r\n10000\r\n%s\r\n", len(part), part, strings.Repeat("v", 1<<16))
		taken := make(chan int)
		go func() {
			total := 0
			for range 1000 { // 62 MiB
				n, err := c.Write(data)
				total += n
				if err != nil {
					break
				}
				data = data[len(data)-(1<<16+9):] // the part's header comes once
			}
			taken <- total
		}()
		status, body := reply(t, bufio.NewReader(c))
		if status != http.StatusRequestEntityTooLarge || !strings.Contains(body, "Value length of 26214401 exceeds limit of 26214400.") {
			t.Errorf("%s: %d %s", name, status, body)
		}
		s.normal(t)
		if n := <-taken; n > kv.MaxValueBytes+2<<20 {
			t.Errorf("%s: the server took %d bytes", name, n)
		}
		c.Close()
	}
	if a := s.do("GET", s.value("k"), nil); a.status != http.StatusNotFound {
		t.Errorf("%d: something was stored", a.status)
	}
}

// A client that goes away in the middle leaves nothing behind.
func TestClientGoes(t *testing.T) {
	s := serve(t, "embedded://?profile=none&propagation=0", Patience{})
	for _, header := range []string{"Content-Length: 10\n\nvalue", "Transfer-Encoding: chunked\n\n5\nvalue\n", "Expect: 100-continue\nContent-Length: 10\n\n", "Conten"} {
		c := s.dial(t)
		if _, err := c.Write(wire("PUT $/NS/values/gone HTTP/1.1\nHost: x\nAUTH\n" + header)); err != nil {
			t.Fatal(err)
		}
		c.Close()
	}
	s.normal(t)
	s.stop()
	if err := <-s.done; err != nil { // all connections have ended by themselves
		t.Fatal(err)
	}
	var e kv.Entry
	if err := s.Namespaces()[0].Store.Get(t.Context(), "gone", kv.GetOptions{}, &e); !errors.Is(err, kv.ErrNotFound) {
		t.Errorf("half a value was stored: %q %v", e.Value, err)
	}
}

// gate is a store whose puts wait until they are let through, or their client has
// gone. Its gets panic.
type gate struct {
	kv.Store
	entered, through chan struct{}
}

func (g gate) Put(ctx context.Context, key string, value []byte, o kv.PutOptions) error {
	g.entered <- struct{}{}
	select {
	case <-g.through:
		return g.Store.Put(ctx, key, value, o)
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (gate) Get(context.Context, string, kv.GetOptions, *kv.Entry) error {
	panic("a mistake of the store's")
}

// gated is a server whose namespace gated has a gate.
func gated(t *testing.T, p Patience) (*served, gate, string) {
	t.Helper()
	s := serve(t, "embedded://?profile=none&propagation=0", p)
	if err := s.Ensure("gated", ""); err != nil {
		t.Fatal(err)
	}
	sp := s.spaces.list()[1]
	g := gate{sp.store, make(chan struct{}), make(chan struct{})}
	sp.store = g
	return s, g, strings.ReplaceAll("PUT $/NS/values/private-key HTTP/1.1\nHost: x\nAUTH\nContent-Length: 13\n\nprivate-value", "NS", sp.id)
}

// A store that panics costs its client the connection, and no one else anything.
// What is logged of it has no key, no value and no token.
func TestPanic(t *testing.T) {
	s, _, put := gated(t, Patience{})
	c := s.dial(t)
	defer c.Close()
	get := strings.Replace(put, "PUT", "GET", 1)
	if _, err := c.Write(wire(get)); err != nil {
		t.Fatal(err)
	}
	if status, body := reply(t, bufio.NewReader(c)); status != 0 {
		t.Errorf("%d %s", status, body)
	}
	s.normal(t)
	if a := s.do("DELETE", spacesPath+"/"+IDOf("gated"), nil); a.status != http.StatusOK { // it waits for all calls
		t.Errorf("%d %s", a.status, a.body)
	}
	text := s.log.String()
	if !strings.Contains(text, "a mistake of the store's") {
		t.Errorf("logged: %s", text)
	}
	for _, private := range []string{"private", testToken} {
		if strings.Contains(text, private) {
			t.Errorf("%s is logged: %s", private, text)
		}
	}
}

// A call under way when the server stops is answered; new ones are not taken.
func TestStopWaits(t *testing.T) {
	s, g, put := gated(t, Patience{Grace: time.Minute})
	c := s.dial(t)
	defer c.Close()
	if _, err := c.Write(wire(put)); err != nil {
		t.Fatal(err)
	}
	<-g.entered
	s.stop()
	for { // it stops soon
		other, err := net.Dial("unix", s.path)
		if err != nil {
			break
		}
		other.Close()
	}
	g.through <- struct{}{}
	if status, body := reply(t, bufio.NewReader(c)); status != http.StatusOK {
		t.Errorf("%d %s", status, body)
	}
	if err := <-s.done; err != nil {
		t.Error(err)
	}
}

// A call that takes longer than the server's grace is given up.
func TestStopGivesUp(t *testing.T) {
	s, g, put := gated(t, Patience{Grace: short})
	c := s.dial(t)
	defer c.Close()
	if _, err := c.Write(wire(put)); err != nil {
		t.Fatal(err)
	}
	<-g.entered
	s.stop()
	if err := <-s.done; err != nil {
		t.Error(err)
	}
	if status, body := reply(t, bufio.NewReader(c)); status == http.StatusOK {
		t.Errorf("%d %s, though nothing was stored", status, body)
	}
}

// A put that was not made, as its client had ended its side, is not acknowledged.
func TestHalfClosedPut(t *testing.T) {
	s, g, put := gated(t, Patience{})
	c := s.dial(t)
	defer c.Close()
	if _, err := c.Write(wire(put)); err != nil {
		t.Fatal(err)
	}
	<-g.entered
	if err := c.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	status, body := reply(t, bufio.NewReader(c))
	if status != statusGone || !strings.Contains(body, `"success":false`) {
		t.Errorf("%d %q", status, body)
	}
}

// A client that does not take a listing keeps no one from deleting the namespace.
func TestListingNotTaken(t *testing.T) {
	s := serve(t, "embedded://?profile=none&propagation=0", Patience{})
	store := s.Namespaces()[0].Store
	o := kv.PutOptions{Metadata: []byte(`"` + strings.Repeat("m", 1000) + `"`)}
	for i := range kv.MaxListKeys { // more than a socket holds
		if err := store.Put(t.Context(), fmt.Sprintf("%0500d", i), nil, o); err != nil {
			t.Fatal(err)
		}
	}
	c := s.dial(t)
	defer c.Close()
	if _, err := c.Write(wire("GET $/NS/keys HTTP/1.1\nHost: x\nAUTH\n\n")); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(c)
	if _, err := r.Peek(1); err != nil {
		t.Fatal(err)
	}
	if a := s.do("DELETE", s.space, nil); a.status != http.StatusOK {
		t.Errorf("%d %s", a.status, a.body)
	}
	if status, body := reply(t, r); status != http.StatusOK || len(body) < 1_500_000 {
		t.Errorf("%d, %d bytes", status, len(body))
	}
}
