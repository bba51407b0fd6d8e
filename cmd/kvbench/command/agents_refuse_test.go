package command

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kvbench/internal/fleet"
	"kvbench/internal/projects"
	"kvbench/internal/script"
)

// What can't go on is refused with a reason, and exit status 2.
func TestAgentsRefuse(t *testing.T) {
	server, err := fleet.Serve(t.TempDir(), "127.0.0.1:0", fleetToken)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	url := "nats://" + server.Address().String()
	t.Run("another token", func(t *testing.T) {
		for _, args := range [][]string{
			{"agent", "--nats", url},
			{"run", "testdata/agents.yaml", "--agents", "1", "--nats", url, "--out", filepath.Join(t.TempDir(), "out")},
		} {
			t.Setenv(fleet.TokenVariable, "not-the-token")
			if said := run(t, exitUsage, args...); !strings.Contains(said, fleet.TokenVariable) || strings.Contains(said, "not-the-token") {
				t.Errorf("%s says %s", args[0], said)
			}
		}
	})
	t.Run("no token", func(t *testing.T) {
		t.Setenv(fleet.TokenVariable, "")
		if said := run(t, exitUsage, "agent", "--nats", url); !strings.Contains(said, "set "+fleet.TokenVariable) {
			t.Errorf("it says %s", said)
		}
	})
	t.Run("another version", func(t *testing.T) {
		t.Setenv(fleet.TokenVariable, fleetToken)
		conn, err := fleet.Connect(t.Context(), fleet.Access{URL: url, Token: fleetToken})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		refused := make(chan string, 1)
		if _, err := fleet.Lead(ctx, conn, fleet.Call{Job: "other", Version: "v0.0.1"}, func(b fleet.Beat, _ bool) {
			select {
			case refused <- b.Refused:
			default:
			}
		}); err != nil {
			t.Fatal(err)
		}
		said := run(t, exitUsage, "agent", "--nats", url, "--once")
		if !strings.Contains(said, "v0.0.1") || !strings.Contains(<-refused, "v0.0.1") {
			t.Errorf("the agent says %s", said)
		}
	})
	t.Run("another environment", func(t *testing.T) {
		t.Setenv("KVBENCH_TEST_RATE", "20/s")
		out := filepath.Join(t.TempDir(), "out")
		leader := start(t, "run", "testdata/agents-variable.yaml", "--agents", "1", "--nats", url, "--out", out, "--format", "json")
		leader.saw(t, fleetURL)
		t.Setenv("KVBENCH_TEST_RATE", "30/s")
		wrong := start(t, "agent", "--nats", url, "--once")
		wrong.ends(t, exitUsage)
		if !strings.Contains(wrong.said.String(), "definition of scenario") {
			t.Errorf("the agent says %s", wrong.said.String())
		}
		t.Setenv("KVBENCH_TEST_RATE", "20/s")
		start(t, "agent", "--nats", url, "--once").ends(t, exitOK)
		leader.ends(t, exitOK)
	})
	t.Run("a secret in what travels", func(t *testing.T) {
		t.Setenv(fleet.TokenVariable, fleetToken)
		const yaml = "driver: embedded://\nscenarios:\n  - {name: s, question: Q?, pattern: worker, script: w.ts, load: {rate: 5/s, duration: 5s}, keys: {count: 5}}\n"
		const config, worker = `{"kv_namespaces": [{"binding": "KV", "id": "0"}], "vars": {"V": "v"}}`, "export default { fetch() { return new Response('v') } }"
		for _, c := range []struct{ yaml, config, worker, says string }{
			{yaml + "# " + fleetToken, config, worker, "the scenario file has a secret in it"},
			{yaml, strings.Replace(config, `"v"`, `"`+fleetToken+`"`, 1), worker, "wrangler.jsonc has a secret in it"},
			{yaml, config, strings.Replace(worker, "'v'", "'"+fleetToken+"'", 1), "w.ts, or what it imports, has a secret in it"},
		} {
			dir := t.TempDir()
			for name, text := range map[string]string{"s.yaml": c.yaml, "wrangler.jsonc": c.config, "w.ts": c.worker} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			said := run(t, exitUsage, "run", filepath.Join(dir, "s.yaml"), "--agents", "1", "--nats", url, "--out", filepath.Join(dir, "out"))
			if !strings.Contains(said, c.says) || strings.Contains(said, fleetToken) {
				t.Error(said)
			}
		}
	})
}

// Scripts that are too large for a plan are refused, and the largest is named.
func TestLargeScriptsDoNotTravel(t *testing.T) {
	large := projects.Carried{Scripts: map[string]projects.CarriedScript{
		"small.ts": {Packed: script.Packed{Code: make([]byte, 10)}}, "large.ts": {Packed: script.Packed{Code: make([]byte, maxCarried)}},
	}}
	if err := checkCarried(&large, nil); err == nil || !strings.Contains(err.Error(), "at most 32 MiB travel") || !strings.Contains(err.Error(), "large.ts") {
		t.Error(err)
	}
	delete(large.Scripts, "small.ts")
	if err := checkCarried(&large, nil); err != nil {
		t.Error(err)
	}
}

// An agent that is led to a server of something else says so at once, however long it would wait.
func TestAgentAtNoNATS(t *testing.T) {
	web := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(web.Close)
	said := run(t, exitUsage, "agent", "--nats", "nats://"+web.Listener.Addr().String())
	if !strings.Contains(said, "is no NATS server: it begins with") {
		t.Errorf("it says %s", said)
	}
}

// A leader that can't keep what agents send fails, and goes on where it was once it can.
func TestFullDiskAtTheLeader(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "led")
	server, err := fleet.Serve(t.TempDir(), "127.0.0.1:0", fleetToken)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	args := []string{"run", "testdata/agents.yaml", "--only", "swept", "--agents", "1", "--nats", "nats://" + server.Address().String(), "--out", out, "--format", "json"}
	if err := os.MkdirAll(out, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(out, fleetShards), nil, 0o600); err != nil { // no folder can be made there
		t.Fatal(err)
	}
	leader := start(t, args...)
	url := leader.saw(t, fleetURL)
	agent := start(t, "agent", "--nats", url, "--once")
	leader.ends(t, exitFailed)
	if said := leader.said.String(); !strings.Contains(said, "goes on") {
		t.Errorf("the leader says %s", said)
	}
	if err := os.Remove(filepath.Join(out, fleetShards)); err != nil {
		t.Fatal(err)
	}
	start(t, args...).ends(t, exitOK)
	agent.ends(t, exitOK)
	whole := filepath.Join(dir, "whole")
	run(t, exitOK, "run", "testdata/agents.yaml", "--only", "swept", "--quiet", "--out", whole, "--format", "json")
	if !bytes.Equal(common(t, out), common(t, whole)) {
		t.Error("the run is another than that of one process")
	}
}
