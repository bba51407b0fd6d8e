package command

import (
	"testing"
	"time"
)

// The time that is announced has the waiting in it until what was written is seen: once in each
// run, twice where it is read back, and once more for the cleaning up.
func TestEstimateWaits(t *testing.T) {
	for pattern, waits := range map[string]float64{"prefix": 1, "coalesce": 2} {
		yaml := "scenarios:\n  - {name: s, question: q, repeat: 3, keys: {count: 100}, pattern: " + pattern + ", variants: [seed], load: {rate: 10/s, duration: 1m}}\n"
		p := newBilled(t).plan(t, yaml, "")
		took := func(lag time.Duration) float64 {
			p.defs[0].Capabilities.Staleness = lag
			e, err := p.estimate(t.Context(), 0, 0)
			if err != nil {
				t.Fatal(err)
			}
			return e.time
		}
		at0 := took(0)
		if at0 < 3*60 {
			t.Errorf("%s: %v s without waiting", pattern, at0)
		}
		if got := took(time.Minute) - at0; got != 3*60*waits {
			t.Errorf("%s: it waits for %v s, want %v", pattern, got, 3*60*waits)
		}
		if got := p.listed(); got != 60 {
			t.Errorf("%s: the cleaning up waits for %v s", pattern, got)
		}
	}
}
