package worker_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kvbench/drivers"
	"kvbench/drivers/drivertest"
	"kvbench/drivers/worker"
	"kvbench/internal/clock"
	"kvbench/internal/emulator/binding"
	"kvbench/internal/script"
	"kvbench/internal/workerd"
	"kvbench/internal/workerd/workerdtest"
	"kvbench/internal/wrangler"
	"kvbench/kv"
)

// deploy runs the Worker as it is shipped, with a secret, before an embedded store, and
// returns where it listens.
func deploy(t testing.TB, clk clock.Clock, store, secret string) string {
	t.Helper()
	executable := workerdtest.Need(t)
	project, err := wrangler.Read("deploy/wrangler.jsonc")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(filepath.Join("deploy", project.Main))
	if err != nil {
		t.Fatal(err)
	}
	code, err := script.Module(project.Main, string(source))
	if err != nil {
		t.Fatal(err)
	}
	l, address, err := workerd.Listen()
	if err != nil {
		t.Fatal(err)
	}
	behind := open(t, store, clk)
	b := &binding.Server{Token: "t", Resolve: func(_, key string) (kv.Store, string, error) { return behind, key, nil }}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- b.Serve(ctx, l) }()
	w := workerd.Worker{
		Name: "w", Modules: []workerd.Module{{Name: "worker.js", Code: code}}, Date: "2026-04-01",
		KV: []workerd.Binding{{Name: project.Namespaces[0].Binding, External: "kv"}},
	}
	if secret != "" {
		text, _ := json.Marshal(secret)
		w.Vars = map[string]string{worker.SecretVariable: string(text)}
	}
	p, err := workerd.Start(t.Context(), executable, workerd.Config{
		Workers:   []workerd.Worker{w},
		Externals: []workerd.External{{Name: "kv", Address: address, Headers: []workerd.Header{{Name: binding.Header, Value: b.At("0")}}}},
		Sockets:   []workerd.Socket{{Name: "s", Worker: "w"}},
	}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		err := p.Stop()
		stop()
		if err := errors.Join(err, <-done, behind.Close()); err != nil {
			t.Error(err)
		}
	})
	return p.Address("s")
}

// The Worker that is shipped does what a store has to do, by worker://HOST.
func TestDeployed(t *testing.T) {
	clk := &skipping{Wall: clock.NewWall()}
	host := deploy(t, clk, "embedded://?profile=none&propagation=0", secret)
	drivertest.Run(t, func(t testing.TB) drivertest.Harness {
		return drivertest.Harness{Store: open(t, "worker://"+host, clk), Clock: clk, Patience: time.Hour}
	})
}

func TestDeployedIsBilled(t *testing.T) {
	s := open(t, "worker://kvbench.example.workers.dev?prices=read:1", clock.NewVirtual())
	defer s.Close()
	c := s.Capabilities()
	if !c.Billed || c.Transient || c.Virtual || c.Locations != 1 || c.Staleness != time.Minute || c.Prices.Reads != 1 || c.Prices.Writes != 5 {
		t.Errorf("%+v", c)
	}
}

// Without its secret, or with another, a Worker makes no call, and says what to set.
func TestSecret(t *testing.T) {
	clk := clock.NewWall()
	for _, row := range []struct {
		secret string
		status int
		want   string
	}{
		{"", 503, "npx wrangler secret put " + worker.SecretVariable},
		{"another", 401, worker.SecretVariable + " is not that of the Worker"},
		{secret + "x", 401, "is not that"},
		{secret[1:], 401, "is not that"},
	} {
		s := open(t, "worker://"+deploy(t, clk, "embedded://?profile=none", row.secret), clk)
		err := s.Put(t.Context(), "k", nil, kv.PutOptions{})
		if !kv.HasStatus(err, row.status) || !strings.Contains(err.Error(), row.want) || strings.Contains(err.Error(), secret) {
			t.Errorf("%q: %v", row.secret, err)
		}
		_ = s.Close()
	}
	t.Setenv(worker.SecretVariable, "")
	s := open(t, "worker://127.0.0.1:1", clk)
	defer s.Close()
	if err := s.Delete(t.Context(), "k"); !kv.HasStatus(err, 401) || !strings.Contains(err.Error(), "set "+worker.SecretVariable) {
		t.Error(err)
	}
}

