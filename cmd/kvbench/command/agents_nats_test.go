package command

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kvbench/internal/fleet"
	"kvbench/internal/fleet/fleettest"
	"kvbench/internal/runfile"
)

// NATS is gone for longer than a claim while agents are at work on the wall clock: the run is whole all the same, and
// an agent that has nothing to do takes no shard away.
func TestAgentsOutliveNATS(t *testing.T) {
	t.Parallel()
	store, out := t.TempDir(), filepath.Join(t.TempDir(), "led")
	server, err := fleet.Serve(store, "127.0.0.1:0", fleetToken)
	if err != nil {
		t.Fatal(err)
	}
	address := server.Address().String()
	url := "nats://" + address
	leader := start(t, "run", "testdata/agents-wall.yaml", "--duration", "12s", "--agents", "2", "--nats", url, "--start-in", "3s", "--claim", "2s",
		"--out", out, "--format", "json")
	leader.saw(t, fleetURL)
	agents := []*started{start(t, "agent", "--nats", url, "--once"), start(t, "agent", "--nats", url, "--once"), start(t, "agent", "--nats", url, "--once")}
	leader.saw(t, `[1-9]\d* transactions/s`)
	server.Close()
	leader.saw(t, "NATS is gone")
	time.Sleep(5 * time.Second) // silence of 3 s is too long
	again, err := fleet.Serve(store, address, fleetToken)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(again.Close)
	leader.ends(t, exitOK)
	for _, a := range agents {
		a.ends(t, exitOK)
	}
	run, err := runfile.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	var ran uint64
	for _, n := range run.Variants[0].Total.Outcomes {
		ran += n
	}
	if !run.Header.Whole() || ran != 12*60 {
		t.Errorf("%d transactions, want %d of a whole run", ran, 12*60)
	}
}

// A leader ends when its disk is full, says so, and goes on where it was when there is room: when NATS in its process
// has filled the disk, when others have, and when NATS is elsewhere.
func TestAgentsOfALeaderOnAFullDisk(t *testing.T) {
	for _, c := range []struct {
		name                string
		size                int
		byOthers, elsewhere bool
	}{{"NATS", 1 << 20, false, false}, {"others", 8 << 20, true, false}, {"its own files", 8 << 20, true, true}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			disk := fleettest.SmallDisk(t, c.size)
			out, whole := filepath.Join(disk, "led"), filepath.Join(t.TempDir(), "whole")
			plan := []string{"run", "testdata/agents-large.yaml", "--format", "json"}
			args := append(plan, "--agents", "1", "--out", out)
			if c.elsewhere {
				server, err := fleet.Serve(t.TempDir(), "127.0.0.1:0", fleetToken)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(server.Close)
				args = append(args, "--nats", "nats://"+server.Address().String())
			}
			leader := start(t, args...)
			url := leader.saw(t, fleetURL)
			filling := filepath.Join(disk, "filling")
			if c.byOthers {
				fleettest.Fill(t, filling)
			}
			agent := start(t, "agent", "--nats", url, "--once")
			leader.ends(t, exitFailed)
			said := leader.said.String()
			served := strings.Contains(said, "the disk is full: the NATS server")
			if c.byOthers && served == c.elsewhere || !strings.Contains(said, "no space left on device") ||
				!strings.Contains(said, out) || !strings.Contains(said, "goes on") {
				t.Errorf("the leader says %s", said)
			}
			if err := fleettest.Grow(disk, 256<<20); err != nil {
				t.Fatal(err)
			}
			if c.byOthers {
				if err := os.Remove(filling); err != nil {
					t.Fatal(err)
				}
			}
			start(t, args...).ends(t, exitOK)
			agent.ends(t, exitOK)
			run(t, exitOK, append(plan, "--quiet", "--out", whole)...)
			if !bytes.Equal(common(t, out), common(t, whole)) {
				t.Error("the run is another than that of one process")
			}
		})
	}
}
