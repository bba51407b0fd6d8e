package command

import (
	"kvbench/drivers"
	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/kv"
)

// open opens a scenario's store by its URL.
func open(s *bench.Scenario, c clock.Clock, seed uint64) (kv.Store, error) {
	return drivers.Open(s.Driver, drivers.Env{Clock: c, Seed: seed})
}
