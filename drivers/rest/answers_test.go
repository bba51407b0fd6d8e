package rest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"kvbench/drivers/rest"
	"kvbench/internal/clock"
	"kvbench/kv"

	"github.com/google/go-cmp/cmp"
)

// fake is a server that answers every call alike, and remembers what it was asked.
type fake struct {
	url    string
	status int
	header map[string]string
	body   string
	answer http.HandlerFunc // in place of the three above

	mu    sync.Mutex
	calls []string // method, path as it was sent, and query
	sent  []byte   // the last body
	form  map[string]string
}

const space = "0123456789abcdef0123456789abcdef"

func serve(t *testing.T) *fake {
	t.Helper()
	f := &fake{status: http.StatusOK}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	f.url = server.URL
	return f
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || r.Header.Get("Authorization") != "Bearer "+token {
		w.WriteHeader(http.StatusTeapot)
		return
	}
	f.mu.Lock()
	_, path, _ := strings.Cut(r.URL.EscapedPath(), "/namespaces")
	f.calls = append(f.calls, strings.TrimSuffix(r.Method+" "+path+"?"+r.URL.RawQuery, "?"))
	f.sent, f.form = body, map[string]string{}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if form, err := r.MultipartReader(); err == nil {
		for {
			part, err := form.NextPart()
			if err != nil {
				break
			}
			data, _ := io.ReadAll(part)
			f.form[part.FormName()] = string(data)
		}
	}
	answer := f.answer
	f.mu.Unlock()
	if answer != nil {
		answer(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	for name, value := range f.header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(f.status)
	_, _ = io.WriteString(w, f.body)
}

// each runs a test with a store of each scheme and a server of its own.
func each(t *testing.T, check func(t *testing.T, f *fake, s kv.Store)) {
	for _, scheme := range schemes {
		t.Run(scheme, func(t *testing.T) {
			f := serve(t)
			check(t, f, open(t, scheme+"://"+account+"/"+space+"?base="+f.url, clock.NewWall()))
		})
	}
}

type op struct {
	name string
	call func(ctx context.Context, s kv.Store) error
}

// ops are all calls of a store that expect an envelope, and get.
func ops() []op {
	return []op{
		{"get", func(ctx context.Context, s kv.Store) error { return s.Get(ctx, "k", kv.GetOptions{}, new(kv.Entry)) }},
		{"get with metadata", func(ctx context.Context, s kv.Store) error {
			return s.Get(ctx, "k", kv.GetOptions{Metadata: true}, new(kv.Entry))
		}},
		{"put", func(ctx context.Context, s kv.Store) error { return s.Put(ctx, "k", []byte("v"), kv.PutOptions{}) }},
		{"delete", func(ctx context.Context, s kv.Store) error { return s.Delete(ctx, "k") }},
		{"list", func(ctx context.Context, s kv.Store) error { return s.List(ctx, kv.ListOptions{}, new(kv.Page)) }},
		{"bulk get", func(ctx context.Context, s kv.Store) error {
			return s.(kv.BulkGetter).BulkGet(ctx, []string{"k"}, kv.GetOptions{}, make([]kv.Entry, 1))
		}},
		{"bulk put", func(ctx context.Context, s kv.Store) error {
			return s.(kv.BulkPutter).BulkPut(ctx, []kv.Pair{{Key: "k"}})
		}},
		{"bulk delete", func(ctx context.Context, s kv.Store) error {
			return s.(kv.BulkDeleter).BulkDelete(ctx, []string{"k"})
		}},
	}
}

// Trap 1: the client's own decoding loses all values when one key is absent.
func TestBulkGetWithAnAbsentKey(t *testing.T) {
	each(t, func(t *testing.T, f *fake, s kv.Store) {
		f.body = `{"success":true,"result":{"values":{"a":"1","b":null}}}`
		es := make([]kv.Entry, 2)
		if err := s.(kv.BulkGetter).BulkGet(t.Context(), []string{"a", "b"}, kv.GetOptions{}, es); err != nil {
			t.Fatal(err)
		}
		if !es[0].Found || string(es[0].Value) != "1" || es[1].Found {
			t.Errorf("got %+v", es)
		}
		// A key that the answer does not speak of is not absent: the answer is wrong.
		if err := s.(kv.BulkGetter).BulkGet(t.Context(), []string{"a", "c"}, kv.GetOptions{}, es); !kv.HasStatus(err, 502) || es[0].Found {
			t.Errorf("a key left out: %v, %+v", err, es)
		}
	})
}

// Trap 2: the client takes metadata that is an object apart.
func TestMetadataIsOnePart(t *testing.T) {
	each(t, func(t *testing.T, f *fake, s kv.Store) {
		f.body = `{"success":true}`
		const metadata = `{"a":{"b":[1,2.50]}}`
		if err := s.Put(t.Context(), "k", []byte("v"), kv.PutOptions{Metadata: []byte(metadata)}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]string{"value": "v", "metadata": metadata}, f.form); diff != "" {
			t.Error(diff)
		}
		pair := kv.Pair{Key: "k", Value: []byte("\xff"), Options: kv.PutOptions{Metadata: []byte(metadata), TTL: time.Minute}}
		if err := s.(kv.BulkPutter).BulkPut(t.Context(), []kv.Pair{pair}); err != nil {
			t.Fatal(err)
		}
		const want = `[{"key":"k","value":"/w==","base64":true,"expiration_ttl":60,"metadata":{"a":{"b":[1,2.50]}}}]`
		if string(f.sent) != want {
			t.Errorf("sent %s", f.sent)
		}
	})
}

// Trap 3: the client puts keys into the path as they are.
func TestKeysAreEscaped(t *testing.T) {
	each(t, func(t *testing.T, f *fake, s kv.Store) {
		f.body = `{"success":true}`
		for key, path := range map[string]string{
			"a?b": "a%3Fb", "50%off": "50%25off", "a/../b": "a%2F..%2Fb", "a#b": "a%23b", "é": "%C3%A9", "a b": "a%20b",
		} {
			f.calls = nil
			if err := s.Delete(t.Context(), key); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{"DELETE /" + space + "/values/" + path}, f.calls); diff != "" {
				t.Error(diff)
			}
		}
		f.calls = nil
		for _, key := range []string{"", ".", "..", "\xff"} {
			for name, err := range map[string]error{
				"delete":      s.Delete(t.Context(), key),
				"bulk delete": s.(kv.BulkDeleter).BulkDelete(t.Context(), []string{key}),
				"bulk put":    s.(kv.BulkPutter).BulkPut(t.Context(), []kv.Pair{{Key: key}}),
			} {
				if !kv.HasStatus(err, 400) {
					t.Errorf("%s %q: %v", name, key, err)
				}
			}
		}
		if f.calls != nil {
			t.Errorf("these keys were sent: %v", f.calls)
		}
	})
}

