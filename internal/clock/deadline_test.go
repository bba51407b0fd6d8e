package clock_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"kvbench/internal/clock"

	"github.com/google/go-cmp/cmp"
)

// Whatever waits ends at the deadline, on either clock, and what does not wait
// that long knows nothing of it.
func TestTimeoutEndsWhatWaits(t *testing.T) {
	const timeout = 300 * time.Millisecond // a busy machine wakes late
	for name, wait := range map[string]func(ctx context.Context, c clock.Clock) error{
		"sleep": func(ctx context.Context, c clock.Clock) error { return c.Sleep(ctx, time.Hour) },
		"until": func(ctx context.Context, c clock.Clock) error { return c.Until(ctx, c.Now()+time.Hour) },
		"park":  func(ctx context.Context, c clock.Clock) error { return c.Parker().Park(ctx) },
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, c clock.Clock) {
				run(t, c, func(ctx context.Context) {
					start := c.Now()
					limited, cancel := clock.WithTimeout(ctx, c, timeout)
					defer cancel()
					if err := c.Sleep(limited, time.Millisecond); err != nil {
						t.Errorf("before the deadline: %v", err)
					}
					for range 2 { // and again once it has passed
						if err := wait(limited, c); err != context.DeadlineExceeded {
							t.Errorf("got %v", err)
						}
					}
					if took := c.Now() - start; took < timeout || c.Virtual() && took != timeout {
						t.Errorf("waited %v", took)
					}
					cancel()
					if err := limited.Err(); err != context.DeadlineExceeded {
						t.Errorf("after cancel: %v", err)
					}
					if err := c.Sleep(ctx, 0); err != nil {
						t.Errorf("the parent ended too: %v", err)
					}
				})
			})
		})
	}
}

func TestDeadlineIsTheNearest(t *testing.T) {
	both(t, func(t *testing.T, c clock.Clock) {
		run(t, c, func(ctx context.Context) {
			if _, ok := clock.Deadline(ctx, c); ok {
				t.Error("a deadline that nobody set")
			}
			for _, test := range []struct{ outer, inner, want time.Duration }{
				{time.Hour, time.Minute, time.Minute}, {time.Minute, time.Hour, time.Minute},
			} {
				start := c.Now()
				outer, cancelOuter := clock.WithTimeout(ctx, c, test.outer)
				inner, cancelInner := clock.WithTimeout(outer, c, test.inner)
				at, ok := clock.Deadline(inner, c)
				if off := at - start - test.want; !ok || off < 0 || off > time.Second || c.Virtual() && off != 0 {
					t.Errorf("%v in %v: at %v after %v, %v", test.inner, test.outer, at, start, ok)
				}
				date, ok := inner.Deadline()
				if off := date.Sub(c.Epoch().Add(at)); !ok || off.Abs() > time.Microsecond {
					t.Errorf("the context's own deadline is off by %v, %v", off, ok)
				}
				cancelOuter()
				if inner.Err() != context.Canceled {
					t.Errorf("the outer context is cancelled, the inner has %v", inner.Err())
				}
				cancelInner()
			}
		})
	})
}

// A canceled context stays canceled when its deadline passes.
func TestCancelBeforeTheDeadline(t *testing.T) {
	c := clock.NewVirtual()
	run(t, c, func(ctx context.Context) {
		limited, cancel := clock.WithTimeout(ctx, c, time.Second)
		cancel()
		cancel() // does nothing more
		for range 2 {
			if limited.Err() != context.Canceled {
				t.Errorf("at %v: %v", c.Now(), limited.Err())
			}
			if err := c.Sleep(ctx, time.Minute); err != nil {
				t.Error(err)
			}
		}
		select {
		case <-limited.Done():
		default:
			t.Error("Done is open")
		}
	})
}

