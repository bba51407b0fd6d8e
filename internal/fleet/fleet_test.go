package fleet_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kvbench/internal/fleet"
)

const token = "a-token-of-the-test"

func serve(t *testing.T, dir, address string) *fleet.Server {
	t.Helper()
	s, err := fleet.Serve(dir, address, token)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func connect(t *testing.T, to net.Addr) *fleet.Conn {
	t.Helper()
	c, err := fleet.Connect(t.Context(), fleet.Access{URL: "nats://" + to.String(), Token: token, Wait: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// job is a leader's that offers parts at once, and takes what comes of them.
type job struct {
	leader *fleet.Leader
	set    *fleet.Set
	got    map[int]string // by part, of the attempt that counts
	texts  map[string]string
	failed map[int]int
}

var errDone = errors.New("all parts are done")

func lead(t *testing.T, to net.Addr, call fleet.Call) *job {
	t.Helper()
	l, err := fleet.Lead(t.Context(), connect(t, to), call, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Plan(t.Context(), []byte(strings.Repeat("plan", 300_000))); err != nil { // of three pieces
		t.Fatal(err)
	}
	return &job{leader: l, set: fleet.NewSet(), got: map[int]string{}, texts: map[string]string{}, failed: map[int]int{}}
}

// collect offers so many parts and collects until each is whole or has failed in the end.
func (j *job) collect(t *testing.T, parts int, each func(*fleet.Piece)) {
	t.Helper()
	for n := range parts {
		if err := j.leader.Offer(t.Context(), n, fmt.Append(nil, "do ", n)); err != nil {
			t.Fatal(err)
		}
	}
	nothing := func() error { return nil }
	err := j.leader.Collect(t.Context(), func(p *fleet.Piece) error {
		each(p)
		counts, err := j.set.Add(p)
		if err != nil {
			return err
		}
		key := fmt.Sprint(p.Part, p.Attempt)
		switch {
		case counts && p.Kind == fleet.Text:
			j.texts[key] += string(p.Text)
		case counts && p.Kind == fleet.Whole:
			j.got[p.Part] = j.texts[key]
		case counts:
			j.failed[p.Part]++
		}
		if len(j.got) == parts {
			return errDone
		}
		return nil
	}, nothing, nothing)
	if !errors.Is(err, errDone) {
		t.Fatal(err)
	}
}

// agent serves in the background; kill ends it as a crash would: it says nothing.
func agent(t *testing.T, to net.Addr, call fleet.Call, do func(context.Context, *fleet.Claim) error) (kill func()) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	c := connect(t, to)
	w, err := fleet.NewWorker(ctx, c, "host", 2, 1, call.Version)
	if err != nil {
		t.Fatal(err)
	}
	var killed atomic.Bool
	var ended sync.WaitGroup
	ended.Go(func() {
		got, err := w.Await(ctx, func(string) bool { return false })
		if err != nil || got.Job != call.Job || got.Version != call.Version {
			t.Errorf("the call: %+v, %v", got, err)
			return
		}
		if plan, err := w.Plan(ctx, got.Job); err != nil || len(plan) != 1_200_000 {
			t.Errorf("the plan: %d bytes, %v", len(plan), err)
		}
		if _, err := w.Serve(ctx, got, do); err != nil && !killed.Load() && ctx.Err() == nil {
			t.Error(err)
		}
	})
	kill = func() {
		killed.Store(true)
		c.Close()
		stop()
		ended.Wait()
	}
	t.Cleanup(kill)
	return kill
}

// text is what comes of a part: more than a message of NATS may have.
func text(part int) string { return strings.Repeat(fmt.Sprintf("line %d\n", part), 200_000) }

func send(ctx context.Context, c *fleet.Claim) error {
	for line := range slices.Chunk([]byte(text(c.Part)), 700_000) {
		if err := c.Send(ctx, line); err != nil {
			return err
		}
	}
	return c.Whole(ctx)
}

func (j *job) check(t *testing.T, parts int) {
	t.Helper()
	for n := range parts {
		if j.got[n] != text(n) {
			t.Errorf("part %d: %d bytes, want %d", n, len(j.got[n]), len(text(n)))
		}
	}
}

// An agent that is gone in the middle of a part, and one that fails, leave it to another.
func TestPartsAreDoneAgain(t *testing.T) {
	to := serve(t, t.TempDir(), "127.0.0.1:0").Address()
	call := fleet.Call{Job: "job-1", Version: "v1", Claim: 2 * time.Second}
	j := lead(t, to, call)
	var mu sync.Mutex
	failed := map[int]bool{}
	begun := make(chan struct{})
	kill := agent(t, to, call, func(ctx context.Context, c *fleet.Claim) error {
		if err := c.Send(ctx, []byte("the beginning\n")); err != nil {
			return err
		}
		close(begun)
		<-ctx.Done()
		return ctx.Err()
	})
	go func() {
		<-begun
		kill()
		agent(t, to, call, func(ctx context.Context, c *fleet.Claim) error {
			mu.Lock()
			first := c.Part == 2 && !failed[c.Part]
			failed[c.Part] = true
			mu.Unlock()
			if string(c.What) != fmt.Sprint("do ", c.Part) {
				t.Errorf("part %d is told %q", c.Part, c.What)
			}
			if first {
				return c.Fail(ctx, "as it was asked to")
			}
			return send(ctx, c)
		})
	}()
	j.collect(t, 4, func(*fleet.Piece) {})
	j.check(t, 4)
	if want := map[int]int{2: 1}; !maps.Equal(j.failed, want) {
		t.Errorf("failures: %v, want %v", j.failed, want)
	}
}

// A part that ends its agents each time is given up, and one that is to be done once is not done
// again.
func TestPartsAreGivenUp(t *testing.T) {
	to := serve(t, t.TempDir(), "127.0.0.1:0").Address()
	call := fleet.Call{Job: "job-2", Version: "v1"}
	j := lead(t, to, call)
	times := 0
	agent(t, to, call, func(ctx context.Context, c *fleet.Claim) error {
		if c.Part == 0 {
			times++
			return c.Fail(ctx, "each time")
		}
		return send(ctx, c)
	})
	enough := errors.New("given up")
	for n := range 2 {
		if err := j.leader.Offer(t.Context(), n, nil); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	err := j.leader.Collect(t.Context(), func(p *fleet.Piece) error {
		if p.Kind == fleet.Failed {
			n++
		}
		if n > fleet.MaxAttempts {
			return enough
		}
		return nil
	}, func() error { return nil }, func() error { return nil })
	if !errors.Is(err, enough) || times != fleet.MaxAttempts {
		t.Errorf("it was tried %d times, want %d: %v", times, fleet.MaxAttempts, err)
	}
}

// The server is gone for a while in the middle: agents and leader go on when it is back, and
// nothing is lost or doubled. A second leader then reads all of it again.
func TestServerIsGoneForAWhile(t *testing.T) {
	dir := t.TempDir()
	first := serve(t, dir, "127.0.0.1:0")
	to := first.Address()
	call := fleet.Call{Job: "job-3", Version: "v1"}
	j := lead(t, to, call)
	gone := sync.OnceFunc(func() {
		first.Close()
		time.Sleep(2 * time.Second)
		serve(t, dir, to.String())
	})
	for range 2 {
		agent(t, to, call, func(ctx context.Context, c *fleet.Claim) error {
			if err := c.Send(ctx, []byte(text(c.Part)[:700_000])); err != nil {
				return err
			}
			if c.Part == 1 {
				gone()
			}
			if err := c.Send(ctx, []byte(text(c.Part)[700_000:])); err != nil {
				return err
			}
			return c.Whole(ctx)
		})
	}
	j.collect(t, 4, func(*fleet.Piece) {})
	j.check(t, 4)
	again := lead(t, to, call)
	again.collect(t, 4, func(*fleet.Piece) {})
	again.check(t, 4)
	if err := again.leader.End(t.Context(), ""); err != nil {
		t.Error(err)
	}
}

// A leader measures how far an agent's clock is off: here not at all.
func TestClocks(t *testing.T) {
	to := serve(t, t.TempDir(), "127.0.0.1:0").Address()
	call := fleet.Call{Job: "job-4", Version: "v1"}
	j := lead(t, to, call)
	agent(t, to, call, send)
	for len(j.leader.Agents()) == 0 {
		time.Sleep(10 * time.Millisecond)
	}
	j.leader.Clocks(t.Context())
	a := j.leader.Agents()[0]
	if a.Within <= 0 || max(a.Offset, -a.Offset) > a.Within {
		t.Errorf("the clock is %v ahead, within %v: want none", a.Offset, a.Within)
	}
	if a.Host != "host" || a.CPUs != 2 || a.Job != call.Job {
		t.Errorf("the agent: %+v", a)
	}
}

func TestRefusals(t *testing.T) {
	to := serve(t, t.TempDir(), "127.0.0.1:0").Address()
	url := "nats://" + to.String()
	for name, c := range map[string]struct {
		access fleet.Access
		want   string
	}{
		"another token":        {fleet.Access{URL: url, Token: "another"}, fleet.TokenVariable},
		"no token":             {fleet.Access{URL: url}, fleet.TokenVariable},
		"a token in the URL":   {fleet.Access{URL: "nats://" + token + "@" + to.String()}, fleet.TokenVariable},
		"no server":            {fleet.Access{URL: "nats://127.0.0.1:1", Token: token, Wait: time.Millisecond}, "no NATS server"},
		"no file":              {fleet.Access{URL: url, Credentials: "/nowhere/at.all"}, "no such file"},
		"a server without TLS": {fleet.Access{URL: "tls://" + to.String(), Token: token}, "TLS"},
		"another protocol":     {fleet.Access{URL: "http://" + to.String(), Token: token}, "nats://HOST:PORT"},
	} {
		_, err := fleet.Connect(t.Context(), c.access)
		var refused *fleet.RefusedError
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), token) {
			t.Errorf("%s: %v, want one that is final and has %q, without the token", name, err, c.want)
		}
	}
	if _, err := fleet.Serve(t.TempDir(), "127.0.0.1:0", ""); err == nil {
		t.Error("a server without a token was started")
	}
}
