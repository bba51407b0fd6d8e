package ledger_test

import (
	"sync"
	"testing"
	"time"

	"kvbench/internal/ledger"
)

func TestStaleFor(t *testing.T) {
	h := ledger.NewHistory(2)
	h.Acked(0, 7, 10, 20)
	h.Acked(0, 9, 15, 25) // sent while 7 was on its way: either may be the later
	h.Acked(0, 8, 30, 40)
	if !h.Known(0) || h.Known(1) {
		t.Errorf("known: %v, %v; want true and false", h.Known(0), h.Known(1))
	}
	for name, test := range map[string]struct {
		key      int
		version  uint64
		sent, at time.Duration
		want     time.Duration
	}{
		"never written":                        {1, 0, 0, 100, 0},
		"before the first was acknowledged":    {0, 0, 0, 20, 0},
		"what was there before all":            {0, 0, 0, 50, 30},
		"replaced by the third, not by a race": {0, 7, 10, 50, 10},
		"the second, replaced by the third":    {0, 9, 15, 50, 10},
		"not yet replaced":                     {0, 9, 15, 40, 0},
		"the newest":                           {0, 8, 30, 50, 0},
		"never acknowledged":                   {0, 5, 12, 50, 0},
	} {
		if got := h.StaleFor(test.key, test.version, test.sent, test.at); got != test.want {
			t.Errorf("%s: %d, want %d", name, got, test.want)
		}
	}
	if n := testing.AllocsPerRun(100, func() { h.StaleFor(0, 7, 10, 50) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestHistoryOfManyTasks(t *testing.T) {
	h := ledger.NewHistory(1)
	var wg sync.WaitGroup
	for task := range 4 {
		wg.Go(func() {
			for i := range 200 {
				at := time.Duration(i)
				h.Acked(0, uint64(1+i*4+task), at, at)
				h.StaleFor(0, uint64(i), at, at)
			}
		})
	}
	wg.Wait()
	if got := h.StaleFor(0, 0, 0, 1000); got != 1000 {
		t.Errorf("%d, want 1000", got)
	}
}
