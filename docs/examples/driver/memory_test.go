package memory_test

import (
	"kvbench/drivers/drivertest"
	"kvbench/kv"
	"net/url"
	"testing"

	"example.org/memory"
)

// In virtual time a key's minute takes no time.
func TestConformance(t *testing.T) {
	drivertest.Run(t, func(t testing.TB) drivertest.Harness {
		u, err := url.Parse(memory.Driver.Example)
		if err != nil {
			t.Fatal(err)
		}
		clock := drivertest.NewVirtual()
		s, err := memory.Driver.Open(u, kv.Env{Clock: clock, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		return drivertest.Harness{Store: s, Clock: clock}
	})
}
