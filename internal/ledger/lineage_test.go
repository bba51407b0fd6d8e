package ledger_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"kvbench/internal/ledger"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Where every update is acknowledged and started from a version that was there, what a
// lineage finds lost is what the ledger does.
func TestLineageIsTheLedger(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "updates")
		l := ledger.New(1)
		var line ledger.Lineage
		started := []uint64{0} // that may be read
		var open []uint64
		base := map[uint64]uint64{}
		last, at := uint64(0), time.Duration(0)
		ack := func(i int) {
			v := open[i]
			open = slices.Delete(open, i, i+1)
			line.Acked(v, at)
			l.Note(0, ledger.Update{Version: v, Base: base[v], Start: 0, Acked: at})
			last = v
			started = append(started, v)
		}
		for v := uint64(1); v <= uint64(n); v++ {
			at += time.Second
			line.Begin(v, at)
			base[v] = rapid.SampledFrom(started).Draw(t, "base")
			line.Based(v, base[v])
			open = append(open, v)
			for len(open) > 0 && rapid.Bool().Draw(t, "acked") {
				at += time.Second
				ack(rapid.IntRange(0, len(open)-1).Draw(t, "which"))
			}
		}
		for len(open) > 0 {
			at += time.Second
			ack(0)
		}
		var want, got []uint64
		for _, lost := range l.Lost(0, last) {
			want = append(want, lost.Version)
		}
		line.Settle(math.MaxInt64, func(version, by uint64, stood time.Duration) {
			got = append(got, version)
			if stood <= 0 || by == version {
				t.Fatalf("version %d stood %v until %d", version, stood, by)
			}
		})
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" || line.Head() != last {
			t.Fatalf("lost by the ledger and by the lineage:\n%s", diff)
		}
	})
}

// What was built upon before its caller was told is no later than what was built on it.
func TestLineageBuiltUpon(t *testing.T) {
	var line ledger.Lineage
	line.Begin(1, 0)
	line.Begin(2, 1)
	line.Based(1, 0)
	line.Based(2, 1)
	line.Acked(2, 3)
	line.Acked(1, 4)
	line.Settle(math.MaxInt64, func(version, by uint64, _ time.Duration) { t.Errorf("%d is lost by %d", version, by) })
	if line.Head() != 2 {
		t.Errorf("the object holds %d", line.Head())
	}
}

// What is settled is forgotten, and what is not is kept.
func TestLineageForgets(t *testing.T) {
	var line ledger.Lineage
	for v := uint64(1); v <= 3; v++ {
		line.Begin(v, time.Duration(v))
		line.Based(v, 0)
		line.Acked(v, time.Duration(v))
	}
	var lost []uint64
	line.Settle(3, func(version, by uint64, stood time.Duration) { lost = append(lost, version, by, uint64(stood)) })
	if diff := cmp.Diff([]uint64{1, 2, 1}, lost); diff != "" || line.Has(1) || !line.Has(2) || !line.Has(3) {
		t.Errorf("lost:\n%s", diff)
	}
}
