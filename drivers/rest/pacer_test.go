package rest

import (
	"context"
	"errors"
	"testing"
	"time"

	"kvbench/internal/clock"
	"kvbench/kv"

	"github.com/google/go-cmp/cmp"
)

// paced is a pacer for one process.
func paced(t *testing.T, c kv.Clock, calls int, per time.Duration) *pacer {
	t.Helper()
	p, err := newPacer(c, calls, per, 1)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Calls that come at once go evenly, the first a space after the pacer was made: another may have been used until
// then. What was not used is not made up for.
func TestPacer(t *testing.T) {
	c := clock.NewVirtual()
	p := paced(t, c, 1188, 5*time.Minute)
	var at []time.Duration
	err := c.Run(t.Context(), func(ctx context.Context) {
		c.Parallel(3, func(int) {
			if err := p.wait(ctx); err != nil {
				t.Error(err)
			}
			at = append(at, c.Now())
		})
		_ = c.Sleep(ctx, time.Hour)
		start := c.Now()
		for range 1188 {
			_ = p.wait(ctx)
		}
		if took := c.Now() - start; took < 5*time.Minute-p.space {
			t.Errorf("1,188 calls within %v", took)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]time.Duration{p.space, 2 * p.space, 3 * p.space}, at); diff != "" || p.space < 252*time.Millisecond {
		t.Errorf("every %v: %s", p.space, diff)
	}
}

// Calls that give up before their turn do not use it up.
func TestPacerOfCallsThatGiveUp(t *testing.T) {
	c := clock.NewVirtual()
	p := paced(t, c, 1, time.Second)
	err := c.Run(t.Context(), func(ctx context.Context) {
		_ = p.wait(ctx)
		for range 100 {
			short, cancel := clock.WithTimeout(ctx, c, time.Millisecond)
			if err := p.wait(short); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
			cancel()
		}
		if err := p.wait(ctx); err != nil || c.Now() != 2*time.Second {
			t.Errorf("the next call goes at %v: %v", c.Now(), err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Without a rate no call waits; one whose context is done is not made.
func TestNoPacer(t *testing.T) {
	p := paced(t, clock.NewVirtual(), 0, time.Second)
	ctx, cancel := context.WithCancel(t.Context())
	if err := p.wait(ctx); err != nil {
		t.Error(err)
	}
	cancel()
	if err := p.wait(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// However many processes share the limit, all of them together make at most 1,200 calls in any 5 minutes: when all
// start at once, each of them opens stores one after the other and calls as fast as it is let, and what the network
// brings closer together are 2 s.
func TestPacersThatShareALimit(t *testing.T) {
	const window, network = 5 * time.Minute, 2 * time.Second
	for _, sharers := range []int{1, 2, 3, 7, 12, 27, 100, 101, 599, 700, 1188} {
		c := clock.NewVirtual()
		var at []time.Duration
		err := c.Run(t.Context(), func(ctx context.Context) { // each does the same
			for c.Now() < 3*window {
				p, err := newPacer(c, defaultCalls, defaultPer, sharers)
				if err != nil {
					t.Fatal(err)
				}
				for range 5 {
					_ = p.wait(ctx)
					at = append(at, c.Now())
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		most, from := 0, 0
		for i := range at {
			for at[i]-at[from] > window+network {
				from++
			}
			most = max(most, i-from+1)
		}
		if all := most * sharers; all > 1200 || all < 590 {
			t.Errorf("%d processes make %d calls within %v, want at most 1,200 and about half of them", sharers, all, window)
		}
	}
	if _, err := newPacer(clock.NewVirtual(), defaultCalls, defaultPer, 1189); err == nil {
		t.Error("processes that have less than a call each are let")
	}
}
