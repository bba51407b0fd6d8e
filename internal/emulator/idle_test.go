package emulator

import (
	"bufio"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// Ten thousand connections that do nothing keep no one from being answered. Half of
// them have made a call, half never sent anything.
func TestIdleConnections(t *testing.T) {
	var files syscall.Rlimit // Go raises it to the hard limit by itself
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		t.Fatal(err)
	}
	n := min(10_000, int(files.Cur)-200)
	if raceEnabled() {
		n /= 10
	}
	dir, err := os.MkdirTemp("", "kv")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	p := spawn(t, "emulator", "unix", filepath.Join(dir, "s"))
	call := wire("GET $/NS/values/v100 HTTP/1.1\nHost: x\nAUTH\n\n")
	ask := func(c net.Conn) {
		t.Helper()
		if _, err := c.Write(call); err != nil {
			t.Fatal(err)
		}
		if status, body := reply(t, bufio.NewReaderSize(c, 16)); status != 200 || body != string(values["v100"]) {
			t.Fatalf("%d %s", status, body)
		}
	}
	before := p.used("memory")
	var first net.Conn
	for i := range n {
		c, err := net.Dial("unix", p.address)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if i%2 == 0 {
			ask(c)
		}
		if i == 0 {
			first = c
		}
	}
	after := p.used("memory")
	t.Logf("%d idle connections: %d bytes of heap and stacks each", n, (after.memory-before.memory)/int64(n))
	for range 100 {
		c, err := net.Dial("unix", p.address)
		if err != nil {
			t.Fatal(err)
		}
		ask(c)
		ask(c)
		c.Close()
	}
	ask(first) // it is still open
}
