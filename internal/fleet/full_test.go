package fleet_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kvbench/internal/fleet"
	"kvbench/internal/fleet/fleettest"
)

// A server whose disk is full says so: when others have filled it, and when its own streams have.
func TestServerOnAFullDisk(t *testing.T) {
	for _, byOthers := range []bool{false, true} {
		dir := fleettest.SmallDisk(t, 4<<20)
		server := serve(t, dir, "127.0.0.1:0")
		call := fleet.Call{Job: "job-6", Version: "v1"}
		conn := connect(t, server.Address())
		leader, err := fleet.Lead(t.Context(), conn, call, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := server.Err(); err != nil {
			t.Fatal(err)
		}
		if byOthers {
			fleettest.Fill(t, filepath.Join(dir, "filling"))
		}
		ctx, stop := context.WithCancel(t.Context())
		offered := make(chan error, 1)
		go func() {
			for n := 0; ; n++ { // until it is stopped: the last one waits for the server
				if err := leader.Offer(ctx, n, make([]byte, 400<<10)); err != nil {
					offered <- err
					return
				}
			}
		}()
		for until := time.Now().Add(time.Minute); server.Err() == nil && time.Now().Before(until); {
			time.Sleep(10 * time.Millisecond)
		}
		stop()
		<-offered
		if err := server.Err(); err == nil || !strings.Contains(err.Error(), "the disk is full") || !strings.Contains(err.Error(), dir) {
			t.Errorf("filled by others %v: the server says %v", byOthers, err)
		}
		conn.Close()
		server.Close()
		if err := os.RemoveAll(filepath.Join(dir, "filling")); err != nil {
			t.Fatal(err)
		}
	}
}