// Trap 4: the client's pager ends at an empty page that has a cursor.
func TestEmptyPageWithACursor(t *testing.T) {
	each(t, func(t *testing.T, f *fake, s kv.Store) {
		f.body = `{"success":true,"result":[],"result_info":{"count":0,"cursor":"c+/="}}`
		var p kv.Page
		if err := s.List(t.Context(), kv.ListOptions{Prefix: "p&q"}, &p); err != nil || p.Complete || p.Cursor == "" {
			t.Fatalf("got %+v, %v", p, err)
		}
		f.body = `{"success":true,"result":[{"name":"p&q"}],"result_info":{"count":1,"cursor":""}}`
		if err := s.List(t.Context(), kv.ListOptions{Prefix: "p&q", Cursor: p.Cursor}, &p); err != nil || !p.Complete || len(p.Keys) != 1 {
			t.Fatalf("got %+v, %v", p, err)
		}
		path := "GET /" + space + "/keys?"
		if diff := cmp.Diff([]string{path + "prefix=p%26q", path + "cursor=c%2B%2F%3D&prefix=p%26q"}, f.calls); diff != "" {
			t.Error(diff)
		}
	})
}

// A page of less than 10 names is a part of one of 10, and no name is lost or given
// twice, also when one is deleted between the parts.
func TestShortPages(t *testing.T) {
	each(t, func(t *testing.T, f *fake, s kv.Store) {
		names := strings.Fields("a b c d e f g h i j")
		f.answer = func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("limit") != "10" {
				t.Errorf("limit %s", r.URL.Query().Get("limit"))
			}
			body := `{"success":true,"result":[{"name":"k"}]}`
			if r.URL.Query().Get("cursor") == "" {
				body = `{"success":true,"result":[{"name":"` + strings.Join(names, `"},{"name":"`) + `"}],"result_info":{"cursor":"next"}}`
			}
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, body)
		}
		var got []string
		var p kv.Page
		for o := (kv.ListOptions{Limit: 4}); ; o.Cursor = p.Cursor {
			if err := s.List(t.Context(), o, &p); err != nil {
				t.Fatal(err)
			}
			part := ""
			for _, k := range p.Keys {
				part += k.Name
			}
			got = append(got, part)
			if p.Complete || len(got) > 9 {
				break
			}
			names = names[:0]
			names = append(names, "a", "c", "d", "e", "f", "g", "h", "i", "j") // b is deleted
		}
		if diff := cmp.Diff([]string{"abcd", "efgh", "ij", "k"}, got); diff != "" {
			t.Error(diff)
		}
		for _, cursor := range []string{"x", "?.c"} {
			if err := s.List(t.Context(), kv.ListOptions{Cursor: cursor}, &p); !kv.HasStatus(err, 400) {
				t.Errorf("cursor %q: %v", cursor, err)
			}
		}
	})
}

