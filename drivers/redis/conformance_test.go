package redis_test

import (
	"testing"
	"time"

	"kvbench/drivers/drivertest"
	"kvbench/internal/clock"
)

// All rules, at the same time: most of it is waiting until keys have expired, as Redis
// knows no time but its own. So the shortest TTL is less than KV's, and what a row waits
// does for it what a minute would; the short tests leave out the rows that wait.
func TestConformance(t *testing.T) {
	socket := server(t)
	patience := time.Minute
	if testing.Short() {
		patience = time.Second
	}
	for _, row := range drivertest.Rows() {
		t.Run(row.Name, func(t *testing.T) {
			t.Parallel()
			row.Run(t, func(t testing.TB) drivertest.Harness {
				return drivertest.Harness{
					Store: open(t, socket, "&min-ttl=4s&timeout=1m"), Clock: clock.NewWall(), Patience: patience,
				}
			})
		})
	}
}

func BenchmarkDriver(b *testing.B) {
	socket := server(b)
	drivertest.Bench(b, func(b testing.TB) drivertest.Harness {
		return drivertest.Harness{Store: open(b, socket, ""), Clock: clock.NewWall()}
	})
}
