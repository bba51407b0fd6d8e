package embedded_test

import (
	"testing"

	"kvbench/drivers"
	"kvbench/drivers/drivertest"
	"kvbench/internal/clock"
	"kvbench/kv"
)

func open(t testing.TB, url string, clk clock.Clock) kv.Store {
	t.Helper()
	s, err := drivers.Open(url, drivers.Env{Clock: clk, Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestConformance(t *testing.T) {
	for _, url := range []string{
		"embedded://?profile=none&propagation=0",
		"embedded://?propagation=0&profile=edge&writes=strict",
		"embedded://?locations=3&profile=edge&propagation=60s&writes=lenient",
		"embedded://?profile=none&locations=2&propagation=10s&writes=strict",
		"embedded://?propagation=0&locations=2&profile=edge-mix",
		"embedded://?locations=2",
		"embedded://?mode=instant&profile=none&propagation=0",
		"embedded://?mode=instant&locations=3",
		"embedded://?mode=instant&locations=2&writes=off",
		"embedded://?profile=none&propagation=60s",
	} {
		t.Run("virtual/"+url, func(t *testing.T) {
			drivertest.Run(t, func(t testing.TB) drivertest.Harness {
				c := clock.NewVirtual()
				return drivertest.Harness{Store: open(t, url, c), Clock: c}
			})
		})
	}
	for _, url := range []string{
		"embedded://?profile=none&propagation=0",
		"embedded://?profile=none&locations=3&propagation=5ms&hot=p50:10us&cold=p50:50us,p100:200us",
	} {
		t.Run("wall/"+url, func(t *testing.T) {
			drivertest.Run(t, func(t testing.TB) drivertest.Harness {
				c := clock.NewWall()
				return drivertest.Harness{Store: open(t, url, c), Clock: c}
			})
		})
	}
}

func BenchmarkEmbedded(b *testing.B) {
	drivertest.Bench(b, func(b testing.TB) drivertest.Harness {
		c := clock.NewWall()
		return drivertest.Harness{Store: open(b, "embedded://?profile=none&propagation=0", c), Clock: c}
	})
}