// Trap 5: the client takes success:false for a success when the status is 200.
func TestSuccessFalse(t *testing.T) {
	each(t, func(t *testing.T, f *fake, s kv.Store) {
		for _, test := range []struct {
			body   string
			status int
			code   int
		}{
			{`{"success":false,"errors":[{"code":10429,"message":"slow down"}],"result":null}`, 429, 10429},
			{`{"success":false,"errors":[{"code":10013,"message":"namespace not found"}]}`, 404, 10013},
			{`{"success":false,"errors":[{"code":1,"message":"odd"}]}`, 502, 1},
			{`{"success":false}`, 502, 0},
			{`{}`, 502, 0},
			{`[`, 502, 0},
		} {
			f.body = test.body
			for _, op := range ops()[1:] { // a get's answer is a value, whatever it says
				err := op.call(t.Context(), s)
				var e *kv.Error
				if !errors.As(err, &e) || e.Status != test.status || e.Code != test.code {
					t.Errorf("%s: %s: got %v", op.name, test.body, err)
				}
			}
		}
		f.body = `{"success":false,"errors":[{"code":10009,"message":"key not found"}]}`
		if err := ops()[1].call(t.Context(), s); !errors.Is(err, kv.ErrNotFound) {
			t.Errorf("an absent key: %v", err)
		}
	})
}

// Nothing is tried twice: every failure is the caller's to see.
func TestNoRetries(t *testing.T) {
	each(t, func(t *testing.T, f *fake, s kv.Store) {
		for _, status := range []int{408, 409, 429, 500, 503, 301} {
			for _, op := range ops() {
				f.status, f.calls, f.header = status, nil, map[string]string{"Location": f.url}
				if err := op.call(t.Context(), s); !kv.HasStatus(err, status) {
					t.Errorf("%s: %d: got %v", op.name, status, err)
				}
				if len(f.calls) != 1 {
					t.Errorf("%s: %d: %d calls", op.name, status, len(f.calls))
				}
			}
		}
	})
}

