package fleet_test

import (
	"context"
	"testing"
	"time"

	"kvbench/internal/fleet"
)

// While the server is gone for longer than a claim, nobody is silent: the leader can't hear then. A part that is
// to be done once stays whose it was, though another agent has nothing to do.
func TestNobodyIsSilentWhileTheServerIsGone(t *testing.T) {
	t.Parallel()
	const claim = 2 * time.Second
	dir := t.TempDir()
	server := serve(t, dir, "127.0.0.1:0")
	to := server.Address()
	call := fleet.Call{Job: "job-5", Version: "v1", Once: true, Claim: claim}
	j := lead(t, to, call)
	proceed := make(chan struct{})
	for range 2 {
		agent(t, to, call, func(ctx context.Context, c *fleet.Claim) error {
			select {
			case <-proceed:
			case <-ctx.Done():
			}
			return send(ctx, c)
		})
	}
	silence := func() time.Duration {
		_, at, is := j.leader.Doing(0)
		if !is {
			return 0
		}
		return j.leader.Hearing() - at
	}
	go func() {
		defer close(proceed)
		for _, _, is := j.leader.Doing(0); !is; _, _, is = j.leader.Doing(0) {
			time.Sleep(10 * time.Millisecond)
		}
		server.Close()
		time.Sleep(5 * claim / 2)
		serve(t, dir, to.String())
		for until := time.Now().Add(2 * claim); time.Now().Before(until); time.Sleep(10 * time.Millisecond) {
			if s := silence(); s > claim*3/2 {
				t.Errorf("the agent is said to be silent for %v", s)
				return
			}
		}
	}()
	j.collect(t, 1, func(*fleet.Piece) {})
	j.check(t, 1)
	if len(j.failed) > 0 {
		t.Errorf("%d attempts have failed", j.failed[0])
	}
	for until := time.Now().Add(time.Minute); silence() < claim; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("who does a part no more is never silent")
		}
	}
}
