package clock_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"kvbench/internal/clock"

	"github.com/google/go-cmp/cmp"
)

// paced begins tasks at given times.
type paced struct {
	at   []time.Duration
	task func(n int) func()
	n    int
}

func (p *paced) Next() time.Duration {
	if p.n < len(p.at) {
		return p.at[p.n]
	}
	return p.at[len(p.at)-1]
}

func (p *paced) Begin() (task func(), more bool) {
	if p.n == len(p.at) {
		return nil, false
	}
	p.n++
	return p.task(p.n - 1), true
}

// byHand is Pace as a loop that starts every task on its own.
func byHand(ctx context.Context, c clock.Clock, p clock.Pacer) {
	for c.Until(ctx, p.Next()) == nil {
		task, more := p.Begin()
		if !more {
			return
		}
		if task != nil {
			c.Go(task)
		}
	}
}

// In virtual time all happens in the order in which it does when each task is started on
// its own, whatever else is due at the same times.
func TestVirtualPaceKeepsTheOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		at := make([]time.Duration, 30)
		for i := range at {
			at[i] = time.Duration(r.IntN(20))
		}
		slices.Sort(at)
		sleeps := make([]time.Duration, 3*len(at))
		for i := range sleeps {
			sleeps[i] = time.Duration(r.IntN(6)) // often none
		}
		trace := func(pace func(context.Context, clock.Clock, clock.Pacer)) (events []string) {
			c := clock.NewVirtual()
			say := func(what string, n int) { events = append(events, fmt.Sprint(c.Now(), " ", what, " ", n)) }
			run(t, c, func(ctx context.Context) {
				c.Background(func() {
					for i := 0; c.Sleep(ctx, 2) == nil; i++ {
						say("tick", i)
					}
				})
				pace(ctx, c, &paced{at: at, task: func(n int) func() {
					if n%7 == 3 {
						return nil
					}
					return func() {
						for i := range 3 {
							say("task", n)
							_ = c.Sleep(ctx, sleeps[3*n+i])
						}
						say("end", n)
					}
				}})
				_ = c.Sleep(ctx, 100)
			})
			return events
		}
		want := trace(byHand)
		if diff := cmp.Diff(want, trace(func(ctx context.Context, c clock.Clock, p clock.Pacer) { c.Pace(ctx, p) })); diff != "" {
			t.Fatal(diff)
		}
	}
}

// Pace ends with its context, and with a panic of a task the run.
func TestPaceEnds(t *testing.T) {
	both(t, func(t *testing.T, c clock.Clock) {
		began := 0
		run(t, c, func(ctx context.Context) {
			ctx, cancel := context.WithCancel(ctx)
			c.Pace(ctx, &paced{at: []time.Duration{0, 1, time.Hour}, task: func(n int) func() {
				if began++; n == 1 {
					cancel()
				}
				return nil
			}})
		})
		if began != 2 {
			t.Errorf("%d tasks have begun, want 2", began)
		}
	})
	c := clock.NewVirtual()
	err := c.Run(t.Context(), func(ctx context.Context) {
		c.Pace(ctx, &paced{at: []time.Duration{1, 2, 3}, task: func(n int) func() { return func() { panic(n) } }})
	})
	if err == nil {
		t.Error("a panic of a task is no error")
	}
}

// Tasks that wait for longer than it takes the next to come allocate nothing once there
// are as many coroutines as run at once.
func TestVirtualPaceAllocatesNothingPerTask(t *testing.T) {
	mallocs := func(n int) float64 {
		return testing.AllocsPerRun(1, func() {
			c := clock.NewVirtual()
			_ = c.Run(context.Background(), func(ctx context.Context) {
				c.Pace(ctx, &steady{left: n, task: func() { _ = c.Sleep(ctx, 5) }})
			})
		})
	}
	if few, many := mallocs(100), mallocs(10_100); many-few > 10 {
		t.Errorf("10,000 tasks more make %v allocations more", many-few)
	}
}

// steady begins a task at every tick of the clock.
type steady struct {
	at   time.Duration
	left int
	task func()
}

func (s *steady) Next() time.Duration {
	s.at++
	return s.at
}

func (s *steady) Begin() (func(), bool) {
	s.left--
	return s.task, s.left >= 0
}

func BenchmarkVirtualPace(b *testing.B) {
	for _, length := range []time.Duration{0, 10} {
		b.Run(fmt.Sprint("sleep=", int(length)), func(b *testing.B) {
			c := clock.NewVirtual()
			b.ReportAllocs()
			_ = c.Run(b.Context(), func(ctx context.Context) {
				c.Pace(ctx, &steady{left: b.N, task: func() { _ = c.Sleep(ctx, length) }})
			})
		})
	}
}
