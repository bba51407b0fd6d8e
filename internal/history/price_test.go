package history

import (
	"testing"
	"time"

	"kvbench/kv"
)

// The price of a store without a price list has no line; that of one that has one does.
func TestNoPriceList(t *testing.T) {
	priced := night("a", "virtual", "", time.Second, 1)
	unpriced := night("b", "virtual", "", time.Second, 1)
	unpriced.Header.Scenarios[0].Capabilities.Prices = kv.NoPrices("nobody's")
	for _, test := range []struct {
		h     *History
		lines int
		known bool // in its last run
	}{
		{historyOf(t, priced), 1, true},
		{historyOf(t, unpriced), 0, false},
		{historyOf(t, priced, unpriced), 1, false},
	} {
		lines := 0
		for _, l := range test.h.Lines {
			if l.Figure != "usd-per-million" {
				continue
			}
			lines++
			if last := l.Values[len(l.Values)-1]; (last != nil) != test.known {
				t.Errorf("the last run costs %v", last)
			}
		}
		if lines != test.lines {
			t.Errorf("%d lines, want %d", lines, test.lines)
		}
	}
}
