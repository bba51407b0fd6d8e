package emulator

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"kvbench/kv"
)

// lane is a connection that is used again and again.
type lane struct {
	net.Conn
	r *bufio.Reader
}

// ask makes n calls one after the other and returns the first error.
func (l *lane) ask(call []byte, n, length int) error {
	for range n {
		if _, err := l.Write(call); err != nil {
			return err
		}
		res, err := http.ReadResponse(l.r, nil)
		if err != nil {
			return err
		}
		got, err := io.Copy(io.Discard, res.Body)
		if err != nil {
			return err
		}
		if res.StatusCode != http.StatusOK || got != int64(length) {
			return fmt.Errorf("%s, %d bytes of %d", res.Status, got, length)
		}
	}
	return nil
}

const lanes = 16

// BenchmarkAgainstBare holds the emulator against a bare net/http handler that
// answers the same bytes, turn by turn over 16 connections each: CPU time of the
// server for each request, garbage collection included, and its ratio.
func BenchmarkAgainstBare(b *testing.B) {
	for _, method := range []string{"GET", "PUT"} {
		for _, size := range []int{100, 10 << 10} {
			b.Run(fmt.Sprintf("%s/%d", method, size), func(b *testing.B) {
				path := spacesPath + "/" + IDOf("bench") + "/values/v" + fmt.Sprint(size)
				call := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n", method, path, testToken)
				length := size
				if method == "PUT" {
					call += fmt.Sprintf("Content-Length: %d\r\n\r\n%s", size, strings.Repeat("v", size))
					length = len(done)
				} else {
					call += "\r\n"
				}
				against(b, []byte(call), length)
			})
		}
	}
}

func against(b *testing.B, call []byte, length int) {
	servers := []*process{spawn(b, "bare", "tcp", "127.0.0.1:0"), spawn(b, "emulator", "tcp", "127.0.0.1:0")}
	var conns [2][lanes]*lane
	for i, s := range servers {
		for j := range conns[i] {
			c, err := net.Dial("tcp", s.address)
			if err != nil {
				b.Fatal(err)
			}
			defer c.Close()
			conns[i][j] = &lane{c, bufio.NewReader(c)}
		}
	}
	var spent [2]int64
	var took [2]time.Duration
	n := 0
	for n < b.N {
		each := min((b.N-n+lanes-1)/lanes, 100)
		n += each * lanes
		for i, s := range servers {
			before := s.used("cpu")
			began := time.Now()
			var wg sync.WaitGroup
			for _, l := range conns[i] {
				wg.Go(func() {
					if err := l.ask(call, each, length); err != nil {
						b.Error(err)
					}
				})
			}
			wg.Wait()
			took[i] += time.Since(began)
			after := s.used("cpu")
			spent[i] += after.cpu - before.cpu
		}
	}
	b.ReportMetric(float64(spent[0])/float64(n), "bare-cpu-ns/req")
	b.ReportMetric(float64(spent[1])/float64(n), "cpu-ns/req")
	b.ReportMetric(float64(spent[1])/float64(spent[0]), "ratio")
	b.ReportMetric(float64(n)/took[1].Seconds(), "req/s")
	b.ReportMetric(float64(n)/took[0].Seconds(), "bare-req/s")
	b.ReportMetric(0, "ns/op")
}

// nowhere is a response that no one reads.
type nowhere struct{ h http.Header }

func (n nowhere) Header() http.Header       { return n.h }
func (nowhere) WriteHeader(int)             {}
func (nowhere) Write(p []byte) (int, error) { return len(p), nil }

// allocations counts those of a call of the handler alone.
func allocations(t testing.TB, s *Server, method, path string, body func() io.ReadCloser) float64 {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+testToken)
	w := nowhere{http.Header{}}
	return testing.AllocsPerRun(1000, func() {
		clear(w.h)
		if body != nil {
			r.Body = body()
		}
		s.ServeHTTP(w, r)
	})
}

// A get costs few allocations, a put little more than the value's own.
func TestAllocations(t *testing.T) {
	if raceEnabled() {
		t.Skip("pools drop things at random when races are looked for")
	}
	h := start(t, "embedded://?profile=none&propagation=0", Config{})
	h.put("k", strings.Repeat("v", 10<<10))
	const most = 4
	if n := allocations(t, h.Server, "GET", h.value("k"), nil); n > most {
		t.Errorf("a get makes %v allocations, more than %d", n, most)
	} else {
		t.Logf("a get: %v allocations", n)
	}
	value := strings.NewReader("")
	n := allocations(t, h.Server, "PUT", h.value("k"), func() io.ReadCloser {
		value.Reset("value")
		return io.NopCloser(value)
	})
	const mostPut = 10
	if n > mostPut {
		t.Errorf("a put makes %v allocations, more than %d", n, mostPut)
	} else {
		t.Logf("a put: %v allocations", n)
	}
}

// BenchmarkMemory says what a key takes beside its name and value.
func BenchmarkMemory(b *testing.B) {
	h := start(b, "embedded://?profile=none&propagation=0", Config{})
	store := h.Namespaces()[0].Store
	value := []byte(strings.Repeat("v", 100))
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before, names := heap(), 0
	for i := range b.N {
		key := fmt.Sprintf("key-%09d", i)
		names += len(key)
		if err := store.Put(b.Context(), key, value, kv.PutOptions{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric((float64(heap())-float64(before)-float64(names)-float64(b.N*len(value)))/float64(b.N), "B/key")
}
