package redis_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kvbench/drivers"
	"kvbench/internal/clock"
	"kvbench/kv"

	goredis "github.com/redis/go-redis/v9"
)

// program is Redis as Debian has it; CI installs it.
const program = "redis-server"

// server starts a Redis of the test's own, which keeps nothing on disk, on a Unix socket,
// and returns the socket's path. More arguments are its settings.
func server(t testing.TB, settings ...string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%v, and CI has to have it", err)
		}
		t.Skip(err)
	}
	dir, err := os.MkdirTemp("", "redis") // a socket's path is short: t.TempDir has the test's name in it
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "s")
	var out strings.Builder
	c := exec.Command(path, append([]string{
		"--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no", "--dir", dir, "--daemonize", "no",
	}, settings...)...)
	c.Stdout, c.Stderr = &out, &out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
		_ = os.RemoveAll(dir)
	})
	for range 3000 { // a minute
		if _, err := os.Stat(socket); err == nil {
			return socket
		}
		time.Sleep(20 * time.Millisecond)
	}
	_ = c.Process.Kill()
	_ = c.Wait()
	t.Fatalf("%s does not listen:\n%s", path, out.String())
	return ""
}

// open opens a store of a server. options begin with &.
func open(t testing.TB, socket, options string) kv.Store {
	t.Helper()
	s, err := drivers.Open("redis://?socket="+socket+options, drivers.Env{Clock: clock.NewWall()})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// plain is go-redis by itself.
func plain(t testing.TB, socket string) *goredis.Client { return client(t, socket, "") }

func client(t testing.TB, socket, password string) *goredis.Client {
	t.Helper()
	c := goredis.NewClient(&goredis.Options{Network: "unix", Addr: socket, Password: password, MaxRetries: -1})
	t.Cleanup(func() { _ = c.Close() })
	return c
}
