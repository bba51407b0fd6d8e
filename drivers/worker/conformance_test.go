package worker_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"kvbench/drivers"
	"kvbench/drivers/drivertest"
	"kvbench/drivers/worker"
	"kvbench/internal/clock"
	"kvbench/internal/workerd/workerdtest"
	"kvbench/kv"

	"go.uber.org/goleak"
)

// TestMain sets the secret for all tests, and looks for goroutines that are left.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := os.Setenv(worker.SecretVariable, secret); err != nil {
		panic(err)
	}
	status := m.Run()
	if status == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			status = 1
		}
	}
	os.Exit(status)
}

const secret = "the-secret-of-the-worker"

// skipping is a wall clock on which a sleep is over at once, and all of its time has passed.
type skipping struct {
	*clock.Wall
	ahead atomic.Int64
}

func (s *skipping) Now() time.Duration { return s.Wall.Now() + time.Duration(s.ahead.Load()) }

func (s *skipping) Sleep(ctx context.Context, d time.Duration) error {
	s.ahead.Add(int64(max(0, d)))
	return ctx.Err()
}

func open(t testing.TB, url string, clk clock.Clock) kv.Store {
	t.Helper()
	s, err := drivers.Open(url, drivers.Env{Clock: clk, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestConformance(t *testing.T) {
	workerdtest.Need(t)
	all := []string{
		"profile=none&locations=3&propagation=60s&writes=lenient",
		"profile=none&propagation=0&writes=strict",
		"mode=instant&profile=none&propagation=0",
	}
	if testing.Short() {
		all = all[:1]
	}
	for _, options := range all {
		t.Run(options, func(t *testing.T) {
			drivertest.Run(t, func(t testing.TB) drivertest.Harness {
				clk := &skipping{Wall: clock.NewWall()}
				return drivertest.Harness{Store: open(t, "worker://local?"+options, clk), Clock: clk, Patience: 24 * time.Hour}
			})
		})
	}
}
