package emulator

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// requests are the seeds, $ standing for the path of the account's namespaces, NS
// for a namespace and AUTH for the token's header. Each newline is sent as CRLF.
var requests = []string{
	"GET $ HTTP/1.1\nHost: x\nAUTH\n\n",
	"GET $?page=2&per_page=1000&order=title&direction=desc HTTP/1.1\nHost: x\nAUTH\n\n",
	"POST $ HTTP/1.1\nHost: x\nAUTH\nContent-Length: 13\n\n{\"title\":\"a\"}",
	"GET $/NS HTTP/1.1\nHost: x\nAUTH\n\n",
	"PUT $/NS HTTP/1.1\nHost: x\nAUTH\nContent-Length: 13\n\n{\"title\":\"b\"}",
	"DELETE $/NS HTTP/1.1\nHost: x\nAUTH\n\n",
	"GET $/NS/keys?limit=10&prefix=a%2F&cursor=YQ HTTP/1.1\nHost: x\nAUTH\n\n",
	"PUT $/NS/bulk HTTP/1.1\nHost: x\nAUTH\nContent-Length: 98\n\n" +
		`[{"key":"k","value":"dg==","base64":true,"expiration_ttl":60,"expiration":1e18,"metadata":{"a":1}}]`,
	"DELETE $/NS/bulk HTTP/1.1\nHost: x\nAUTH\nContent-Length: 5\n\n[\"k\"]",
	"POST $/NS/bulk/delete HTTP/1.1\nHost: x\nAUTH\nContent-Length: 9\n\n[\"k\",\"..\"]",
	"POST $/NS/bulk/get HTTP/1.1\nHost: x\nAUTH\nContent-Length: 51\n\n{\"keys\":[\"k\",\"there\"],\"type\":\"json\",\"withMetadata\":1}",
	"POST $/NS/bulk/get HTTP/1.1\nHost: x\nAUTH\nTransfer-Encoding: chunked\n\n1A\n{\"keys\":[\"there\",\"there\"]}\n0\n\n",
	"GET $/NS/metadata/there HTTP/1.1\nHost: x\nAUTH\n\n",
	"GET $/NS/values/there HTTP/1.0\nAUTH\n\n",
	"HEAD $/NS/values/there HTTP/1.1\nHost: x\nAUTH\n\nGET $/NS/values/there HTTP/1.1\nHost: x\nAUTH\n\n",
	"GET /at/1/client/v4/accounts/A HTTP/1.1\nHost: x\nAUTH\n\nGET /at/1$/NS/values/there HTTP/1.1\nHost: x\nAUTH\n\n",
	"GET /at/99999999999999999999$ HTTP/1.1\nHost: x\nAUTH\n\nGET /at/-1$ HTTP/1.1\nHost: x\nAUTH\n\nGET /at/ HTTP/1.1\nHost: x\nAUTH\n\n",
	"PUT $/NS/values/a/b%2Fc//d/../%3F%23%25%2B%20+/%F0%9F%98%80 HTTP/1.1\nHost: x\nAUTH\nContent-Length: 1\n\nv",
	"DELETE $/NS/values/.. HTTP/1.1\nHost: x\nAUTH\n\nDELETE $/NS/values/%2e HTTP/1.1\nHost: x\nAUTH\n\n",
	"GET $/NS/values/%zz HTTP/1.1\nHost: x\nAUTH\n\n",
	"GET $/NS/values/%FF%00 HTTP/1.1\nHost: x\nAUTH\n\n",
	"GET $/NS/values/a b HTTP/1.1\nHost: x\nAUTH\n\n",
	"GET $//NS/./keys HTTP/1.1\nHost: x\nAUTH\n\nGET $/ HTTP/1.1\nHost: x\nAUTH\n\nGET $/NS/ HTTP/1.1\nHost: x\nAUTH\n\n",
	"PUT $/NS/values/form?expiration_ttl=60 HTTP/1.1\nHost: x\nAUTH\nContent-Type: multipart/form-data; boundary=b\nContent-Length: 142\n\n" +
		"--b\nContent-Disposition: form-data; name=\"value\"\n\nv\n--b\nContent-Disposition: form-data; name=\"metadata\"\n\n{\"a\":1}\n--b--\n",
	"PUT $/NS/values/form HTTP/1.1\nHost: x\nAUTH\nContent-Type: multipart/form-data\nContent-Length: 3\n\n--b",
	"PUT $/NS/values/k?expiration_ttl=-1&expiration=x HTTP/1.1\nHost: x\nAUTH\nContent-Length: 1\n\nv",
	"PUT $/NS/values/k?expiration=9223372036854775807 HTTP/1.1\nHost: x\nAUTH\nTransfer-Encoding: chunked\n\n1;x=y\nv\n0\nTrailer: t\n\n",
	"PUT $/NS/values/k HTTP/1.1\nHost: x\nAUTH\nExpect: 100-continue\nContent-Length: 1\n\nv",
	"PUT $/NS/values/k HTTP/1.1\nHost: x\nAuthorization: Bearer x\nExpect: 100-continue\nContent-Length: 99999999999\n\nv",
	"PUT $/NS/values/k HTTP/1.1\nHost: x\nAUTH\nContent-Length: 10\n\nshort",
	"PUT $/NS/values/k HTTP/1.1\nHost: x\nAUTH\nContent-Length: 1\n\nlong",
	"PUT $/NS/values/k HTTP/1.1\nHost: x\nAUTH\nContent-Length: -1\n\nv",
	"PUT $/NS/values/k HTTP/1.1\nHost: x\nAUTH\nContent-Length: 1\nContent-Length: 2\n\nv",
	"PUT $/NS/values/k HTTP/1.1\nHost: x\nAUTH\nContent-Length: 1\nTransfer-Encoding: chunked\n\n1\nv\n0\n\n",
	"PUT $/NS/values/k HTTP/1.1\nHost: x\nAUTH\nTransfer-Encoding: chunked\n\nFFFFFFFFFFFFFFFFF\nv",
	"PATCH $/NS/values/k HTTP/1.1\nHost: x\nAUTH\n\nOPTIONS * HTTP/1.1\nHost: x\n\nGET * HTTP/1.1\nHost: x\nAUTH\n\n",
	"CONNECT x:1 HTTP/1.1\nHost: x\nAUTH\n\nGET http://x$ HTTP/1.1\nHost: y\nAUTH\n\n",
	"GET / HTTP/1.1\nHost: x\n\nPRI * HTTP/2.0\n\nSM\n\n",
	"GET $ HTTP/1.1\nHost: x\nAUTH\nX: " + strings.Repeat("y", 5000) + "\n\n",
	"PUT $/NS/values/form HTTP/1.1\nHost: x\nAUTH\nContent-Type: multipart/form-data; boundary=b\nContent-Length: 53\n\n" +
		"--b\nContent-Disposition: form-data; name=\"value\"\n\nv",
	"PUT $/NS/values/k?expiration_ttl=9223372036&ttl=1&x=%zz HTTP/1.1\nHost: x\nAUTH\nContent-Length: 1\n\nv",
	"PUT $/NS/bulk HTTP/1.1\nHost: x\nAUTH\nContent-Length: 1000\n\n[{},{},GET $/NS/values/there HTTP/1.1\nHost: x\nAUTH\n\n",
	"PUT $/NS/bulk HTTP/1.1\nHost: x\nAUTH\nContent-Length: 4\n\n[{},GET $/NS/values/there HTTP/1.1\nHost: x\nAUTH\n\n",
	"PUT $/NS/bulk HTTP/1.1\nHost: x\nAUTH\nTransfer-Encoding: chunked\n\n4\n[{},\n0\n\nGET $/NS/values/there HTTP/1.1\nHost: x\nAUTH\n\n",
	"GET /client/v4/accounts//storage/kv/namespaces HTTP/1.1\nHost: x\nauthorization: bearer secret\n\n",
	"GET $ HTTP/1.1\nHost: x\nX-Auth-Email: a@b\nX-Auth-Key: x\n\n",
	"GET $ HTTP/1.1\nAUTH\n\n", "GET $ HTTP/3.0\nHost: x\n\n", "G\x00T", "\n\n", "",
}

