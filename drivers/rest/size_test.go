package rest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
	"testing"
	"time"

	"kvbench/drivers/rest"
	"kvbench/internal/clock"
	"kvbench/kv"
)

// sizes are the most bytes of the answers of each call, from the published limits.
var sizes = map[string]int{
	"get":               25 << 20,
	"get with metadata": 6*25<<20 + 100*(6*512+6*1024+128) + 64<<10,
	"bulk get":          6*25<<20 + 100*(6*512+6*1024+128) + 64<<10,
	"list":              1000*(6*512+6*1024+128) + 64<<10,
	"put":               64 << 10,
	"delete":            64 << 10,
	"bulk put":          10_000*(6*512+3) + 64<<10,
	"bulk delete":       10_000*(6*512+3) + 64<<10,
}

// An answer that is as long as the API's may be is read, and one that is a byte
// longer is not, whether it says its length or not. What has no end is not read to
// the end of the memory, and its connection is not used again.
func TestSizes(t *testing.T) {
	if testing.Short() {
		t.Skip("it measures memory, or computes a lot in one goroutine")
	}
	each(t, func(t *testing.T, f *fake, s kv.Store) {
		for _, op := range ops() {
			most := sizes[op.name]
			if raceEnabled() && most > 100<<20 {
				continue // it takes gigabytes and minutes where races are looked for
			}
			body := `{"success":true,"result":null}`
			if strings.Contains(op.name, "get") && op.name != "get" {
				body = `{"success":true,"result":{"values":{"k":null}}}`
			}
			limit := func(status int) int {
				if status == http.StatusOK {
					return most
				}
				return 64 << 10
			}
			left := make(chan string, 1) // the address of a client that has gone
			answer := func(status, length int, told bool) http.HandlerFunc {
				return func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Content-Type", "application/json")
					if told {
						w.Header().Set("Content-Length", strconv.Itoa(length))
					}
					w.WriteHeader(status)
					_, _ = io.WriteString(w, body)
					spaces := strings.Repeat(" ", 1<<16)
					for n := len(body); n < length; {
						part := spaces[:min(len(spaces), length-n)]
						if _, err := io.WriteString(w, part); err != nil {
							left <- r.RemoteAddr
							return
						}
						n += len(part)
					}
				}
			}
			for _, tt := range []struct {
				name           string
				status, length int
				told, ok       bool
				long           bool // to read, where the limit is high
			}{
				{"the longest", 200, most, true, true, true},
				{"the longest, of no known length", 200, most, false, true, op.name != "list"},
				{"a byte more", 200, most + 1, true, false, false},
				{"a byte more, of no known length", 200, most + 1, false, false, true},
				{"no end", 200, 1 << 40, false, false, op.name == "get with metadata"},
				{"an error without an end", 500, 1 << 40, false, false, false},
			} {
				if most > 8<<20 && op.name != "get" && tt.long {
					continue // it takes a while, and the limit is in the error's text
				}
				f.mu.Lock()
				f.answer = answer(tt.status, tt.length, tt.told)
				f.mu.Unlock()
				err := op.call(t.Context(), s)
				switch {
				case tt.ok && err != nil && kv.ErrorCode(err) != "404":
					t.Errorf("%s: %s: %v", op.name, tt.name, err)
				case !tt.ok && (!kv.HasStatus(err, 502) || !strings.Contains(err.Error(), fmt.Sprintf("longer than the API's may be, %d bytes", limit(tt.status)))):
					t.Errorf("%s: %s: %v", op.name, tt.name, err)
				}
				if tt.length != 1<<40 {
					continue
				}
				gone := <-left
				next := make(chan string, 1)
				f.mu.Lock()
				f.answer = func(_ http.ResponseWriter, r *http.Request) { next <- r.RemoteAddr }
				f.mu.Unlock()
				_ = op.call(t.Context(), s) // whatever it makes of an empty answer
				if again := <-next; again == gone {
					t.Errorf("%s: %s: the connection is used again", op.name, tt.name)
				}
			}
		}
	})
}

// A server that sends a byte now and then, or takes nothing, is given up in time,
// though the context has no deadline.
func TestSlowServer(t *testing.T) {
	each(t, func(t *testing.T, f *fake, s kv.Store) {
		rest.Hurry(s, 100*time.Millisecond)
		f.answer = func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			for r.Context().Err() == nil {
				_, _ = io.WriteString(w, " ")
				_ = http.NewResponseController(w).Flush()
				time.Sleep(5 * time.Millisecond)
			}
		}
		for _, op := range ops() {
			if err := op.call(context.Background(), s); kv.ErrorCode(err) != "timeout" {
				t.Errorf("%s: %v", op.name, err)
			}
		}
	})
}

// Listings that do not go on are no loop of the caller's.
func TestListingsEnd(t *testing.T) {
	each(t, func(t *testing.T, f *fake, s kv.Store) {
		scheme := path.Base(t.Name())
		f.body = `{"success":true,"result":[{"name":"k"}],"result_info":{"cursor":"again"}}`
		var p kv.Page
		if err := s.List(t.Context(), kv.ListOptions{}, &p); err != nil {
			t.Fatal(err)
		}
		if err := s.List(t.Context(), kv.ListOptions{Cursor: p.Cursor}, &p); !kv.HasStatus(err, 502) || !strings.Contains(err.Error(), "does not go on") {
			t.Errorf("the same cursor again: %v", err)
		}
		f.body = `{"success":true,"result":[` + strings.Repeat(`{"id":"x","title":"y"},`, 99) + `{"id":"x","title":"y"}]}`
		f.calls = nil
		byTitle := open(t, scheme+"://"+account+"/title?base="+f.url, clock.NewWall())
		if err := byTitle.Delete(t.Context(), "k"); !kv.HasStatus(err, 502) || !strings.Contains(err.Error(), "do not end") || len(f.calls) != 100 {
			t.Errorf("namespaces without an end: %d calls, %v", len(f.calls), err)
		}
	})
}

// A wait that a server asks for is one that can be waited.
func TestRetryAfterIsBounded(t *testing.T) {
	each(t, func(t *testing.T, f *fake, s kv.Store) {
		for text, want := range map[string]time.Duration{
			"1.5": 1500 * time.Millisecond, "-1": 0, "NaN": 0, "Inf": 24 * time.Hour, "1e300": 24 * time.Hour, "-Inf": 0,
			"Fri, 31 Dec 9999 23:59:59 GMT": 24 * time.Hour,
		} {
			f.status, f.header = 429, map[string]string{"Retry-After": text}
			err := s.Delete(t.Context(), "k")
			if e, ok := err.(*kv.Error); !ok || e.RetryAfter != want {
				t.Errorf("%s: %#v", text, err)
			}
		}
	})
}