// Answers that are not our Worker's, or longer than it may give, are errors that say so.
func TestAnswersOfOthers(t *testing.T) {
	for name, row := range map[string]struct {
		answer func(w http.ResponseWriter)
		status int
		want   string
	}{
		"a page":     {func(w http.ResponseWriter) { _, _ = io.WriteString(w, "<html>\nhello") }, 502, "no answer of kvbench's Worker: \"<html>\""},
		"a 404":      {func(w http.ResponseWriter) { w.WriteHeader(404) }, 404, "no answer"},
		"a redirect": {func(w http.ResponseWriter) { w.Header().Set("Location", "/x"); w.WriteHeader(302) }, 502, "no answer"},
		"no refusal": {func(w http.ResponseWriter) {
			w.Header().Set("kvbench-answer", "refused")
			_, _ = io.WriteString(w, "{")
		}, 502, "can't be read"},
		"100 MB": {func(w http.ResponseWriter) {
			w.Header().Set("kvbench-answer", "ok")
			w.Header().Set("Content-Length", "100000000")
			_, _ = w.Write(make([]byte, 1<<20))
		}, 502, "longer than the Worker's may be, 26214400 bytes"},
		"100 MB in chunks": {func(w http.ResponseWriter) {
			w.Header().Set("kvbench-answer", "ok")
			for range 100 {
				if _, err := w.Write(make([]byte, 1e6)); err != nil {
					return
				}
			}
		}, 502, "longer than the Worker's may be, 26214400 bytes"},
		"a cut": {func(w http.ResponseWriter) {
			w.Header().Set("kvbench-answer", "ok")
			w.Header().Set("Content-Length", "10")
			_, _ = w.Write([]byte("short"))
		}, 0, "before the answer's end"},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { row.answer(w) }))
		s := open(t, "worker://"+strings.TrimPrefix(server.URL, "http://"), clock.NewWall())
		var e kv.Entry
		err := s.Get(t.Context(), "k", kv.GetOptions{}, &e)
		if !kv.HasStatus(err, row.status) || !strings.Contains(err.Error(), row.want) || e.Found {
			t.Errorf("%s: %v, %v", name, err, e.Found)
		}
		_ = s.Close()
		server.Close()
	}
}

func TestOpenErrors(t *testing.T) {
	for url, want := range map[string]string{
		"worker://":                         "want worker://local, or worker://HOST",
		"worker://host/path":                "want worker://local, or worker://HOST",
		"worker://local:80":                 "want worker://local, or worker://HOST",
		"worker://user:hunter2@host":        worker.SecretVariable,
		"worker://host?locations=2":         "describe the store behind worker://local",
		"worker://local?location=2":         `did you mean "locations"?`,
		"worker://local?workerd=/bin/false": `unknown option "workerd"`,
	} {
		_, err := drivers.Open(url, drivers.Env{})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// Without workerd a store opens, and the first call says what to run.
func TestNoWorkerd(t *testing.T) {
	t.Setenv(workerd.Variable, "")
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("PATH", t.TempDir())
	s := open(t, "worker://local", clock.NewWall())
	if err := s.Delete(t.Context(), "k"); err == nil || !strings.Contains(err.Error(), "make workerd") {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// An executable that the run names is the one that is started.
func TestNamedExecutable(t *testing.T) {
	s, err := drivers.Open("worker://local", drivers.Env{Workerd: filepath.Join(t.TempDir(), "none")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Delete(t.Context(), "k"); err == nil || !strings.Contains(err.Error(), "--workerd") {
		t.Error(err)
	}
}

// TestTypes has TypeScript check the Worker; see scenarios/workers.
func TestTypes(t *testing.T) {
	tsc := os.Getenv("KVBENCH_TSC")
	if tsc == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("KVBENCH_TSC is not set")
		}
		t.Skip("KVBENCH_TSC names no TypeScript compiler")
	}
	c := exec.CommandContext(t.Context(), tsc, "--project", "deploy", "--typeRoots", filepath.Dir(filepath.Dir(tsc)))
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
