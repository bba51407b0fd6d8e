package fleet_test

import (
	"net"
	"strings"
	"testing"
	"time"

	"kvbench/internal/fleet"
)

// TestServeWhereItCannotListen holds that whoever names an address that can't be had is told at once, and not when
// the time to start in is over.
func TestServeWhereItCannotListen(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for address, want := range map[string]string{taken.Addr().String(): "address already in use", "127.0.0.1:99999": "invalid port"} {
		failed := make(chan error, 1)
		go func() {
			s, err := fleet.Serve(t.TempDir(), address, token)
			if err == nil {
				s.Close()
			}
			failed <- err
		}()
		select {
		case err := <-failed:
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v, want an error with %q", address, err, want)
			}
		case <-time.After(8 * time.Second): // a start that is waited for to the end takes 10 s
			t.Fatalf("%s: nothing was told", address)
		}
	}
}
