package binding_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
)

// requests are what a connection of workerd may send, and what it would not. AT is the
// header that it has to bring.
var requests = []string{
	"GET /k?urlencoded=true HTTP/1.1\nHost: x\nAT\n\n",
	"GET /%F0%9F%98%80%2F..%00?urlencoded=true&cache_ttl=30&cache_ttl=x HTTP/1.1\nHost: x\nAT\n\n",
	"PUT /k?urlencoded=true&expiration_ttl=60 HTTP/1.1\nHost: x\nAT\nCF-KV-Metadata: {\"a\":1}\nContent-Length: 1\n\nvGET /k HTTP/1.1\nHost: x\nAT\n\n",
	"PUT /k HTTP/1.1\nHost: x\nAT\nTransfer-Encoding: chunked\n\n1\nv\n0\n\nDELETE /k HTTP/1.1\nHost: x\nAT\n\n",
	"PUT /k HTTP/1.1\nHost: x\nAT\nExpect: 100-continue\nContent-Length: 1\n\nv",
	"PUT /k HTTP/1.1\nHost: x\nAT\nContent-Length: 99999999999999\n\nv",
	"PUT /k HTTP/1.1\nHost: x\nAT\nContent-Length: 1\nContent-Length: 2\n\nv",
	"PUT /k HTTP/1.1\nHost: x\nAT\nTransfer-Encoding: chunked\n\nFFFFFFFFFFFFFFFFF\nv",
	"PUT /k?expiration=-9223372036854775808 HTTP/1.1\nHost: x\nAT\nContent-Length: 0\n\n",
	"GET /?key_count_limit=-9223372036854775808&prefix=%zz&cursor=x HTTP/1.1\nHost: x\nAT\n\n",
	"POST /bulk/get HTTP/1.1\nHost: x\nAT\nContent-Length: 46\n\n{\"keys\":[\"there\",\"k\"],\"cacheTtl\":\"60\",\"type\":1}",
	"POST /bulk/get HTTP/1.1\nHost: x\nAT\nContent-Length: 24\n\n{\"keys\":[\"there\",\"\\ud800\"]}",
	"GET /k HTTP/1.1\nHost: x\n\nGET there HTTP/1.1\nHost: x\nAT\n\n",
	"GET http://y/there HTTP/1.1\nAT\n\n", "CONNECT x:1 HTTP/1.1\nHost: x\nAT\n\n", "OPTIONS * HTTP/1.1\nAT\n\n", "HEAD /k HTTP/1.0\nAT\n\n",
	"GET /k HTTP/1.1\nAT\nX: " + strings.Repeat("y", 20_000) + "\n\n", "G\x00T", "\n\n", "",
}

// Whatever comes over a connection: the server does not panic, every answer is HTTP, and a
// call on another connection is answered as ever.
func FuzzConnection(f *testing.F) {
	h := serve(f, open(f, instantly), nil)
	for _, r := range requests {
		wire := strings.NewReplacer("\n", "\r\n", "AT", "X-Kvbench-At: "+h.token+" 0").Replace(r)
		f.Add([]byte(wire), uint16(0))
		f.Add([]byte(wire), uint16(len(wire)/2))
	}
	f.Fuzz(func(t *testing.T, data []byte, cut uint16) {
		h := client{t, h.path, h.token}
		if err := exchange(h.dial(), data, int(cut)); err != nil {
			t.Errorf("%v\nfor %q", err, data)
		}
		if a := h.do("PUT /aside", "v"); a.Status != "200 OK" {
			t.Error("another call:", a.Status)
		}
		if n := runtime.NumGoroutine(); n > 100 {
			t.Errorf("%d goroutines", n)
		}
	})
}

// exchange sends data in two parts, ends its side, and reads answers until the server has
// ended its own. It fails where it does not, or answers with anything but HTTP.
func exchange(c net.Conn, data []byte, cut int) error {
	defer c.Close()
	cut = min(cut, len(data))
	for _, part := range [][]byte{data[:cut], data[cut:]} {
		if _, err := c.Write(part); err != nil {
			break // the server has had enough
		}
	}
	_ = c.(*net.UnixConn).CloseWrite()
	in := bufio.NewReader(c)
	for {
		if _, err := in.Peek(1); err != nil {
			var network net.Error
			if errors.As(err, &network) && network.Timeout() {
				return err
			}
			return nil
		}
		res, err := http.ReadResponse(in, nil)
		if err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			return err
		}
	}
}
