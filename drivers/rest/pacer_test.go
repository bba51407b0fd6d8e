package rest

import (
	"context"
	"errors"
	"testing"
	"time"

	"kvbench/internal/clock"

	"github.com/google/go-cmp/cmp"
)

// Of calls that come at once the first goes at once and the others evenly after it;
// what was not used is not made up for.
func TestPacer(t *testing.T) {
	c := clock.NewVirtual()
	p := newPacer(c, 1188, 5*time.Minute)
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
	if diff := cmp.Diff([]time.Duration{0, p.space, 2 * p.space}, at); diff != "" || p.space < 252*time.Millisecond {
		t.Errorf("every %v: %s", p.space, diff)
	}
}

// Calls that give up before their turn do not use it up.
func TestPacerOfCallsThatGiveUp(t *testing.T) {
	c := clock.NewVirtual()
	p := newPacer(c, 1, time.Second)
	err := c.Run(t.Context(), func(ctx context.Context) {
		_ = p.wait(ctx)
		for range 100 {
			short, cancel := clock.WithTimeout(ctx, c, time.Millisecond)
			if err := p.wait(short); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
			cancel()
		}
		if err := p.wait(ctx); err != nil || c.Now() != time.Second {
			t.Errorf("the next call goes at %v: %v", c.Now(), err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Without a rate no call waits; one whose context is done is not made.
func TestNoPacer(t *testing.T) {
	p := newPacer(clock.NewVirtual(), 0, time.Second)
	ctx, cancel := context.WithCancel(t.Context())
	if err := p.wait(ctx); err != nil {
		t.Error(err)
	}
	cancel()
	if err := p.wait(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