// wire makes a seed what is sent.
func wire(request string) []byte {
	r := strings.NewReplacer("\n", "\r\n", "$", spacesPath, "NS", IDOf("bench"), "AUTH", "Authorization: Bearer "+testToken)
	return []byte(r.Replace(request))
}

// Whatever comes over a connection: the server does not panic, every answer is
// HTTP, and calls on another connection are answered as ever.
func FuzzHTTP(f *testing.F) {
	for _, r := range requests {
		f.Add(wire(r), uint16(0))
		f.Add(wire(r), uint16(len(r)/2))
	}
	h := serve(f, "embedded://?profile=none&locations=2&propagation=60s", Patience{})
	if err := h.Ensure("aside", ""); err != nil {
		f.Fatal(err)
	}
	n := 0
	f.Fuzz(func(t *testing.T, data []byte, cut uint16) {
		for _, ns := range h.Namespaces() { // the same for every input
			if ns.Title != "aside" {
				if a := h.on(t).do("DELETE", spacesPath+"/"+ns.ID, nil); a.status != http.StatusOK {
					t.Fatalf("%d %s", a.status, a.body)
				}
			}
		}
		if err := h.Ensure("bench", ""); err != nil {
			t.Fatal(err)
		}
		h.on(t).put("there", `{"v":1}`)

		if err := exchange(h.dial(t), data, int(cut)); err != nil {
			t.Errorf("%v\nfor %q", err, data)
		}

		n++
		aside := *h.on(t)
		aside.space = spacesPath + "/" + IDOf("aside")
		aside.put(fmt.Sprint("k", n%100), fmt.Sprint(n))
		if a := aside.do("GET", aside.value(fmt.Sprint("k", n%100)), nil); string(a.body) != fmt.Sprint(n) {
			t.Errorf("another call: %d %s", a.status, a.body)
		}
		if text := h.log.String(); strings.Contains(text, "panic serving") || strings.Contains(text, "superfluous") {
			t.Error(text)
		}
		if n := runtime.NumGoroutine(); n > 500 {
			t.Errorf("%d goroutines", n)
		}
	})
}

