package binding_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"kvbench/internal/emulator/binding"
	"kvbench/kv"
)

// zeros are n bytes of a body, written as they are asked for.
type zeros struct{ left int64 }

func (z *zeros) Read(p []byte) (int, error) {
	if z.left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), z.left)
	clear(p[:n])
	z.left -= n
	return int(n), nil
}

// send sends a put of n bytes and returns the status that it hears once it has sent all.
func (h client) send(key string, n int64, chunked bool) string {
	h.Helper()
	c := h.dial()
	defer c.Close()
	head := fmt.Sprintf("PUT /%s HTTP/1.1\r\nHost: x\r\nX-Kvbench-At: %s 0\r\n", key, h.token)
	body := io.Reader(&zeros{n})
	if chunked {
		head += "Transfer-Encoding: chunked\r\n\r\n"
		body = io.MultiReader(strings.NewReader(fmt.Sprintf("%x\r\n", n)), body, strings.NewReader("\r\n0\r\n\r\n"))
	} else {
		head += fmt.Sprintf("Content-Length: %d\r\n\r\n", n)
	}
	if _, err := io.Copy(c, io.MultiReader(strings.NewReader(head), body)); err != nil {
		h.Errorf("the body of %d bytes was not taken: %v", n, err)
	}
	return h.read(c).Status
}

// A value may be as long as KV's, and of one that is longer, all is read before the refusal
// that tells how long it was.
func TestLargeValues(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a lot in one goroutine")
	}
	h := serve(t, open(t, instantly), nil)
	for _, chunked := range []bool{false, true} {
		if got := h.send(fmt.Sprint("most", chunked), kv.MaxValueBytes, chunked); got != "200 OK" {
			t.Errorf("chunked %v: %s", chunked, got)
		}
		if a := h.do(fmt.Sprint("GET /most", chunked), ""); len(a.Body) != kv.MaxValueBytes {
			t.Errorf("chunked %v: %d bytes: %s", chunked, len(a.Body), a.Status)
		}
		for _, n := range []int64{kv.MaxValueBytes + 1, 100 << 20} {
			want := fmt.Sprintf("413 Value length of %d exceeds limit of 26214400.", n)
			if got := h.send("more", n, chunked); got != want {
				t.Errorf("chunked %v: got %s, want %s", chunked, got, want)
			}
		}
	}
	if a := h.do("GET /more", ""); a.Status != "404 Not Found" {
		t.Error(a.Status)
	}
}

// waiting is a store whose get waits for its context.
type waiting struct {
	kv.Store
	begun, ended chan struct{}
}

func (w waiting) Get(ctx context.Context, _ string, _ kv.GetOptions, _ *kv.Entry) error {
	w.begun <- struct{}{}
	<-ctx.Done()
	w.ended <- struct{}{}
	return ctx.Err()
}

// A server that ends takes with it what is under way and idle connections, at once.
func TestEndsWithItsContext(t *testing.T) {
	w := waiting{begun: make(chan struct{}, 1), ended: make(chan struct{}, 1)}
	ctx, stop := context.WithCancel(t.Context())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &binding.Server{Token: "t", Resolve: func(_, key string) (kv.Store, string, error) { return w, key, nil }}
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	var conns []net.Conn
	for range 2 {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		conns = append(conns, c)
	}
	_, _ = io.WriteString(conns[0], "GET /k HTTP/1.1\r\nHost: x\r\nX-Kvbench-At: "+s.At("0")+"\r\n\r\n")
	<-w.begun
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	select {
	case <-w.ended:
	default:
		t.Error("Serve returned before the call had ended")
	}
	for _, c := range conns {
		if _, err := io.ReadAll(c); err != nil && !strings.Contains(err.Error(), "reset") {
			t.Error(err)
		}
	}
}

// A call that the store does not answer ends.
func TestPatience(t *testing.T) {
	w := waiting{begun: make(chan struct{}, 1), ended: make(chan struct{}, 1)}
	h := serve(t, w, func(s *binding.Server) { s.Patience = time.Millisecond })
	if a := h.do("GET /k", ""); a.Status != "504 Gateway Timeout" {
		t.Error(a.Status)
	}
}

// A listener that fails is an error.
func TestListenerFails(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	if err := new(binding.Server).Serve(t.Context(), l); err == nil {
		t.Error("no error")
	}
}
