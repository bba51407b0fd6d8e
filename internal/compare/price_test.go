package compare

import (
	"strings"
	"testing"

	"kvbench/internal/runfile"
	"kvbench/kv"
	"kvbench/report/reporttest"
)

// A store without a price list has no price to compare: against one that has, that is said,
// and the price is neither better nor worse.
func TestNoPriceList(t *testing.T) {
	run := func(prices kv.Prices) *runfile.Run {
		run := reporttest.MadeUp{Name: "s", Variants: []reporttest.Variant{{Name: "seed", P50: 1e6, P99: 2e6, Reads: 1000}}}.Run(t)
		run.Header.Scenarios[0].Capabilities.Prices = prices
		return run
	}
	priced, none := kv.ClassicPrices(), kv.NoPrices("nobody's")
	for _, test := range []struct {
		base, head kv.Prices
		deltas     int
		only       string
	}{
		{priced, priced, 1, ""},
		{none, none, 0, ""},
		{priced, none, 0, "usd-per-million can be had in base alone"},
		{none, priced, 0, "usd-per-million can be had in head alone"},
	} {
		c := mustCompare(t, run(test.base), run(test.head), defaults)
		n := 0
		for _, d := range c.Deltas {
			if d.Series == runfile.USD {
				n++
			}
		}
		only := strings.Join(c.Only, "\n")
		if n != test.deltas || strings.Contains(only, runfile.USD) != (test.only != "") || !strings.Contains(only, test.only) {
			t.Errorf("%v to %v: %d deltas, %q", test.base.None, test.head.None, n, only)
		}
	}
}
