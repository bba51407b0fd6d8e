package command

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
)

// serve makes a server of an echo.
func serve(e echo) func(t *testing.T) string {
	return func(t *testing.T) string { return echoServer(t, e) }
}

// hostileAnswers are servers that send back what they heard, each in another place.
func hostileAnswers() map[string]func(t *testing.T) string {
	raw := func(text string) func(t *testing.T) string {
		return func(t *testing.T) string { return rawServer(t, 1, text) }
	}
	servers := map[string]func(t *testing.T) string{
		"value": serve(reads(func(w http.ResponseWriter, _ *http.Request, auth string) bool {
			fmt.Fprint(w, auth)
			return true
		})),
		"header": serve(reads(func(w http.ResponseWriter, _ *http.Request, auth string) bool {
			w.Header().Set("Expiration", auth)
			return true
		})),
		"redirect": serve(reads(func(w http.ResponseWriter, r *http.Request, auth string) bool {
			http.Redirect(w, r, "http://127.0.0.1:1/?"+url.QueryEscape(auth), http.StatusFound)
			return true
		})),
		"success-false": serve(writes(func(w http.ResponseWriter, _ *http.Request, auth string) bool {
			refuseAll(w, 200, auth, 10001)
			return true
		})),
		"no-json": serve(writes(func(w http.ResponseWriter, _ *http.Request, auth string) bool {
			fmt.Fprint(w, auth)
			return true
		})),
		"names": serve(listings("keys", 1, func(w http.ResponseWriter, _ *http.Request, auth string) bool {
			reply(w, 200, map[string]any{"success": true, "result": []any{map[string]any{"name": auth, "metadata": auth}}})
			return true
		})),
		"cursor": serve(listings("keys", 1, func(w http.ResponseWriter, _ *http.Request, auth string) bool {
			reply(w, 200, map[string]any{"success": true, "result": []any{}, "result_info": map[string]any{"cursor": auth}})
			return true
		})),
		"first-call":      serve(listings("keys", 0, saying(ways["as-it-is"]))),
		"bulk":            serve(writes(saying(ways["as-it-is"]))),
		"status-line":     raw("HTTP/1.1 AUTH\r\n\r\n"),
		"broken-header":   raw("HTTP/1.1 200 OK\r\nAUTH\r\n\r\n"),
		"no-http":         raw("AUTH\r\n\r\n"),
		"broken-length":   raw("HTTP/1.1 200 OK\r\nContent-Length: AUTH\r\n\r\n"),
		"more-than-asked": raw("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n\r\nAUTH"),
	}
	for name, say := range ways {
		servers["error-"+name] = serve(reads(saying(say)))
	}
	return servers
}

// ownWords are the answers that kvbench tells of in words of its own.
var ownWords = map[string]bool{"redirect": true, "no-json": true, "cursor": true}

// No secret gets into what a run writes or says, whatever a server sends back.
func TestHostileAnswers(t *testing.T) {
	canaryEnv(t)
	for name, server := range hostileAnswers() {
		for _, driver := range []string{"rest", "cloudflare"} {
			t.Run(name+"/"+driver, func(t *testing.T) {
				status := exitFailed
				if name == "first-call" {
					status = exitUsage
				}
				canaryRun{
					server: server, file: scenarioYAML(driver + "://account/" + canarySpace + "?base=BASE"),
					commands: []string{
						"run FILE --out DIR/run --format html,svg,md,csv,json,benchfmt,junit,hlog --json",
						"clean DIR/run", "report DIR/run --format json --out DIR/again", "check FILE",
					},
					status: status, unshown: ownWords[name],
				}.run(t)
			})
		}
	}
}
