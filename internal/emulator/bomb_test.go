package emulator

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"kvbench/kv"
)

// again reads a text over and over, n bytes in all, after a beginning.
func again(begin, text string, n int) io.Reader {
	if text == "" {
		return strings.NewReader(begin)
	}
	block := strings.Repeat(text, max(1, 64<<10/len(text)))
	parts := []io.Reader{strings.NewReader(begin)}
	for left := n - len(begin); left > 0; left -= len(block) {
		parts = append(parts, strings.NewReader(block[:min(left, len(block))]))
	}
	return io.MultiReader(parts...)
}

// bomb is how many bytes a body has that is to take the server's memory. Where races are
// looked for there is less of everything: it takes minutes else, and the memory is the
// detector's.
func bomb(n int) int {
	if raceEnabled() {
		return n / 50
	}
	return n
}

// Whatever 99 MB a body holds, it is refused in 300 MB of memory, all of the server
// included, and the connection's client hears it.
func TestBodyBombs(t *testing.T) {
	if testing.Short() {
		t.Skip("it measures memory, or computes a lot in one goroutine")
	}
	const most = 300 << 20
	size := bomb(99_000_000)
	for _, tt := range []struct {
		name, path, begin, text string
		status, code            int
	}{
		{"pairs of nothing", "PUT /bulk", "[", "{},", 400, codeBody},
		{"pairs", "PUT /bulk", "[", `{"key":"k","value":""},`, 400, codeInvalid},
		{"arrays", "PUT /bulk", "", "[", 400, codeBody},
		{"white space", "PUT /bulk", "", " ", 400, codeBody},
		{"one key", "PUT /bulk", `[{"key":"`, "k", 400, codeBody},
		{"one value", "PUT /bulk", `[{"key":"k","value":"`, "v", 400, codeBody},
		{"one value of escapes", "PUT /bulk", `[{"key":"k","value":"`, `\u0000`, 400, codeBody},
		{"one number", "PUT /bulk", `[{"key":"k","expiration":`, "1", 400, codeBody},
		{"deep metadata", "PUT /bulk", `[{"key":"k","value":"v","metadata":`, `[{"a":`, 400, codeBody},
		{"long metadata", "PUT /bulk", `[{"key":"k","value":"v","metadata":[`, `1,`, 400, codeBody},
		{"fields that there are not", "PUT /bulk", `[{`, `"x":[],`, 400, codeBody},
		{"long fields that there are not", "PUT /bulk", `[{"`, "x", 400, codeBody},
		{"keys", "POST /bulk/delete", "[", `"",`, 400, codeInvalid},
		{"arrays in place of keys", "POST /bulk/delete", "[", `[],`, 400, codeBody},
		{"keys to get", "POST /bulk/get", `{"keys":[`, `"",`, 413, codeTooLarge},
		{"a title", "POST ", `{"title":"`, `t`, 413, codeTooLarge},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := spawn(t, "emulator", "tcp", "127.0.0.1:0")
			method, path, _ := strings.Cut(tt.path, " ")
			if path != "" {
				path = "/" + IDOf("bench") + path
			}
			c, err := net.Dial("tcp", p.address)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			// A client that listens only when it has sent all.
			w := bufio.NewWriterSize(c, 64<<10)
			fmt.Fprintf(w, "%s %s%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n", method, spacesPath, path, testToken, size)
			_, err = io.Copy(w, again(tt.begin, tt.text, size))
			if err == nil {
				err = w.Flush()
			}
			if err != nil && tt.status != 413 { // what says that it is too long is not read
				t.Errorf("the server took not all: %v", err)
			}
			if status, body := reply(t, bufio.NewReader(c)); err == nil && (status != tt.status || !strings.Contains(body, fmt.Sprintf(`"code":%d,`, tt.code))) {
				t.Errorf("%d %s", status, body)
			}
			if peak := p.used("").peak; peak > most {
				t.Errorf("%d MB of memory", peak>>20)
			} else {
				t.Logf("%d MB of memory", peak>>20)
			}
		})
	}
}

// A bulk write of as much as there may be takes the memory of what it stores, and as
// much again to read it.
func TestLargestBulkWrite(t *testing.T) {
	if testing.Short() {
		t.Skip("it measures memory, or computes a lot in one goroutine")
	}
	p := spawn(t, "emulator", "tcp", "127.0.0.1:0")
	h := &host{t: t, url: "http://" + p.address, via: http.DefaultTransport, space: spacesPath + "/" + IDOf("bench")}
	value := strings.Repeat("v", bomb(20<<20))
	var pairs []io.Reader
	for i := range 4 {
		pairs = append(pairs, strings.NewReader(fmt.Sprintf(`,{"key":"k%d","value":"%s"}`, i, value)))
	}
	body := wrap(`[{"key":"k","value":"v"}`, io.MultiReader(pairs...), "]")
	if a := h.do("PUT", h.space+"/bulk", body); a.status != 200 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	peak := p.used("").peak
	t.Logf("%d MB of memory", peak>>20)
	if peak > 400<<20 {
		t.Errorf("%d MB of memory", peak>>20)
	}
}

// A body is refused as soon as it is known to be wrong, not when it ends.
func TestRefusedAsSoonAsSeen(t *testing.T) {
	s := serve(t, "embedded://?profile=none&propagation=0", Patience{})
	for name, begin := range map[string]string{
		"a pair without a key": `[{"value":"v"},`,
		"too many pairs":       "[" + strings.Repeat(`{"key":"k","value":"v"},`, 10_001),
		"a long value":         `[{"key":"k","value":"` + strings.Repeat("v", kv.MaxValueBytes+1) + `"},`,
	} {
		c := s.dial(t)
		if _, err := c.Write(wire(fmt.Sprintf("PUT $/NS/bulk HTTP/1.1\nHost: x\nAUTH\nContent-Length: 99000000\n\n%s", begin))); err != nil {
			t.Fatal(err)
		}
		if status, body := reply(t, bufio.NewReader(c)); status < 400 || status > 413 {
			t.Errorf("%s: %d %s", name, status, body)
		}
		s.normal(t)
		c.Close()
	}
}

// What a bulk get answers is not held as JSON, which can take six times its memory;
// nor is more read than it may answer.
func TestBulkGetMemory(t *testing.T) {
	p := spawn(t, "emulator", "tcp", "127.0.0.1:0")
	h := &host{t: t, url: "http://" + p.address, via: http.DefaultTransport, space: spacesPath + "/" + IDOf("bench")}
	size := int64(bomb(kv.MaxValueBytes))
	if a := h.do("PUT", h.value("zeros"), zeros(size)); a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	r, err := http.NewRequestWithContext(t.Context(), "POST", h.url+h.space+"/bulk/get", strings.NewReader(`{"keys":["zeros"],"withMetadata":true}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+testToken)
	res, err := h.via.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, res.Body)
	if err != nil || n < 6*size {
		t.Errorf("%d bytes, %v", n, err)
	}
	res.Body.Close()
	if a := h.do("POST", h.space+"/bulk/get", wrap(`{"keys":`, list(100, `"zeros"`), `}`)); a.status != 413 || a.Errors[0].Code != codeTooLarge {
		t.Errorf("%d %s", a.status, a.body)
	}
	peak := p.used("").peak
	t.Logf("%d MB of memory", peak>>20)
	if peak > 300<<20 {
		t.Errorf("%d MB of memory", peak>>20)
	}
}
