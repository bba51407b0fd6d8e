package emulator

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

// TestMain looks for goroutines that are left when all tests have ended.
func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		os.Exit(child())
	}
	status := m.Run()
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	if status == 0 && flag.Lookup("test.fuzz").Value.String() == "" {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			status = 1
		}
	}
	os.Exit(status)
}

// served is a host behind Serve, as the command runs it: on a socket of the file
// system, so that tests can make any number of connections.
type served struct {
	*host
	path string // of the socket
	log  *logBuffer
	stop context.CancelFunc
	done chan error // what Serve returned
}

// logBuffer is a log that can be read meanwhile.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// serve serves a store until the test ends.
func serve(t testing.TB, driver string, p Patience) *served {
	t.Helper()
	dir, err := os.MkdirTemp("", "kv") // t.TempDir is too long for a socket's path
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	s := &served{host: start(t, driver, Config{Patience: p}), path: filepath.Join(dir, "s"), log: &logBuffer{}, done: make(chan error, 1)}
	l, err := net.Listen("unix", s.path)
	if err != nil {
		t.Fatal(err)
	}
	via := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", s.path)
	}}
	s.via = via
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	go func() {
		s.done <- s.Serve(ctx, l, s.Server, log.New(s.log, "", 0))
		close(s.done)
	}()
	t.Cleanup(func() {
		stop()
		via.CloseIdleConnections()
		if err := <-s.done; err != nil {
			t.Error(err)
		}
	})
	return s
}

// on is the host for a test below that which made it.
func (s *served) on(t testing.TB) *host {
	h := *s.host
	h.t = t
	return &h
}

// dial opens a connection.
func (s *served) dial(t testing.TB) *net.UnixConn {
	t.Helper()
	c, err := net.Dial("unix", s.path)
	if err != nil {
		t.Fatal(err)
	}
	return c.(*net.UnixConn)
}
