package fleet_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"kvbench/internal/fleet"
)

// What is no NATS server is told from one that is not there yet: at once where it says something, after the
// wait where it does not.
func TestConnectToSomethingElse(t *testing.T) {
	listen := func(serve func(net.Conn)) string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() })
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				go func() {
					defer c.Close()
					serve(c)
				}()
			}
		}()
		return "nats://" + l.Addr().String()
	}
	web := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(web.Close)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := "nats://" + closed.Addr().String()
	_ = closed.Close()
	for _, c := range []struct {
		name, url string
		wait      time.Duration
		says      string
	}{
		{"greets", listen(func(c net.Conn) { _, _ = io.WriteString(c, "SSH-2.0-x\r\n") }), 20 * time.Second, `is no NATS server: it begins with "SSH-2.0-x`},
		{"HTTP", "nats://" + web.Listener.Addr().String(), 20 * time.Second, `is no NATS server: it begins with "HTTP/1.1 400`},
		{"silent", listen(func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }), 0, "what listens there says nothing"},
		{"hangs up", listen(func(net.Conn) {}), 0, "no NATS server answers at"},
		{"nobody", nobody, 0, "connection refused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := fleet.Connect(t.Context(), fleet.Access{URL: c.url, Wait: c.wait})
			refused := new(fleet.RefusedError)
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want one that says %s", err, c.says)
			}
		})
	}
}

// Who is not let in is told what is wrong with what was shown.
func TestConnectRefused(t *testing.T) {
	s := serve(t, t.TempDir(), "127.0.0.1:0")
	address := s.Address().String()
	for _, c := range []struct{ url, token, says string }{
		{"nats://" + address, "", "set " + fleet.TokenVariable + " to its token"},
		{"nats://" + address, "another", "refuses the token of " + fleet.TokenVariable},
		{"tls://" + address, token, "speaks no TLS"},
	} {
		_, err := fleet.Connect(t.Context(), fleet.Access{URL: c.url, Token: c.token, Wait: 20 * time.Second})
		refused := new(fleet.RefusedError)
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), c.says) || c.token != "" && strings.Contains(err.Error(), c.token) {
			t.Errorf("%s with %q: %v", c.url, c.token, err)
		}
	}
}
