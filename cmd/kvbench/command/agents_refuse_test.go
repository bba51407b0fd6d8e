package command

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kvbench/internal/fleet"
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
	t.Run("a secret in the file", func(t *testing.T) {
		t.Setenv(fleet.TokenVariable, fleetToken)
		file := filepath.Join(t.TempDir(), "s.yaml")
		text, err := os.ReadFile("testdata/agents.yaml")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, append(text, "# "+fleetToken...), 0o600); err != nil {
			t.Fatal(err)
		}
		if said := run(t, exitUsage, "run", file, "--agents", "1", "--nats", url, "--out", filepath.Join(t.TempDir(), "out")); !strings.Contains(said, "has a secret in it") {
			t.Error(said)
		}
	})
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
