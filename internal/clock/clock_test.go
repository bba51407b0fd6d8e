package clock_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kvbench/internal/clock"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// both runs a test on either clock.
func both(t *testing.T, f func(t *testing.T, c clock.Clock)) {
	t.Run("virtual", func(t *testing.T) { f(t, clock.NewVirtual()) })
	t.Run("wall", func(t *testing.T) { f(t, clock.NewWall()) })
}

func run(t *testing.T, c clock.Clock, f func(ctx context.Context)) {
	t.Helper()
	if err := c.Run(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func TestSleepPassesTime(t *testing.T) {
	both(t, func(t *testing.T, c clock.Clock) {
		run(t, c, func(ctx context.Context) {
			before := c.Now()
			if err := c.Sleep(ctx, 3*time.Millisecond); err != nil {
				t.Error(err)
			}
			if got := c.Now() - before; got < 3*time.Millisecond {
				t.Errorf("slept %v", got)
			}
			if err := c.Until(ctx, before+5*time.Millisecond); err != nil {
				t.Error(err)
			}
			if err := c.Until(ctx, before); err != nil { // in the past
				t.Error(err)
			}
		})
	})
}

func TestParallelJoins(t *testing.T) {
	both(t, func(t *testing.T, c clock.Clock) {
		run(t, c, func(ctx context.Context) {
			var sum atomic.Int64
			c.Parallel(5, func(i int) {
				_ = c.Sleep(ctx, time.Duration(5-i)*time.Millisecond)
				sum.Add(int64(i))
			})
			if sum.Load() != 10 {
				t.Errorf("joined before all had ended: sum %d", sum.Load())
			}
			c.Parallel(0, func(int) { t.Error("ran") })
		})
	})
}

func TestParkerKeepsAnEarlyWake(t *testing.T) {
	both(t, func(t *testing.T, c clock.Clock) {
		run(t, c, func(ctx context.Context) {
			p := c.Parker()
			p.Unpark()
			if err := p.Park(ctx); err != nil {
				t.Error(err)
			}
			woken := false
			c.Go(func() {
				_ = c.Sleep(ctx, time.Millisecond)
				woken = true
				p.Unpark()
			})
			if err := p.Park(ctx); err != nil || !woken {
				t.Errorf("parked: %v, woken %v", err, woken)
			}
		})
	})
}

func TestPanicEndsTheRun(t *testing.T) {
	both(t, func(t *testing.T, c clock.Clock) {
		err := c.Run(t.Context(), func(ctx context.Context) {
			c.Go(func() { panic("boom") })
			_ = c.Sleep(ctx, time.Hour)
		})
		var p *clock.PanicError
		if !errors.As(err, &p) || p.Value != "boom" || !strings.Contains(string(p.Stack), "clock_test") {
			t.Fatalf("got %v", err)
		}
		run(t, c, func(context.Context) {}) // and can be used again
	})
}

func TestCancelEndsTheRun(t *testing.T) {
	both(t, func(t *testing.T, c clock.Clock) {
		ctx, cancel := context.WithCancel(t.Context())
		unwound := false
		err := c.Run(ctx, func(ctx context.Context) {
			defer func() { unwound = true }()
			for i := 0; ; i++ {
				if i == 10 {
					cancel()
				}
				if c.Sleep(ctx, time.Millisecond) != nil {
					return
				}
			}
		})
		if !errors.Is(err, context.Canceled) || !unwound {
			t.Fatalf("got %v, unwound %v", err, unwound)
		}
	})
}

func TestVirtualDeadlockIsAnError(t *testing.T) {
	c := clock.NewVirtual()
	err := c.Run(t.Context(), func(ctx context.Context) {
		c.Parallel(3, func(int) { _ = c.Parker().Park(ctx) })
	})
	var d *clock.DeadlockError
	if !errors.As(err, &d) || d.Parked != 3 {
		t.Fatalf("got %v", err)
	}
}

// What runs in the background keeps no run alive and hides no deadlock.
func TestBackgroundEndsWithTheRun(t *testing.T) {
	both(t, func(t *testing.T, c clock.Clock) {
		ended := make(chan bool, 1)
		run(t, c, func(ctx context.Context) {
			c.Background(func() {
				defer func() { ended <- true }()
				for c.Sleep(ctx, time.Millisecond) == nil {
				}
			})
			_ = c.Sleep(ctx, 3*time.Millisecond)
		})
		if len(ended) != 1 {
			t.Error("it did not end")
		}
	})
	c := clock.NewVirtual()
	err := c.Run(t.Context(), func(ctx context.Context) {
		c.Background(func() {
			for c.Sleep(ctx, time.Second) == nil {
			}
		})
		_ = c.Parker().Park(ctx)
	})
	var d *clock.DeadlockError
	if !errors.As(err, &d) || d.Parked != 1 {
		t.Errorf("got %v", err)
	}
}

// Ties are broken by the order of scheduling, and the whole order repeats.
func TestVirtualOrder(t *testing.T) {
	trace := func() (lines []string) {
		c := clock.NewVirtual()
		run(t, c, func(ctx context.Context) {
			for i := range 4 {
				c.Go(func() {
					for step := range 3 {
						lines = append(lines, fmt.Sprint(c.Now(), " task ", i, " step ", step))
						_ = c.Sleep(ctx, time.Duration(1+i%2)*time.Second)
					}
				})
			}
		})
		return lines
	}
	want := []string{
		"0s task 0 step 0", "0s task 1 step 0", "0s task 2 step 0", "0s task 3 step 0",
		"1s task 0 step 1", "1s task 2 step 1",
		"2s task 1 step 1", "2s task 3 step 1", "2s task 0 step 2", "2s task 2 step 2",
		"4s task 1 step 2", "4s task 3 step 2",
	}
	if diff := cmp.Diff(want, trace()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(trace(), trace()); diff != "" {
		t.Error(diff)
	}
}

func TestVirtualTimeIsFree(t *testing.T) {
	c := clock.NewVirtual()
	run(t, c, func(ctx context.Context) { _ = c.Sleep(ctx, 1000*time.Hour) })
	if c.Now() != 1000*time.Hour {
		t.Errorf("at %v", c.Now())
	}
}

func TestVirtualAllocatesNothingPerEvent(t *testing.T) {
	c := clock.NewVirtual()
	run(t, c, func(ctx context.Context) {
		done := false
		c.Go(func() {
			for !done {
				_ = c.Sleep(ctx, time.Second)
			}
		})
		if n := testing.AllocsPerRun(1000, func() { _ = c.Sleep(ctx, time.Second) }); n != 0 {
			t.Errorf("%v allocations per event", n)
		}
		done = true
	})
}

func BenchmarkVirtualSleep(b *testing.B) {
	for _, tasks := range []int{1, 16, 1000} {
		b.Run(fmt.Sprint("tasks=", tasks), func(b *testing.B) {
			c := clock.NewVirtual()
			b.ReportAllocs()
			_ = c.Run(b.Context(), func(ctx context.Context) {
				c.Parallel(tasks, func(int) {
					for range b.N / tasks {
						_ = c.Sleep(ctx, time.Second)
					}
				})
			})
		})
	}
}

func BenchmarkVirtualGo(b *testing.B) {
	c := clock.NewVirtual()
	b.ReportAllocs()
	_ = c.Run(b.Context(), func(ctx context.Context) {
		for range b.N {
			c.Go(func() { _ = c.Sleep(ctx, time.Second) })
			_ = c.Sleep(ctx, time.Second)
		}
	})
}
