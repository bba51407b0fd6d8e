package emulator

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"kvbench/drivers"
	"kvbench/kv"

	"github.com/google/go-cmp/cmp"
)

// packed is a gzip file of what a reader gives.
func packed(t testing.TB, r io.Reader) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, r); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// limited is an empty server that takes a state of so many bytes.
func limited(t testing.TB, limit int64) *Server {
	s, err := New(Config{
		Account: testAccount, Token: testToken, StateLimit: limit,
		Open: func(string) (kv.Store, error) {
			return drivers.Open("embedded://?profile=none&propagation=0", drivers.Env{Seed: 1})
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A small file that unpacks to a lot is refused where it becomes too much, and takes
// no memory beyond that.
func TestStateBombs(t *testing.T) {
	if testing.Short() {
		t.Skip("it measures memory, or computes a lot in one goroutine")
	}
	const space = `{"namespace":{"id":"00000000000000000000000000000000","title":"a"}}` + "\n"
	const most, few = 64 << 20, 4 << 20
	tooMuch := func(limit int64) string {
		return fmt.Sprintf("the state is too large: it has more than %d bytes, unpacked and with 256 for each line", limit)
	}
	for _, tt := range []struct {
		name  string
		limit int64
		in    io.Reader
		want  string
	}{
		{"a line without an end", most, again("", "0", 40<<20), "kv.state:1: a line has at most 34962008 bytes; this has more"},
		{"a value without an end", most, again(space+`{"key":{"name":"k","value":"`, "AAAA", 40<<20), "kv.state:2: a line has at most 34962008 bytes; this has more"},
		{"many small keys", few, again(space, `{"key":{"name":"k"}}`+"\n", 2<<20), tooMuch(few)},
		{"large keys", most, again(space, `{"key":{"name":"k","value":"`+strings.Repeat("A", 20<<20)+`"}}`+"\n", 96<<20), tooMuch(most)},
		{"line ends", few, again("", "\n", 2<<20), "kv.state:1: the line is empty"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data := packed(t, tt.in)
			s := limited(t, tt.limit)
			runtime.GC()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := s.read(t.Context(), "kv.state", bytes.NewReader(data))
			runtime.ReadMemStats(&after)
			if err == nil || !strings.HasSuffix(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 1<<30 {
				t.Errorf("a file of %d bytes took %d MB", len(data), allocated>>20)
			} else {
				t.Logf("a file of %d bytes took %d MB", len(data), allocated>>20)
			}
			if grown := int64(after.HeapSys) - int64(before.HeapSys); grown > 512<<20 {
				t.Errorf("the heap grew by %d MB", grown>>20)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// A server that is to stop reads no further.
func TestLoadStops(t *testing.T) {
	const space = `{"namespace":{"id":"00000000000000000000000000000000","title":"a"}}` + "\n"
	data := packed(t, again(space, `{"key":{"name":"k"}}`+"\n", 32<<20))
	path := filepath.Join(t.TempDir(), "kv.state")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	s := limited(t, 0)
	ctx, stop := context.WithCancel(t.Context())
	restored := 0
	open := s.open
	s.open = func(mode string) (kv.Store, error) {
		store, err := open(mode)
		return stopping{store, func() {
			if restored++; restored == 10 {
				stop()
			}
		}}, err
	}
	if err := s.Load(ctx, path); !errors.Is(err, context.Canceled) || restored != 10 {
		t.Errorf("after %d keys: %v", restored, err)
	}
}

// stopping is a store that tells of each key that is restored.
type stopping struct {
	kv.Store
	restored func()
}

func (s stopping) Snapshot(f func(string, *kv.Entry) error) error {
	return s.Store.(kv.Snapshotter).Snapshot(f)
}

func (s stopping) Restore(name string, e *kv.Entry) error {
	s.restored()
	return s.Store.(kv.Snapshotter).Restore(name, e)
}

// A state is written only if it can be read again, and then it can.
func TestStateLimit(t *testing.T) {
	s := limited(t, 10_000)
	if err := s.Ensure("bench", ""); err != nil {
		t.Fatal(err)
	}
	store := s.Namespaces()[0].Store
	var last []byte
	for n := 0; ; n++ {
		var out bytes.Buffer
		err := s.write(&out)
		if err != nil {
			if err.Error() != "the state is too large: it has more than 10000 bytes, unpacked and with 256 for each line" || n < 20 || n > 40 {
				t.Errorf("after %d keys: %v", n, err)
			}
			break
		}
		last = out.Bytes()
		if err := store.Put(t.Context(), strings.Repeat("k", n+1), nil, kv.PutOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	again := limited(t, 10_000)
	if err := again.read(t.Context(), "kv.state", bytes.NewReader(last)); err != nil {
		t.Error(err)
	}
	less := limited(t, 9_000)
	if err := less.read(t.Context(), "kv.state", bytes.NewReader(last)); err == nil {
		t.Error("it was read in less")
	}
}

// The largest key that there may be is a line that there may be.
func TestLargestLine(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine, for a long time")
	}
	s := limited(t, 0)
	if err := s.Ensure("bench", ""); err != nil {
		t.Fatal(err)
	}
	store := s.Namespaces()[0].Store
	metadata := `"` + strings.Repeat("\u2028", 340) + `"` // which JSON escapes
	if err := store.Put(t.Context(), strings.Repeat("\x00", kv.MaxKeyBytes), make([]byte, kv.MaxValueBytes), kv.PutOptions{Metadata: []byte(metadata)}); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := s.write(&out); err != nil {
		t.Fatal(err)
	}
	again := limited(t, 0)
	if err := again.read(t.Context(), "kv.state", &out); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(content(t, s)[0], content(t, again)[0]); diff != "" {
		t.Error(diff)
	}
}