// What is derived from a context with a deadline waits no longer than it, and
// ends with it.
func TestDerivedFromADeadline(t *testing.T) {
	c := clock.NewVirtual()
	run(t, c, func(ctx context.Context) {
		type key struct{}
		limited, cancel := clock.WithTimeout(context.WithValue(ctx, key{}, "v"), c, time.Second)
		defer cancel()
		derived, cancelDerived := context.WithCancel(limited)
		defer cancelDerived()
		if derived.Value(key{}) != "v" {
			t.Error("a value is lost")
		}
		for _, wait := range []func() error{
			func() error { return c.Sleep(derived, time.Second) }, // to the deadline, and then beyond it
			func() error { return c.Sleep(derived, 1) }, func() error { return c.Parker().Park(derived) },
		} {
			if err := wait(); err != context.DeadlineExceeded || c.Now() != time.Second {
				t.Errorf("at %v: %v", c.Now(), err)
			}
		}
		if derived.Err() == nil {
			t.Error("it goes on")
		}
	})
}

// A task that is woken before its deadline is not woken again by it: neither
// where it then waits, nor after the run's last task has ended.
func TestWokenBeforeTheDeadline(t *testing.T) {
	c := clock.NewVirtual()
	ticks := 0
	run(t, c, func(ctx context.Context) {
		c.Background(func() {
			for c.Sleep(ctx, time.Second) == nil {
				ticks++
			}
		})
		p := c.Parker()
		limited, cancel := clock.WithTimeout(ctx, c, 5*time.Second)
		c.Go(func() {
			_ = c.Sleep(ctx, time.Second)
			p.Unpark()
		})
		if err := p.Park(limited); err != nil || c.Now() != time.Second {
			t.Errorf("woken at %v: %v", c.Now(), err)
		}
		cancel()
		if _ = c.Sleep(ctx, 9*time.Second); c.Now() != 10*time.Second { // beyond it
			t.Errorf("slept until %v", c.Now())
		}
		limited, cancel = clock.WithTimeout(ctx, c, 5*time.Second)
		defer cancel()
		c.Go(p.Unpark)
		if err := p.Park(limited); err != nil {
			t.Error(err)
		}
	})
	if c.Now() != 10*time.Second || ticks > 10 {
		t.Errorf("the run ended at %v after %d ticks: it waited for a deadline that nobody waits for", c.Now(), ticks)
	}
}

// A wake that comes after the deadline is kept for the next Park.
func TestWokenAfterTheDeadline(t *testing.T) {
	c := clock.NewVirtual()
	run(t, c, func(ctx context.Context) {
		p := c.Parker()
		limited, cancel := clock.WithTimeout(ctx, c, time.Second)
		defer cancel()
		if err := p.Park(limited); err != context.DeadlineExceeded {
			t.Error(err)
		}
		p.Unpark()
		if err := p.Park(ctx); err != nil || c.Now() != time.Second {
			t.Errorf("at %v: %v", c.Now(), err)
		}
	})
}

// A deadline keeps a parked task from being a deadlock; a deadlock beside it is
// still found.
func TestDeadlineAndDeadlock(t *testing.T) {
	c := clock.NewVirtual()
	err := c.Run(t.Context(), func(ctx context.Context) {
		limited, cancel := clock.WithTimeout(ctx, c, time.Minute)
		defer cancel()
		c.Go(func() { _ = c.Parker().Park(ctx) })
		if err := c.Parker().Park(limited); err != context.DeadlineExceeded {
			t.Error(err)
		}
	})
	var d *clock.DeadlockError
	if !errors.As(err, &d) || d.Parked != 1 || c.Now() != time.Minute {
		t.Errorf("at %v: %v", c.Now(), err)
	}
}

func TestTimeoutBounds(t *testing.T) {
	c := clock.NewVirtual()
	run(t, c, func(ctx context.Context) {
		_ = c.Sleep(ctx, time.Hour)
		got := ""
		for _, d := range []time.Duration{-time.Second, 0, 1, math.MaxInt64} {
			limited, cancel := clock.WithTimeout(ctx, c, d)
			at, _ := clock.Deadline(limited, c)
			got += fmt.Sprintln(at, limited.Err())
			cancel()
		}
		want := "59m59s context deadline exceeded\n1h0m0s context deadline exceeded\n" +
			"1h0m0.000000001s <nil>\n2562047h47m16.854775807s <nil>\n"
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}
