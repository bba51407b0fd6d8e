package command

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
)

// canarySpace is the identifier of a namespace, whose title is not looked up.
const canarySpace = "0123456789abcdef0123456789abcdef"

// echo is how a hostile server answers one call. auth is what came as Authorization.
// It reports whether it did; the call is answered as the API would where it did not.
type echo func(w http.ResponseWriter, r *http.Request, auth string) bool

// echoServer is a server of Cloudflare's API with a namespace that is empty and takes
// everything, but for what hostile answers. It returns its address.
func echoServer(t *testing.T, hostile echo) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || hostile(w, r, r.Header.Get("Authorization")) {
			return
		}
		switch {
		case strings.HasSuffix(r.URL.Path, "/bulk/get"):
			var asked struct{ Keys []string }
			values := map[string]any{}
			if json.Unmarshal(body, &asked) == nil {
				for _, k := range asked.Keys {
					values[k] = nil
				}
			}
			reply(w, 200, map[string]any{"success": true, "result": map[string]any{"values": values}})
		case r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/values/"):
			refuseAll(w, 404, "key not found", 10009)
		case r.Method == http.MethodGet:
			reply(w, 200, map[string]any{"success": true, "result": []string{}})
		default:
			reply(w, 200, map[string]any{"success": true, "result": nil})
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body) // to a client that may have gone
}

func refuseAll(w http.ResponseWriter, status int, text string, code int) {
	reply(w, status, map[string]any{"success": false, "errors": []any{map[string]any{"code": code, "message": text}}})
}

// writes restricts an echo to writes in bulk, with which a run begins.
func writes(e echo) echo {
	return func(w http.ResponseWriter, r *http.Request, auth string) bool {
		return r.Method == http.MethodPut && strings.HasSuffix(r.URL.Path, "/bulk") && e(w, r, auth)
	}
}

// reads restricts an echo to reads of single values.
func reads(e echo) echo {
	return func(w http.ResponseWriter, r *http.Request, auth string) bool {
		return r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/values/") && e(w, r, auth)
	}
}

// listings restricts an echo to listings of keys or namespaces, after so many of them.
func listings(kind string, after int64, e echo) echo {
	var n atomic.Int64
	return func(w http.ResponseWriter, r *http.Request, auth string) bool {
		return r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/"+kind) && n.Add(1) > after && e(w, r, auth)
	}
}

// saying refuses every call in the words that say makes of Authorization.
func saying(say func(auth string) string) echo {
	return func(w http.ResponseWriter, _ *http.Request, auth string) bool {
		refuseAll(w, 500, say(auth), 10001)
		return true
	}
}

// ways are the ways in which a server may write what it heard.
var ways = map[string]func(auth string) string{
	"as-it-is": func(auth string) string { return "you sent " + auth },
	"in-a-url": func(auth string) string { return "see https://example.com/?" + url.Values{"a": {auth}}.Encode() },
	"in-a-path": func(auth string) string {
		return "see https://example.com/" + strings.ToLower(url.PathEscape(" ")) + url.PathEscape(auth)
	},
	"in-json":      func(auth string) string { return fmt.Sprintf(`{"authorization":%s}`, mustJSON(auth)) },
	"json-in-json": func(auth string) string { return mustJSON(map[string]string{"headers": mustJSON(auth)}) },
	"in-go":        func(auth string) string { return fmt.Sprintf("%q", auth) },
	"in-html":      func(auth string) string { return "<p>" + html.EscapeString(auth) },
	"in-base64":    func(auth string) string { return base64.StdEncoding.EncodeToString([]byte(auth)) },
	"within-base64": func(auth string) string {
		return base64.RawURLEncoding.EncodeToString([]byte("x " + auth + " y"))
	},
	"cut-off":    func(auth string) string { return strings.Repeat("x", 240) + auth + strings.Repeat("x", 100) },
	"over-lines": func(auth string) string { return "you\n\n" + auth + "\nsent" },
	"many-times": func(auth string) string { return strings.Repeat(auth+auth+" ", 3) },
}

func mustJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// rawServer answers every call on a connection with the same bytes, of which AUTH is
// the token that came, after it has answered so many as the API would.
func rawServer(t *testing.T, after int64, text string) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	var calls atomic.Int64
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				var heard []byte
				buf := make([]byte, 64<<10)
				for {
					n, err := c.Read(buf)
					if err != nil {
						return
					}
					heard = append(heard, buf[:n]...)
					head, _, whole := bytes.Cut(heard, []byte("\r\n\r\n"))
					if !whole {
						continue
					}
					_, auth, _ := strings.Cut(string(head), "Authorization: Bearer ")
					auth, _, _ = strings.Cut(auth, "\r\n")
					heard = nil
					if calls.Add(1) <= after {
						const ok = `{"success":true,"result":[]}`
						fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(ok), ok)
						continue
					}
					io.WriteString(c, strings.ReplaceAll(text, "AUTH", auth))
					return
				}
			}()
		}
	}()
	return "http://" + l.Addr().String()
}
