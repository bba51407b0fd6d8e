package command

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"kvbench/internal/fleet/fleettest"
	"kvbench/internal/runfile"
)

// A leader goes on from the copy where what it has decided is torn, and says what to do where both are.
func TestTornStateOfALeader(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "led")
	state, err := openFleet(dir)
	if err != nil {
		t.Fatal(err)
	}
	state.Digest, state.StartAt, state.Listen = "digest", time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), "127.0.0.1:4222"
	state.Clocks = map[int]runfile.ClockOffset{3: {Ahead: time.Second, Within: time.Millisecond}}
	if err := state.save(); err != nil {
		t.Fatal(err)
	}
	state.close()
	path := filepath.Join(dir, fleetStateFile)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, torn := range [][]byte{nil, whole[:len(whole)/2], bytes.Repeat([]byte{0}, len(whole)), []byte("{}")} {
		if err := os.WriteFile(path, torn, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := openFleet(dir)
		if err != nil {
			t.Fatal(err)
		}
		got.close()
		if got.Job != state.Job || got.Digest != state.Digest || !got.StartAt.Equal(state.StartAt) || got.Listen != state.Listen || !reflect.DeepEqual(got.Clocks, state.Clocks) {
			t.Errorf("after %q the state is %+v, want %+v", torn, got, state)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, fleetCopyFile), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openFleet(dir); err == nil || !strings.Contains(err.Error(), "remove "+dir+" to begin anew") {
		t.Errorf("with both torn: %v", err)
	}
}

// What a leader has decided stays what it was where the disk is full.
func TestStateOfALeaderOnAFullDisk(t *testing.T) {
	dir := filepath.Join(fleettest.SmallDisk(t, 1<<20), "led")
	state, err := openFleet(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := state.save(); err != nil {
		t.Fatal(err)
	}
	fleettest.Fill(t, filepath.Join(dir, "filling"))
	job := state.Job
	state.Listen = strings.Repeat("x", 100<<10)
	if err := state.save(); err == nil || !strings.Contains(err.Error(), "no space left") || !strings.Contains(err.Error(), dir) {
		t.Errorf("on a full disk: %v", err)
	}
	state.close()
	got, err := openFleet(dir)
	if err != nil || got.Job != job {
		t.Fatalf("after that: %v", err)
	}
	got.close()
}
