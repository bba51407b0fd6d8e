package emulator

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kvbench/drivers"
	"kvbench/internal/clock"
	"kvbench/kv"

	"github.com/google/go-cmp/cmp"
)

// empty is a server without a namespace and without a socket.
func empty(t testing.TB, driver string, clk clock.Clock) *Server {
	t.Helper()
	s, err := New(Config{
		Account: testAccount, Token: testToken, Clock: clk,
		Open: func(string) (kv.Store, error) { return drivers.Open(driver, drivers.Env{Clock: clk, Seed: 1}) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// content is all that a server keeps, one line for each namespace and key.
func content(t testing.TB, s *Server) (lines []string) {
	t.Helper()
	for _, n := range s.Namespaces() {
		lines = append(lines, n.ID+" "+n.Title)
		store, _ := kv.As[kv.Snapshotter](n.Store)
		err := store.Snapshot(func(key string, e *kv.Entry) error {
			lines = append(lines, fmt.Sprintf("%q %q %s %d", key, e.Value, e.Metadata, e.Expiration))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return lines
}

// saved is the state file of a server with a little of everything, and its content.
func saved(t testing.TB, clk *movable) (path string, lines []string) {
	t.Helper()
	s := empty(t, "embedded://?profile=none&locations=2&propagation=60s&writes=strict", clk)
	unix := clk.Epoch().Add(clk.Now()).Unix()
	for _, title := range []string{"bench", "other ü", "empty"} {
		if err := s.Ensure(title, ""); err != nil {
			t.Fatal(err)
		}
	}
	stores := s.Namespaces()
	put := func(n int, key, value string, o kv.PutOptions) {
		t.Helper()
		if err := stores[n].Store.Put(t.Context(), key, []byte(value), o); err != nil {
			t.Fatal(err)
		}
	}
	for i, key := range awkward {
		put(0, key, fmt.Sprint("\x00\xff", i), kv.PutOptions{})
	}
	put(0, "metadata", "", kv.PutOptions{Metadata: []byte(`{"<ü>":[1,null]}`)})
	put(0, "later", "v", kv.PutOptions{Expiration: unix + 3600})
	put(0, "soon", "v", kv.PutOptions{TTL: 100 * time.Second})
	put(0, "deleted", "v", kv.PutOptions{})
	put(1, "k", "of the other", kv.PutOptions{})
	put(1, "twice", "old", kv.PutOptions{Metadata: []byte(`"old"`)})
	if err := stores[0].Store.Delete(t.Context(), "deleted"); err != nil {
		t.Fatal(err)
	}
	clk.advance(2 * time.Second)
	put(1, "twice", "new", kv.PutOptions{})
	path = filepath.Join(t.TempDir(), "kv.state")
	if err := s.Save(path); err != nil {
		t.Fatal(err)
	}
	return path, content(t, s)
}

// What was saved is there again: at every location, and as it was, but for what
// has expired meanwhile.
func TestStateRoundTrip(t *testing.T) {
	clk := newMovable()
	path, want := saved(t, clk)
	if len(want) < len(awkward)+8 {
		t.Fatalf("only %d lines were saved", len(want))
	}
	clk.advance(60 * time.Second) // closer to its end than a put may be
	s := empty(t, "embedded://?profile=none&locations=2&propagation=60s&writes=strict", clk)
	if err := s.Load(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, content(t, s)); diff != "" {
		t.Errorf("(-saved +loaded)\n%s", diff)
	}
	bench := s.Namespaces()[0].Store
	var e kv.Entry
	if err := bench.(kv.Located).At(1).Get(t.Context(), "metadata", kv.GetOptions{Metadata: true}, &e); err != nil {
		t.Errorf("at the other location: %v", err)
	}
	if err := bench.Put(t.Context(), "metadata", nil, kv.PutOptions{}); err != nil {
		t.Errorf("a key that was loaded counts as just written: %v", err)
	}

	clk.advance(60 * time.Second)
	late := empty(t, "embedded://?profile=none&propagation=0", clk)
	if err := late.Load(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if err := late.Namespaces()[0].Store.Get(t.Context(), "soon", kv.GetOptions{}, &e); !errors.Is(err, kv.ErrNotFound) {
		t.Errorf("what has expired: %v", err)
	}
	if got := len(content(t, late)); got != len(want)-1 {
		t.Errorf("%d lines of %d, one of them expired", got, len(want))
	}
}

// Namespaces that were made, renamed and deleted over the API are as they were
// after a restart that asks for the same ones as before.
func TestStateOfNamespaces(t *testing.T) {
	h := start(t, "embedded://?profile=none&propagation=0", Config{})
	h.put("k", "v")
	made := h.do("POST", spacesPath, strings.NewReader(`{"title":"made"}`)).Result.(map[string]any)["id"].(string)
	h.do("POST", spacesPath, strings.NewReader(`{"title":"gone"}`))
	for _, a := range []answer{
		h.do("PUT", h.space, strings.NewReader(`{"title":"renamed"}`)),
		h.do("PUT", spacesPath+"/"+made+"/values/k", strings.NewReader("v")),
		h.do("DELETE", spacesPath+"/"+h.Namespaces()[2].ID, nil),
	} {
		if a.status != 200 {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	path := filepath.Join(t.TempDir(), "kv.state")
	if err := h.Save(path); err != nil {
		t.Fatal(err)
	}
	s := empty(t, "embedded://?profile=none&propagation=0", h.clk)
	if err := s.Load(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	for _, title := range []string{"bench", "made"} { // bench has another title now
		if err := s.Ensure(title, ""); err != nil {
			t.Error(err)
		}
	}
	want := []string{IDOf("bench") + " renamed", `"k" "v"  0`, made + " made", `"k" "v"  0`}
	if diff := cmp.Diff(want, content(t, s)); diff != "" {
		t.Error(diff)
	}
}

// loads reads a state file's bytes into an empty server.
func loads(t testing.TB, clk clock.Clock, data []byte) ([]string, error) {
	t.Helper()
	s := empty(t, "embedded://?profile=none&locations=2&propagation=60s&writes=strict", clk)
	err := s.read(t.Context(), "kv.state", bytes.NewReader(data))
	return content(t, s), err
}

// A file that was cut off, or of which a bit is wrong, is refused: nothing is lost
// in silence.
func TestDamagedState(t *testing.T) {
	clk := newMovable()
	path, want := saved(t, clk)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("a file of %d bytes", len(data))
	for n := range data {
		if _, err := loads(t, clk, data[:n]); err == nil {
			t.Errorf("the first %d bytes of it are read without an error", n)
		}
		flipped := bytes.Clone(data)
		flipped[n] ^= 1 << (n % 8)
		if got, err := loads(t, clk, flipped); err == nil && !cmp.Equal(want, got) { // gzip's header has bytes that don't matter
			t.Errorf("byte %d is wrong, and what is read is not the same, without an error", n)
		}
	}
	if _, err := loads(t, clk, append(bytes.Clone(data), 0)); err == nil {
		t.Error("a byte more is read without an error")
	}
}

// zipped is a state file of some lines.
func zipped(t testing.TB, lines string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := io.WriteString(w, lines); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// A file that someone has made up is refused with the line that is wrong.
func TestWrongState(t *testing.T) {
	const space = `{"namespace":{"id":"00000000000000000000000000000000","title":"a"}}` + "\n"
	for lines, want := range map[string]string{
		"":                                     "", // nothing was kept
		space:                                  "", // as the first version wrote it
		strings.TrimSuffix(space, "\n"):        "",
		`{"version":2}` + "\n" + space:         "",
		`{"version":2}`:                        "",
		"\n":                                   "kv.state:1: the line is empty",
		`{"version":3}`:                        "kv.state:1: version 3: this kvbench reads version 2, and the first, which does not say so",
		`{"version":0}`:                        "kv.state:1: version 0: this kvbench reads version 2, and the first, which does not say so",
		space + `{"version":2}`:                "kv.state:2: the version belongs into the first line",
		`{"version":2,"namespace":{}}`:         "kv.state:1: want a line with one of version, namespace and key",
		`{"key":{"name":"k"}}`:                 "kv.state:1: a key before any namespace",
		`{"version":2}` + "\n" + `{"keys":{}}`: `kv.state:2: json: unknown field "keys"`,
		`{"namespace":{"id":"00000000000000000000000000000000","title":"a","colour":1}}`: `kv.state:1: json: unknown field "colour"`,
		space + `{"key":{"name":"k","ttl":60}}`:                                          `kv.state:2: json: unknown field "ttl"`,
		space + `{"key":{"name":"k"}} {}`:                                                "kv.state:2: the line has more than one value",
		space + space:                                                                    "kv.state:2: the namespace 00000000000000000000000000000000 is there twice",
		space + `{}`:                                                                     "kv.state:2: want a line with one of version, namespace and key",
		space + `{"key":{"name":""}}`:                                                    "kv.state:2: kv: 400 Bad Request: Key names must not be empty",
		space + `{"key":{"name":"k"`:                                                     "kv.state:2: unexpected EOF",
		space + `{"key":{"value":"?"}}`:                                                  "kv.state:2: illegal base64 data at input byte 0",
		`{"namespace":{"id":"0","title":"a"}}`:                                           `kv.state:1: namespace "a": identifier "0": want 32 hexadecimal digits`,
		space + strings.Replace(space, "000", "111", 1): "kv.state:2: kv: 400 Bad Request: " +
			"a namespace with this account ID and title already exists",
	} {
		_, err := loads(t, newMovable(), zipped(t, lines))
		if got := fmt.Sprint(err); want == "" && err != nil || want != "" && got != want {
			t.Errorf("%q: got %q, want %q", lines, got, want)
		}
	}
}

func FuzzState(f *testing.F) {
	path, _ := saved(f, newMovable())
	data, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	zip, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		f.Fatal(err)
	}
	plain, err := io.ReadAll(zip)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data, false)
	f.Add(plain, true)
	const space = `{"namespace":{"id":"00000000000000000000000000000000","title":"a"}}` + "\n"
	f.Add([]byte(space+`{"key":{"name":"k","metadata":"x","expiration":-1}}`), true)
	f.Add([]byte(`{"version":2}`+"\n"+space+`{"key":{"name":"k","value":"dg==","metadata":[[{"a":null}]],"expiration":99999999999}}`), true)
	f.Add([]byte(`{"version":3}`), true)
	f.Fuzz(func(t *testing.T, data []byte, plain bool) {
		clk := newMovable()
		if plain {
			data = zipped(t, string(data))
		}
		want, err := loads(t, clk, data)
		if err != nil {
			return
		}
		// What was taken is kept as it was taken.
		s := empty(t, "embedded://?profile=none&propagation=0", clk)
		if err := s.read(t.Context(), "kv.state", bytes.NewReader(data)); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := s.write(&out); err != nil {
			t.Fatal(err)
		}
		got, err := loads(t, clk, out.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// When a state cannot be written, the one before stays, and the error is told.
func TestSaveFails(t *testing.T) {
	clk := newMovable()
	path, want := saved(t, clk)
	s := empty(t, "embedded://?profile=none&propagation=0", clk)
	for _, title := range []string{"one", "two"} {
		if err := s.Ensure(title, ""); err != nil {
			t.Fatal(err)
		}
	}
	// Its store cannot be read: half of the file has been written by then.
	s.spaces.list()[1].store = struct{ kv.Store }{s.spaces.list()[1].store}
	if err := s.Save(path); err == nil || !strings.Contains(err.Error(), "its store keeps no state") {
		t.Errorf("a store that keeps no state: %v", err)
	}
	left, err := filepath.Glob(filepath.Dir(path) + "/*")
	if err != nil || !cmp.Equal(left, []string{path}) {
		t.Errorf("%v %v is left", left, err)
	}
	again := empty(t, "embedded://?profile=none&propagation=0", clk)
	if err := again.Load(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, content(t, again)); diff != "" {
		t.Errorf("the state before was changed:\n%s", diff)
	}

	missing := filepath.Join(t.TempDir(), "none", "kv.state")
	for name, err := range map[string]error{"save": again.Save(missing), "lock": second(Lock(missing))} {
		if !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s in a folder that is not there: %v", name, err)
		}
	}
	if err := again.Save("/dev/full/kv.state"); err == nil {
		t.Error("a file below a file was written")
	}
	if err := again.write(full{}); !errors.Is(err, errFull) {
		t.Errorf("a disk that is full: %v", err)
	}
	if err := again.Load(t.Context(), t.TempDir()); err == nil {
		t.Error("a folder was read as a state")
	}
}

// full is a disk that is full.
type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

func second[T any](_ T, err error) error { return err }

// Two servers never keep their state in one file.
func TestStateLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kv.state")
	release, err := Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Lock(path); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Errorf("a second lock: %v", err)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	again, err := Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := again(); err != nil {
		t.Error(err)
	}
}

// A snapshot that is taken while keys are written has every write that was
// acknowledged before it.
func TestSaveWhileWriting(t *testing.T) {
	h := start(t, "embedded://?profile=none&propagation=0", Config{})
	stop, stopped := make(chan struct{}), make(chan struct{})
	acknowledged := make(chan int)
	go func() {
		defer close(stopped)
		for i := 0; ; i++ {
			h.put(fmt.Sprint("k", i%100), fmt.Sprint(i))
			select {
			case acknowledged <- i:
			case <-stop:
				return
			default:
			}
		}
	}()
	path := filepath.Join(t.TempDir(), "kv.state")
	for range 20 {
		var last int
		select {
		case last = <-acknowledged:
		case <-stopped:
			t.FailNow() // put has said why
		}
		if err := h.Save(path); err != nil {
			t.Fatal(err)
		}
		s := empty(t, "embedded://?profile=none&propagation=0", h.clk)
		if err := s.Load(t.Context(), path); err != nil {
			t.Fatal(err)
		}
		var e kv.Entry
		if err := s.Namespaces()[0].Store.Get(t.Context(), fmt.Sprint("k", last%100), kv.GetOptions{}, &e); err != nil {
			t.Fatal(err)
		}
		var got int
		if err := json.Unmarshal(e.Value, &got); err != nil || got < last {
			t.Fatalf("%s, though %d was acknowledged", e.Value, last)
		}
	}
	close(stop)
	<-stopped
}
