package scenarios_test

import (
	"fmt"
	"testing"

	"kvbench/drivers"
	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/detect"
)

// runDetected runs a variant with a detector that is told its calls.
func runDetected(t *testing.T, seed uint64, variant, fields string) (observed, *detect.Detector) {
	t.Helper()
	s := loadOne(t, variant, fields)
	c := clock.NewVirtual()
	store, err := drivers.Open(bare(s.Driver), drivers.Env{Clock: c, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	d := detect.New(detect.Options{Epoch: c.Epoch()})
	v, err := bench.Run(t.Context(), s, s.Variants[0], bench.Options{Clock: c, Store: store, Seed: seed, Observer: unobserved{}, Calls: d})
	if err != nil {
		t.Fatal(err)
	}
	d.Finish()
	if notes := d.Notes(); len(notes) > 0 {
		t.Error(notes)
	}
	return observed{t, s.Pattern, v.Total}, d
}

// Where every write is an acknowledged read-modify-write, the writes that the detector
// finds clobbered are the updates that the ledger finds lost.
func TestClobberedWritesAreLostUpdates(t *testing.T) {
	for _, driver := range []string{
		"embedded://?locations=1&hot=10ms&cold=10ms&write=10ms",
		"embedded://?locations=3&profile=edge&propagation=60s",
		"embedded://?locations=3&profile=edge&propagation=60s&writes=strict",
	} {
		for seed := range uint64(3) {
			o, d := runDetected(t, seed, "seed", fmt.Sprintf(`pattern: coalesce
driver: %s
load: {rate: 50/s, arrivals: poisson, duration: 10m, warm-up: 2m}
keys: {count: 50}
errors: 100%%
with: {update: 0.5}`, driver))
			var clobbered uint64
			for _, f := range d.Findings() {
				if f.Kind == detect.ClobberedWrite {
					clobbered += f.Count
				}
			}
			if lost := uint64(o.series("lost-update").TotalCount()); clobbered != lost || lost == 0 {
				t.Errorf("%s, seed %d: %d writes clobbered, %d updates lost", driver, seed, clobbered, lost)
			}
			if puts := o.series("put").TotalCount(); puts == 0 {
				t.Error("no puts")
			}
		}
	}
}
