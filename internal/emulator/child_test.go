package emulator

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"kvbench/drivers"
	"kvbench/internal/cputime"
	"kvbench/kv"
)

// childVariable makes this test binary a server, so that its CPU time and memory
// are apart from those of its clients: "emulator NETWORK ADDRESS", or "bare ...".
const childVariable = "KVBENCH_EMULATOR_CHILD"

// besides is how many more keys of 10 KiB the emulator holds: garbage is collected
// whenever as much as a store holds has been written, in a store of two keys after
// every few hundred puts.
const besides = 2000

// values are what a server holds, by key.
var values = map[string][]byte{"v100": bytes.Repeat([]byte("v"), 100), "v10240": bytes.Repeat([]byte("v"), 10<<10)}

// usage is what a child uses.
type usage struct {
	cpu         int64 // nanoseconds so far
	memory      int64 // bytes of heap and stacks in use
	peak        int64 // the most bytes that it ever had of the system
	goroutines  int
	descriptors int // open files and sockets; -1: the system does not tell
}

func descriptors() int {
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return -1
	}
	return len(all)
}

// child serves until stdin ends. It prints its address, and for every line that
// comes what it uses.
func child() int {
	mode, at, _ := strings.Cut(os.Getenv(childVariable), " ")
	network, address, _ := strings.Cut(at, " ")
	l, err := net.Listen(network, address)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- serveChild(ctx, mode, l) }()
	fmt.Println(l.Addr())
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var m runtime.MemStats
		if lines.Text() == "memory" {
			runtime.GC()
		}
		runtime.ReadMemStats(&m)
		fmt.Println(cputime.Process().Nanoseconds(), m.HeapInuse+m.StackInuse, m.Sys, runtime.NumGoroutine(), descriptors())
	}
	stop()
	if err := <-ended; err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func serveChild(ctx context.Context, mode string, l net.Listener) error {
	if mode == "bare" {
		server := &http.Server{Handler: http.HandlerFunc(bare)}
		context.AfterFunc(ctx, func() { _ = server.Close() })
		if err := server.Serve(l); err != http.ErrServerClosed {
			return err
		}
		return nil
	}
	s, err := New(Config{Account: testAccount, Token: testToken, Open: func(string) (kv.Store, error) {
		return drivers.Open("embedded://?profile=none&propagation=0", drivers.Env{Seed: 1})
	}})
	if err != nil {
		return err
	}
	if err := s.Ensure("bench", ""); err != nil {
		return err
	}
	for i := range besides {
		values[fmt.Sprint("beside", i)] = values["v10240"]
	}
	for key, value := range values {
		if err := s.Namespaces()[0].Store.Put(ctx, key, value, kv.PutOptions{}); err != nil {
			return err
		}
	}
	return s.Serve(ctx, l, s, nil)
}

// bodies are the bare handler's buffers.
var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// bare answers the bytes that the emulator does, and does nothing else.
func bare(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cf-Ray", "0123456789abcdef-KVB")
	if r.Method == http.MethodPut {
		body := bodies.Get().(*bytes.Buffer)
		defer bodies.Put(body)
		body.Reset()
		if _, err := body.ReadFrom(r.Body); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		h.Set("Content-Type", "application/json")
		_, _ = w.Write(done)
		return
	}
	value := values[r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]]
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Length", strconv.Itoa(len(value)))
	_, _ = w.Write(value)
}

// process is a child that serves.
type process struct {
	t       testing.TB
	address string
	in      io.WriteCloser
	out     *bufio.Reader
}

// spawn starts a child that serves until the test ends.
func spawn(t testing.TB, mode, network, address string) *process {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+mode+" "+network+" "+address)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	})
	p := &process{t: t, in: in, out: bufio.NewReader(out)}
	p.address = p.line()
	return p
}

func (p *process) line() string {
	p.t.Helper()
	text, err := p.out.ReadString('\n')
	if err != nil {
		p.t.Fatal(err)
	}
	return strings.TrimSpace(text)
}

// used returns what the child uses; what is "memory", to collect garbage before, or
// anything else.
func (p *process) used(what string) (u usage) {
	p.t.Helper()
	if _, err := fmt.Fprintln(p.in, what); err != nil {
		p.t.Fatal(err)
	}
	if _, err := fmt.Sscan(p.line(), &u.cpu, &u.memory, &u.peak, &u.goroutines, &u.descriptors); err != nil {
		p.t.Fatal(err)
	}
	return u
}