// exchange sends data in two parts, ends its side, and checks all answers. It fails
// when the server does not end the connection in good time.
func exchange(c net.Conn, data []byte, cut int) error {
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil { // less than the server's patience
		return err
	}
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		_, _ = c.Write(data[:min(cut, len(data))]) // the server may well have ended the connection
		runtime.Gosched()
		_, _ = c.Write(data[min(cut, len(data)):])
		_ = c.(interface{ CloseWrite() error }).CloseWrite()
	}()
	defer func() { <-sent }()
	asked := bufio.NewReader(bytes.NewReader(data))
	answers := bufio.NewReader(c)
	for {
		r, err := http.ReadRequest(asked)
		if err != nil {
			r = &http.Request{Method: "GET", URL: nil}
		}
		for again := true; again; {
			if _, err := answers.Peek(1); err == io.EOF {
				return nil
			} else if timeout := net.Error(nil); errors.As(err, &timeout) && timeout.Timeout() {
				return fmt.Errorf("the server hangs: %w", err)
			} else if err != nil {
				return nil // reset; see check
			}
			again, err = check(r, answers)
			if err != nil {
				return err
			}
		}
		if r.Body != nil {
			_, _ = io.Copy(io.Discard, r.Body) // what is wrong with it is for the server to say
		}
	}
}

// check reads the answer to a request; again: another one is to come.
func check(r *http.Request, answers *bufio.Reader) (again bool, err error) {
	res, err := http.ReadResponse(answers, r)
	if errors.Is(err, syscall.ECONNRESET) { // net/http may close a connection before it has read all
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("an answer that is not HTTP: %w", err)
	}
	if res.StatusCode < 200 {
		return true, nil
	}
	body, err := io.ReadAll(res.Body)
	ours := res.Header.Get("Cf-Ray") != ""
	if !ours && errors.Is(err, syscall.ECONNRESET) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("%s, and of its body: %w", res.Status, err)
	}
	switch {
	case res.StatusCode >= 300 && res.StatusCode < 400:
		return false, fmt.Errorf("%s to %s", res.Status, res.Header.Get("Location"))
	case !ours && res.StatusCode < 400 && r.Method != "OPTIONS": // net/http's own, to *
		return false, fmt.Errorf("%s without an identifier", res.Status)
	case !ours && r.Method == "HEAD": // net/http refuses a request that it could not read with a body
		_, _ = io.Copy(io.Discard, answers)
		return false, nil
	case !ours || r.Method == "HEAD" || res.StatusCode == 200 && res.Header.Get("Content-Type") == binaryType[0]:
		return false, nil
	}
	var e envelope
	if err := json.Unmarshal(body, &e); err != nil {
		return false, fmt.Errorf("%s with no envelope: %w: %q", res.Status, err, body)
	}
	if ok := res.StatusCode == 200; e.Success != ok || ok != (len(e.Errors) == 0) {
		return false, fmt.Errorf("%s in an envelope that does not fit: %s", res.Status, body)
	}
	return false, nil
}
