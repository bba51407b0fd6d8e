package command

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"kvbench/internal/scenariofile"
	"kvbench/internal/secret"
	"kvbench/scenarios"
)

const liveYAML = `scenarios:
  - name: one
    question: What is read?
    pattern: multi-tier
    driver: embedded://?profile=edge
    variants: [seed]
    load: {rate: 50/s, duration: DURATION}
    keys: {count: 10}
`

// writeLive writes a scenario that lasts so long in virtual time.
func writeLive(t *testing.T, duration string) string {
	file := filepath.Join(t.TempDir(), "one.yaml")
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(liveYAML, "DURATION", duration)), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// told is a writer that looks at all that was written each time something is.
type told struct {
	mu   sync.Mutex
	text bytes.Buffer
	look func(text string)
}

func (w *told) Write(text []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text.Write(text)
	w.look(w.text.String())
	return len(text), nil
}

// While a run goes on its metrics and its page can be had, and then no more.
func TestListen(t *testing.T) {
	where := regexp.MustCompile(`live at (http://[^/]+/)`)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	address := make(chan string, 1)
	stderr := &told{look: func(text string) {
		if found := where.FindStringSubmatch(text); found != nil {
			select {
			case address <- found[1]:
			default:
			}
		}
	}}
	status := make(chan int, 1)
	out := filepath.Join(t.TempDir(), "run")
	file := writeLive(t, "7200h") // nobody waits for that
	go func() {
		status <- execute(ctx, []string{"run", file, "--listen", "127.0.0.1:0", "--out", out, "--format", "md"}, io.Discard, stderr)
	}()
	var at string
	select {
	case at = <-address:
	case got := <-status:
		t.Fatalf("it ended with %d:\n%s", got, &stderr.text)
	}
	get := func(path string) string {
		answer, err := http.Get(at + path)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s, %v", path, answer.Status, err)
		}
		return string(text)
	}
	counted := regexp.MustCompile(`kvbench_response_seconds_count\{point="",scenario="one",variant="seed"\} [1-9]`)
	for !counted.MatchString(get("metrics")) {
		select {
		case got := <-status:
			t.Fatalf("it ended with %d:\n%s", got, &stderr.text)
		default:
		}
	}
	if page := get(""); !strings.Contains(page, "modelled latency, virtual time") {
		t.Errorf("the page does not say what its times are:\n%s", page)
	}
	stop()
	if got := <-status; got != exitInterrupted {
		t.Errorf("exit status %d", got)
	}
	http.DefaultClient.CloseIdleConnections()
	if answer, err := http.Get(at); err == nil {
		answer.Body.Close()
		t.Error("it serves on after the run has ended")
	}
}

// A port that is taken is an error of usage, and nothing is run.
func TestListenPortTaken(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	out := filepath.Join(t.TempDir(), "run")
	var stderr bytes.Buffer
	status := execute(t.Context(), []string{"run", writeLive(t, "1s"), "--listen", l.Addr().String(), "--out", out}, io.Discard, &stderr)
	if status != exitUsage || !strings.Contains(stderr.String(), "--listen "+l.Addr().String()+": the port is in use; want another") {
		t.Errorf("exit status %d:\n%s", status, &stderr)
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("something was run")
	}
}

// A run opens no port unless it is told to. Looked at from within: whenever it says
// something.
func TestNoPortWithoutListen(t *testing.T) {
	if _, err := os.Stat("/proc/self/net/tcp"); err != nil {
		t.Skip("this system does not tell a process's ports so")
	}
	before := ports(t)
	most := func(args ...string) (n int) {
		stderr := &told{look: func(string) { n = max(n, ports(t)-before) }}
		args = append([]string{"run", writeLive(t, "10s"), "--out", filepath.Join(t.TempDir(), "run"), "--format", "md"}, args...)
		if status := execute(t.Context(), args, io.Discard, stderr); status != exitOK {
			t.Fatalf("exit status %d:\n%s", status, &stderr.text)
		}
		return n
	}
	if n := most(); n != 0 {
		t.Errorf("it listens at %d ports", n)
	}
	if n := most("--listen", ":0"); n != 1 {
		t.Errorf("with --listen it listens at %d ports", n)
	}
}

// ports is how many ports this process listens at.
func ports(t *testing.T) (n int) {
	mine := map[string]bool{}
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if to, err := os.Readlink("/proc/self/fd/" + f.Name()); err == nil && strings.HasPrefix(to, "socket:[") {
			mine[strings.Trim(to, "socket:[]")] = true
		}
	}
	for _, table := range []string{"tcp", "tcp6"} {
		text, err := os.ReadFile("/proc/self/net/" + table)
		if err != nil {
			continue // it has no IPv6
		}
		for line := range strings.Lines(string(text)) {
			const state, inode, listening = 3, 9, "0A"
			if f := strings.Fields(line); len(f) > inode && f[state] == listening && mine[f[inode]] {
				n++
			}
		}
	}
	return n
}

// What is shown while it runs has no secrets and nothing that steers a terminal.
func TestShownHasNoSecrets(t *testing.T) {
	var secrets secret.Set
	secrets.Add("hidden-place")
	file, err := scenariofile.Load("one.yaml", []byte(strings.ReplaceAll(liveYAML, "DURATION", "1s")), scenarios.Patterns(), nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPlan(file, settings{secrets: &secrets})
	if err != nil {
		t.Fatal(err)
	}
	p.scenarios[0].Name, p.scenarios[0].Shown = "at-hidden-place\x1b[2J", "redis://hidden-place:6379"
	v := p.shown(0, p.scenarios[0].Variants[0])
	for _, text := range []string{v.Scenario, v.Driver} {
		if strings.Contains(text, "hidden-place") || !strings.Contains(text, secret.Mark) || strings.Contains(text, "\x1b") {
			t.Errorf("it is shown: %q", text)
		}
	}
}
