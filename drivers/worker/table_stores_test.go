//go:build unix

package worker_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"kvbench/drivers/drivertest"
	"kvbench/drivers/worker"
	"kvbench/internal/clock"
	"kvbench/internal/script"
	"kvbench/internal/workerd/workerdtest"
	"kvbench/kv"
)

// miniflareVariable names the folder in whose node_modules Miniflare is.
const miniflareVariable = "KVBENCH_MINIFLARE"

// column is a store of the conformance table.
type column struct {
	name, doc string
	waits     bool // by the wall clock
	// open returns a harness with a store of its own.
	open func(t testing.TB) drivertest.Harness
}

// modelled are the options of the emulator: several locations, and Workers KV's limits.
const modelled = "profile=none&locations=3&propagation=60s&writes=strict"

// columns are the stores that are installed.
func columns(t *testing.T) []column {
	t.Helper()
	executable := workerdtest.Need(t)
	all := []column{
		{"emulator", "`embedded://?" + modelled + "`, called from Go, in virtual time", false, func(t testing.TB) drivertest.Harness {
			clk := clock.NewVirtual()
			return drivertest.Harness{Store: open(t, "embedded://?"+modelled, clk), Clock: clk}
		}},
		{"emulator behind a binding", "`worker://local?" + modelled + "`: the same through a Worker and workerd's KV binding", false, func(t testing.TB) drivertest.Harness {
			clk := &skipping{Wall: clock.NewWall()}
			s := open(t, "worker://local?"+modelled, clk)
			_ = s.Delete(t.Context(), "started") // which no rule has to wait for
			return drivertest.Harness{Store: s, Clock: clk, Patience: 24 * time.Hour}
		}},
		deployed("workerd's own", "the KV of `workerd serve wrangler.jsonc --experimental`", startOwn(t, executable)),
	}
	folder := os.Getenv(miniflareVariable)
	switch {
	case folder != "":
		return append(all, deployed("Miniflare", "the KV of Miniflare, from npm", startMiniflare(t, folder)))
	case os.Getenv("CI") != "":
		t.Fatal(miniflareVariable + " is not set")
	}
	t.Logf("%s does not name the folder with Miniflare", miniflareVariable)
	return all
}

// deployed is our Worker in front of another's KV.
func deployed(name, doc, address string) column {
	return column{name, doc, true, func(t testing.TB) drivertest.Harness {
		clk := clock.NewWall()
		return drivertest.Harness{Store: another{open(t, "worker://"+address, clk).(both)}, Clock: clk, Patience: 5 * time.Minute}
	}}
}

type both interface {
	kv.Store
	kv.BulkGetter
}

// another declares of a KV of one process what is documented for Workers KV, but for the time
// that a write may stay unseen: it is in one place.
type another struct{ both }

func (a another) Capabilities() kv.Capabilities {
	t := a.both.Capabilities()
	t.Staleness, t.WriteInterval = 0, time.Second
	return t
}

// again makes a call anew where no answer comes: Miniflare has one thread, also for its files,
// and ends connections when it has not looked at them for 5 s.
func again(call func() error) (err error) {
	for range 5 {
		if err = call(); !kv.HasStatus(err, 0) {
			break
		}
	}
	return err
}

func (a another) Get(ctx context.Context, key string, o kv.GetOptions, e *kv.Entry) error {
	return again(func() error { return a.both.Get(ctx, key, o, e) })
}

func (a another) Put(ctx context.Context, key string, value []byte, o kv.PutOptions) error {
	return again(func() error { return a.both.Put(ctx, key, value, o) })
}

func (a another) Delete(ctx context.Context, key string) error {
	return again(func() error { return a.both.Delete(ctx, key) })
}

func (a another) List(ctx context.Context, o kv.ListOptions, p *kv.Page) error {
	return again(func() error { return a.both.List(ctx, o, p) })
}

func (a another) BulkGet(ctx context.Context, keys []string, o kv.GetOptions, es []kv.Entry) error {
	return again(func() error { return a.both.BulkGet(ctx, keys, o, es) })
}

// startOwn starts workerd with a KV of its own and returns its address.
func startOwn(t *testing.T, executable string) string {
	t.Helper()
	folder := t.TempDir()
	config, err := json.Marshal(map[string]any{
		"name": "kvbench", "main": "worker.js", "no_bundle": true, "compatibility_date": "2026-04-01",
		"kv_namespaces": []map[string]string{{"binding": "KV", "id": "conformance"}},
		"vars":          map[string]string{worker.SecretVariable: secret},
	})
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(folder, "wrangler.jsonc"), config)
	writeFile(t, filepath.Join(folder, "worker.js"), shipped(t))
	line := startServer(t, folder, executable, "serve", "wrangler.jsonc", "--experimental", "--socket-addr=http=127.0.0.1:0", "--control-fd=1")
	var listening struct{ Port int }
	if err := json.Unmarshal([]byte(line), &listening); err != nil || listening.Port == 0 {
		t.Fatalf("workerd says %q", line)
	}
	return fmt.Sprint("127.0.0.1:", listening.Port)
}

// startMiniflare starts Miniflare and returns its address.
func startMiniflare(t *testing.T, folder string) string {
	t.Helper()
	script, err := filepath.Abs("../../internal/workerd/testdata/miniflare.mjs")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "worker.js")
	writeFile(t, file, shipped(t))
	vars, err := json.Marshal(map[string]string{worker.SecretVariable: secret})
	if err != nil {
		t.Fatal(err)
	}
	url := startServer(t, ".", "node", script, folder, file, string(vars))
	return strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/")
}

// shipped is the Worker that is deployed, as JavaScript.
func shipped(t *testing.T) []byte {
	t.Helper()
	source, err := os.ReadFile("deploy/worker.ts")
	if err != nil {
		t.Fatal(err)
	}
	code, err := script.Module("worker.ts", string(source))
	if err != nil {
		t.Fatal(err)
	}
	return []byte(code)
}

func writeFile(t *testing.T, name string, text []byte) {
	t.Helper()
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// startServer starts a command until the test has ended, and returns the first line that it
// prints. A shell ends it, and all that it has started, with this process, however that ends.
func startServer(t *testing.T, folder, name string, args ...string) string {
	t.Helper()
	const guard = `exec 3<&0; "$@" 0<&3 & read -r line; sleep 1; kill $! 2>/dev/null; wait; kill -KILL 0`
	c := exec.Command("/bin/sh", append([]string{"-c", guard, "sh", name}, args...)...)
	c.Dir, c.Stderr = folder, os.Stderr
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stdin, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	t.Cleanup(func() {
		_ = stdin.Close()
		for lines.Scan() { // until the last of them has ended
		}
		_ = c.Wait() // it has killed itself
	})
	if !lines.Scan() {
		t.Fatalf("%s prints nothing", name)
	}
	return lines.Text()
}
