package compare

import (
	"strings"
	"testing"

	"kvbench/internal/load"
	"kvbench/internal/runfile"

	"github.com/google/go-cmp/cmp"
)

// searching is a search whose steps have these medians, which are to be below 3 ms.
func searching(medians map[int]float64) *runfile.Run {
	run := madeRun("run", "virtual")
	def := &run.Header.Scenarios[0]
	def.Repeats, def.MaxErrors, def.Find = 1, 0.05, &runfile.Find{While: []string{"response.p99 < 3ms"}, From: load.PerSecond(1), To: load.PerSecond(100), Within: 0.05}
	for _, rate := range []int{1, 2, 4, 8} {
		median, ok := medians[rate]
		if !ok {
			continue
		}
		at := load.PerSecond(uint64(rate))
		point := runfile.Point{Settings: []runfile.Setting{{Name: runfile.RateSetting, Rate: &at}}, Rate: float64(rate)}
		def.Points = append(def.Points, point)
		v := repeated(20_000, median, 0.01, 0)
		v.Def, v.Point, v.Name = def, point.Settings, "seed"
		run.Variants = append(run.Variants, v)
	}
	return run
}

// What two searches found is compared, and a rate that is lower for sure fails the gate. The
// steps are no part of what is defined, nor named one by one.
func TestSearches(t *testing.T) {
	for _, tt := range []struct {
		name       string
		base, head map[int]float64
		gate       string
		says, only string
	}{
		{"the same", map[int]float64{1: 1e6, 2: 1e6, 4: 9e6}, map[int]float64{1: 1e6, 2: 1e6, 4: 9e6}, "pass", "", ""},
		{
			"lower",
			map[int]float64{1: 1e6, 4: 1e6, 8: 9e6},
			map[int]float64{1: 1e6, 2: 9e6},
			"fail",
			"tier/seed: max-rate 1/s (1/s to 2/s), was 4/s (4/s to 8/s): lower for sure.",
			"tier: 2 steps of the search are in base alone, and 1 in head",
		},
		{
			"higher",
			map[int]float64{1: 1e6, 2: 9e6},
			map[int]float64{1: 1e6, 4: 1e6, 8: 9e6},
			"pass",
			"tier/seed: max-rate 4/s (4/s to 8/s), was 1/s (1/s to 2/s): higher for sure.",
			"tier: 1 steps of the search are in base alone, and 2 in head",
		},
		{
			"overlapping",
			map[int]float64{1: 1e6, 2: 1e6, 4: 9e6},
			map[int]float64{1: 1e6, 4: 9e6},
			"pass",
			"tier/seed: max-rate 1/s (1/s to 4/s), was 2/s (2/s to 4/s): their bounds overlap.",
			"tier: 1 steps of the search are in base alone, and 0 in head",
		},
	} {
		c := mustCompare(t, searching(tt.base), searching(tt.head), defaults)
		if c.Gate != tt.gate || len(c.Redefined)+len(c.Differences) != 0 {
			t.Errorf("%s: gate %s, redefined %v, differences %v", tt.name, c.Gate, c.Redefined, c.Differences)
		}
		if diff := cmp.Diff(tt.only, strings.Join(c.Only, "\n")); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
		if got := strings.Join(c.Warnings, "\n"); got != tt.says {
			t.Errorf("%s: %q", tt.name, got)
		}
	}
}
