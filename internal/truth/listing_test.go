package truth_test

import (
	"fmt"
	"testing"
	"time"
)

// What a listing lacks of the keys that were created is a queue with any number of
// servers, M/G/∞: keys come at a rate and stay unlisted for their lag. So a listing
// lacks rate times mean lag on average.
func TestListingLag(t *testing.T) {
	const (
		rate = 3.0 // transactions a second
		sets = 0.9 // of them; every other one creates a key
	)
	// The lag has p50 P/4, p90 0.75 P, p99 P and at most 2 P, linear in between,
	// where P is 60 s: docs/emulator.md.
	const lag = 0.5*(0+15)/2 + 0.4*(15+45)/2 + 0.09*(45+60)/2 + 0.01*(60+120)/2
	missing, listings := 0.0, 0.0
	for seed := range pick[uint64](4, 40) {
		o := run(t, 1+seed, fmt.Sprintf(`
scenarios:
  - name: lag
    question: How much does a listing lack?
    pattern: prefix
    variants: [paginate]
    driver: embedded://?profile=none&propagation=60s
    load: {rate: %v/s, arrivals: poisson, duration: %v, warm-up: 3m}
    keys: {count: 10, size: 100B}
    with: {set: %v}
`, rate, 30*time.Minute, sets), nil)
		_, sum := o.values("missing-id")
		missing += sum
		listings += o.count("pages")
	}
	near(t, "ids that a listing lacks", missing/listings, rate*sets/2*lag, pick(0.05, 0.015))
}