func TestErrors(t *testing.T) {
	date := time.Date(2026, 11, 23, 1, 2, 3, 0, time.UTC)
	each(t, func(t *testing.T, f *fake, s kv.Store) {
		for _, test := range []struct {
			name   string
			status int
			header map[string]string
			body   string
			want   error
		}{
			{
				"throttled, in seconds", 429,
				map[string]string{"Retry-After": "300"},
				`{"success":false,"errors":[{"code":971,"message":"Please wait"}]}`,
				&kv.Error{Status: 429, Code: 971, Message: "Please wait", RetryAfter: 5 * time.Minute},
			},
			{
				"throttled, until a date",
				429,
				map[string]string{
					"Date": date.Format(http.TimeFormat), "Retry-After": date.Add(90 * time.Second).Format(http.TimeFormat),
				},
				"", &kv.Error{Status: 429, RetryAfter: 90 * time.Second},
			},
			{
				"a date that is over", 503,
				map[string]string{"Date": date.Format(http.TimeFormat), "Retry-After": date.Add(-time.Hour).Format(http.TimeFormat)},
				"", &kv.Error{Status: 503},
			},
			{"no date", 503, map[string]string{"Retry-After": "soon"}, "", &kv.Error{Status: 503}},
			{
				"an absent key", 404, nil, `{"success":false,"errors":[{"code":10009,"message":"get: 'key not found'"}]}`,
				kv.ErrNotFound,
			},
			{
				"an absent namespace", 404, nil, `{"success":false,"errors":[{"code":10013,"message":"namespace not found"}]}`,
				&kv.Error{Status: 404, Code: 10013, Message: "namespace not found"},
			},
			{
				"two errors", 404, nil, `{"errors":[{"code":7003,"message":"no route"},{"code":7000,"message":"none at all"}]}`,
				&kv.Error{Status: 404, Code: 7003, Message: "no route; none at all"},
			},
			{"someone else's page", 404, map[string]string{"Content-Type": "text/html"}, "<html>", &kv.Error{Status: 404}},
		} {
			f.status, f.header, f.body = test.status, test.header, test.body
			for _, op := range ops() {
				want := test.want
				if op.name == "delete" && want == kv.ErrNotFound {
					want = nil // deleting an absent key succeeds
				}
				got := op.call(t.Context(), s)
				if fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", want) && !cmp.Equal(got, want) {
					t.Errorf("%s: %s: got %#v, want %#v", test.name, op.name, got, want)
				}
			}
		}
	})
}

// Errors without an answer: the context's own, or one that counts as the network's.
// None of them, nor one with an answer, tells the token.
func TestNoAnswer(t *testing.T) {
	each(t, func(t *testing.T, f *fake, s kv.Store) {
		block := make(chan struct{})
		defer close(block)
		hang := func(http.ResponseWriter, *http.Request) { <-block }
		drop := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
		cut := func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "the beginning")
		}
		for _, test := range []struct {
			name, code string
			answer     http.HandlerFunc
			timeout    time.Duration
		}{
			{"hangs", "timeout", hang, 20 * time.Millisecond},
			{"drops", "network", drop, time.Minute},
			{"is cut off", "network", cut, time.Minute},
		} {
			f.mu.Lock() // a call that hung may still be there
			f.answer = test.answer
			f.mu.Unlock()
			for _, op := range ops() {
				ctx, cancel := context.WithTimeout(t.Context(), test.timeout)
				err := op.call(ctx, s)
				cancel()
				if got := kv.ErrorCode(err); got != test.code || strings.Contains(err.Error(), token) {
					t.Errorf("%s: a server that %s: %q: %v", op.name, test.name, got, err)
				}
			}
		}
	})
	for _, scheme := range schemes {
		t.Setenv(rest.TokenVariable, "")
		without := open(t, scheme+"://"+account+"/"+space+"?base=http://127.0.0.1:1", clock.NewWall())
		t.Setenv(rest.TokenVariable, token)
		s := open(t, scheme+"://"+account+"/"+space+"?base=http://127.0.0.1:1", clock.NewWall())
		for _, op := range ops() {
			if err := op.call(t.Context(), s); kv.ErrorCode(err) != "network" || !strings.Contains(err.Error(), "connection refused") ||
				strings.Contains(err.Error(), account) {
				t.Errorf("%s: no server: %v", op.name, err)
			}
			if err := op.call(t.Context(), without); !kv.HasStatus(err, 401) || !strings.Contains(err.Error(), rest.TokenVariable) {
				t.Errorf("%s: no token: %v", op.name, err)
			}
		}
	}
}

// Bulk calls that leave out keys name them.
func TestBulkRefusals(t *testing.T) {
	each(t, func(t *testing.T, f *fake, s kv.Store) {
		f.body = `{"success":true,"result":{"successful_key_count":0,"unsuccessful_keys":["k"]}}`
		for _, op := range ops()[6:] {
			var e *kv.Error
			if err := op.call(t.Context(), s); !errors.As(err, &e) || e.Status != 429 || !cmp.Equal(e.Keys, []string{"k"}) {
				t.Errorf("%s: %v", op.name, err)
			}
		}
	})
}
