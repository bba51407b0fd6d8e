package redis_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"kvbench/drivers"
	"kvbench/drivers/prefix"
	"kvbench/internal/clock"
	"kvbench/kv"

	"github.com/google/go-cmp/cmp"
)

// redisKeys are all keys of a server's database.
func redisKeys(t *testing.T, socket string) []string {
	t.Helper()
	keys, err := plain(t, socket).Keys(t.Context(), "*").Result()
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(keys)
	return keys
}

func put(t *testing.T, s kv.Store, key string, o kv.PutOptions) {
	t.Helper()
	if err := s.Put(t.Context(), key, []byte("of "+key), o); err != nil {
		t.Fatal(err)
	}
}

func names(t *testing.T, s kv.Store, o kv.ListOptions) (all []string, p kv.Page) {
	t.Helper()
	if err := s.List(t.Context(), o, &p); err != nil {
		t.Fatal(err)
	}
	for _, k := range p.Keys {
		all = append(all, k.Name)
	}
	return all, p
}

// All that a store writes is below its namespace, and all of it goes with its key.
func TestKeysOfRedis(t *testing.T) {
	socket := server(t)
	s, other := open(t, socket, "&namespace=mine"), open(t, socket, "&namespace=other")
	put(t, s, "a", kv.PutOptions{Metadata: []byte("1")})
	put(t, s, "b", kv.PutOptions{})
	put(t, other, "a", kv.PutOptions{})
	want := []string{"mine:m:a", "mine:names", "mine:v:a", "mine:v:b", "other:names", "other:v:a"}
	if diff := cmp.Diff(want, redisKeys(t, socket)); diff != "" {
		t.Error(diff)
	}
	put(t, s, "a", kv.PutOptions{})
	if diff := cmp.Diff(want[1:], redisKeys(t, socket)); diff != "" {
		t.Errorf("after a put without metadata: %s", diff)
	}
	for _, key := range []string{"a", "b"} {
		if err := s.Delete(t.Context(), key); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(want[4:], redisKeys(t, socket)); diff != "" {
		t.Errorf("after all deletes: %s", diff)
	}
}

// Value and metadata end together, in the last millisecond before the second that is listed:
// Redis has a key in the millisecond of its end, and KV does not.
func TestEndOfAKey(t *testing.T) {
	socket := server(t)
	s, c := open(t, socket, ""), plain(t, socket)
	end := time.Now().Add(time.Hour).Unix()
	put(t, s, "a", kv.PutOptions{Expiration: end, Metadata: []byte("1")})
	for _, key := range []string{"kvbench:v:a", "kvbench:m:a"} {
		if got, err := c.PExpireTime(t.Context(), key).Result(); err != nil || got.Milliseconds() != end*1000-1 {
			t.Errorf("%s ends at %d ms, %v, want %d", key, got.Milliseconds(), err, end*1000-1)
		}
	}
	if _, p := names(t, s, kv.ListOptions{}); len(p.Keys) != 1 || p.Keys[0].Expiration != end {
		t.Errorf("listed: %+v, want it to end at %d", p.Keys, end)
	}
}

// What a run writes lies below its prefix; cleaning takes all of it from Redis, what has
// ended too, and nothing else.
func TestClean(t *testing.T) {
	socket := server(t)
	s := open(t, socket, "&min-ttl=1s")
	put(t, s, "not-of-a-run", kv.PutOptions{})
	before := redisKeys(t, socket)
	run := prefix.Wrap(s, prefix.Of("RUN"), clock.NewWall())
	for _, key := range []string{"a", "b", "c"} {
		put(t, run, key, kv.PutOptions{Metadata: []byte("1")})
	}
	put(t, run, "ends", kv.PutOptions{TTL: time.Second, Metadata: []byte("1")})
	for range 500 { // 10 s
		if err := run.Get(t.Context(), "ends", kv.GetOptions{}, new(kv.Entry)); errors.Is(err, kv.ErrNotFound) {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if n, err := prefix.Clean(t.Context(), s, prefix.Of("RUN"), nil); n != 3 || err != nil {
		t.Errorf("%d keys, %v", n, err)
	}
	if diff := cmp.Diff(before, redisKeys(t, socket)); diff != "" {
		t.Error(diff)
	}
	if all, _ := names(t, s, kv.ListOptions{}); !slices.Equal(all, []string{"not-of-a-run"}) {
		t.Errorf("left %q", all)
	}
}

// A listing steps over names whose keys are gone, whatever took them, and takes them from
// the set; the page may then be short, or empty, and not the last.
func TestGoneNames(t *testing.T) {
	socket := server(t)
	s, c := open(t, socket, ""), plain(t, socket)
	for _, key := range []string{"a", "b", "c", "d", "e"} {
		put(t, s, key, kv.PutOptions{Metadata: []byte("1")})
	}
	if err := c.Unlink(t.Context(), "kvbench:v:a", "kvbench:v:b", "kvbench:v:d").Err(); err != nil {
		t.Fatal(err)
	}
	all, p := names(t, s, kv.ListOptions{Limit: 2})
	if len(all) != 0 || p.Complete || p.Cursor == "" {
		t.Errorf("first page: %q, %+v", all, p)
	}
	if all, p = names(t, s, kv.ListOptions{Limit: 2, Cursor: p.Cursor}); !slices.Equal(all, []string{"c"}) || p.Complete {
		t.Errorf("second page: %q, %+v", all, p)
	}
	if all, p = names(t, s, kv.ListOptions{Limit: 2, Cursor: p.Cursor}); !slices.Equal(all, []string{"e"}) || !p.Complete {
		t.Errorf("third page: %q, %+v", all, p)
	}
	left, err := c.ZRange(t.Context(), "kvbench:names", 0, -1).Result()
	if err != nil || !slices.Equal(left, []string{"c", "e"}) {
		t.Errorf("the set holds %q, %v", left, err)
	}
	want := []string{"kvbench:m:c", "kvbench:m:e", "kvbench:names", "kvbench:v:c", "kvbench:v:e"}
	if diff := cmp.Diff(want, redisKeys(t, socket)); diff != "" {
		t.Error(diff)
	}
}

// A listing goes on where the server has forgotten its script.
func TestForgottenScript(t *testing.T) {
	socket := server(t)
	s := open(t, socket, "")
	put(t, s, "a", kv.PutOptions{})
	for range 2 {
		if all, _ := names(t, s, kv.ListOptions{}); !slices.Equal(all, []string{"a"}) {
			t.Errorf("%q", all)
		}
		if err := plain(t, socket).ScriptFlush(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
	}
}

// What a server refuses has the status that says what it is about, and the password is
// taken from the environment alone.
func TestErrors(t *testing.T) {
	const password = "hunter2-canary"
	get := func(s kv.Store) error { return s.Get(t.Context(), "a", kv.GetOptions{}, new(kv.Entry)) }
	locked := server(t, "--requirepass", password)
	if err := get(open(t, locked, "")); !kv.HasStatus(err, http.StatusUnauthorized) {
		t.Errorf("without a password: %v", err)
	}
	t.Setenv("REDISCLI_AUTH", "wrong-"+password)
	if err := get(open(t, locked, "")); !kv.HasStatus(err, http.StatusUnauthorized) || strings.Contains(err.Error(), password) {
		t.Errorf("with a wrong one: %v", err)
	}
	t.Setenv("REDISCLI_AUTH", password)
	s := open(t, locked, "")
	if err := get(s); !errors.Is(err, kv.ErrNotFound) {
		t.Errorf("with the right one: %v", err)
	}
	c := client(t, locked, password)
	if err := c.Set(t.Context(), "kvbench:names", "no set", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if err := s.List(t.Context(), kv.ListOptions{}, new(kv.Page)); !kv.HasStatus(err, http.StatusInternalServerError) {
		t.Errorf("a set that is none: %v", err)
	}
	if err := c.ConfigSet(t.Context(), "maxmemory", "1").Err(); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(t.Context(), "a", nil, kv.PutOptions{}); !kv.HasStatus(err, http.StatusInsufficientStorage) {
		t.Errorf("a full server: %v", err)
	}
	if err := get(s); !errors.Is(err, kv.ErrNotFound) {
		t.Errorf("the refused put left something: %v", err)
	}
}

// No answer is an error of the network, and in time: at the call's deadline, or at the
// store's own.
func TestNoAnswer(t *testing.T) {
	if err := open(t, "/nowhere/s", "").Put(t.Context(), "a", nil, kv.PutOptions{}); kv.ErrorCode(err) != "network" {
		t.Errorf("no server: %v", err)
	}
	socket := server(t)
	s, slow := open(t, socket, "&timeout=1m"), open(t, socket, "&timeout=20ms")
	for _, s := range []kv.Store{s, slow} {
		if err := s.Get(t.Context(), "a", kv.GetOptions{}, new(kv.Entry)); !errors.Is(err, kv.ErrNotFound) {
			t.Fatal(err)
		}
	}
	if err := plain(t, socket).ClientPause(t.Context(), time.Minute).Err(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := s.Put(ctx, "a", nil, kv.PutOptions{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("at the call's deadline: %v", err)
	}
	if err := slow.Put(t.Context(), "a", nil, kv.PutOptions{}); kv.ErrorCode(err) != "network" {
		t.Errorf("at the store's: %v", err)
	}
}

// The store says what it is without being reached.
func TestCapabilities(t *testing.T) {
	s, err := drivers.Open("redis://127.0.0.1:1/3?min-ttl=2s&namespace=n", drivers.Env{Clock: clock.NewVirtual()})
	if err != nil {
		t.Fatal(err)
	}
	got := s.Capabilities()
	if got.Virtual || got.Modelled || got.Billed || got.EdgeCache || got.Staleness != 0 || got.WriteInterval != 0 ||
		got.Locations != 1 || got.MinTTL != 2*time.Second || !got.Prices.None || got.Prices.Reads != 0 || got.Prices.Source == "" {
		t.Errorf("%+v", got)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	const given = "prices=read:1,write:2,delete:3,list:4,storage:5"
	if s, err = drivers.Open("rediss://example.test?"+given, drivers.Env{}); err != nil {
		t.Fatal(err)
	}
	if p := s.Capabilities().Prices; p.None || p.Lists != 4 {
		t.Errorf("%+v", p)
	}
}

func TestOpenErrors(t *testing.T) {
	for url, want := range map[string]string{
		"redis://":                               "want redis://HOST:PORT/DB",
		"redis://:hunter2@h":                     "set REDISCLI_AUTH instead",
		"rediss://hunter2@h":                     "set REDISCLI_AUTH instead",
		"redis://h/x":                            "want redis://HOST:PORT/DB",
		"redis://h/-1":                           "want redis://HOST:PORT/DB",
		"redis://h/1/2":                          "want redis://HOST:PORT/DB",
		"redis://h:0":                            "want redis://HOST:PORT/DB",
		"redis://h:70000":                        "want redis://HOST:PORT/DB",
		"redis://h#1":                            "want redis://HOST:PORT/DB",
		"redis://h?namespace=a:b":                "option namespace=a:b: want a name of 1 to 64",
		"redis://h?namespace=":                   "want a name of 1 to 64",
		"redis://h?socket=/s":                    "want the path of a Unix socket",
		"redis://?socket=s":                      "want the path of a Unix socket",
		"rediss://?socket=/s":                    "want the path of a Unix socket",
		"redis://h?connections=0":                "from 1 to 10000",
		"redis://h?timeout=0s":                   "want at least 1ms",
		"redis://h?timeout=6m":                   "want at most 5m",
		"redis://h?min-ttl=1500ms":               "want whole seconds",
		"redis://h?min-ttl=2m":                   "want at most 60s",
		"redis://h?user=a%20b":                   "want a name of 1 to 64",
		"redis://h?namespase=x":                  `did you mean "namespace"?`,
		"redis://h?prices=read:0.2":              "give the others too (write, delete, list, storage)",
		"redis://h?password=hunter2&namespase=1": `unknown option "password"`,
	} {
		if _, err := drivers.Open(url, drivers.Env{}); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: got %v, want %q", url, err, want)
		}
	}
}
