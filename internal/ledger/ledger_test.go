package ledger_test

import (
	"testing"
	"time"

	"kvbench/internal/ledger"

	"github.com/google/go-cmp/cmp"
)

func TestLost(t *testing.T) {
	const s = time.Second
	modify := func(version, base uint64, acked time.Duration) ledger.Update {
		return ledger.Update{Version: version, Base: base, Start: acked - s, Acked: acked}
	}
	blind := func(version uint64, start, acked time.Duration) ledger.Update {
		return ledger.Update{Version: version, Base: ledger.Blind, Start: start, Acked: acked}
	}
	for _, test := range []struct {
		name    string
		updates []ledger.Update
		final   uint64
		want    []ledger.Lost
	}{
		{"none", nil, 0, nil},
		{"a chain", []ledger.Update{modify(1, 0, 1*s), modify(2, 1, 2*s), modify(3, 2, 3*s)}, 3, nil},
		{
			"two from one base: the first is lost",
			[]ledger.Update{modify(1, 0, 1*s), modify(2, 0, 3*s)},
			2,
			[]ledger.Lost{{Version: 1, Stood: 2 * s}},
		},
		{
			"and what was built on it",
			[]ledger.Update{modify(1, 0, 1*s), modify(2, 1, 2*s), modify(3, 0, 4*s), modify(4, 3, 5*s)},
			4,
			[]ledger.Lost{{Version: 1, Stood: 1 * s}, {Version: 2, Stood: 2 * s}},
		},
		{
			"all, when the store has what was there before",
			[]ledger.Update{modify(1, 0, 1*s), modify(2, 1, 2*s)},
			0,
			[]ledger.Lost{{Version: 1, Stood: 1 * s}, {Version: 2}},
		},
		{"a refused update is not lost", []ledger.Update{modify(1, 0, 1*s), {Version: 2, Base: 1, Acked: ledger.Never}}, 1, nil},
		{
			"one not acknowledged may be in the chain", []ledger.Update{
				modify(1, 0, 1*s), {Version: 2, Base: 1, Acked: ledger.Never}, modify(3, 2, 3*s),
			}, 3, nil,
		},
		{"blind updates overwrite", []ledger.Update{blind(1, 0, 1*s), blind(2, 2*s, 3*s)}, 2, nil},
		{"at the same time either may win", []ledger.Update{blind(1, 0, 3*s), blind(2, 2*s, 4*s)}, 1, nil},
		{
			"but not one that came before",
			[]ledger.Update{blind(1, 0, 1*s), blind(2, 2*s, 3*s)},
			1,
			[]ledger.Lost{{Version: 2}},
		},
		{
			"only the last of those that overwrite each other",
			[]ledger.Update{blind(1, 0, 1*s), blind(2, 2*s, 3*s), blind(3, 4*s, 5*s)},
			0,
			[]ledger.Lost{{Version: 3}},
		},
		{
			"the transaction that made it",
			[]ledger.Update{{Version: 1, Due: 7, Acked: 1 * s}, {Version: 2, Due: 9, Acked: 2 * s}},
			2,
			[]ledger.Lost{{Version: 1, Due: 7, Stood: 1 * s}},
		},
		{"nothing is sure to come after what was not acknowledged", []ledger.Update{
			blind(1, 0, 1*s), {Version: 2, Base: ledger.Blind, Acked: ledger.Never}, blind(3, 2*s, 3*s),
		}, 2, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := ledger.New(2)
			for _, u := range test.updates {
				l.Note(1, u)
			}
			if diff := cmp.Diff(test.want, l.Lost(1, test.final)); diff != "" {
				t.Error(diff)
			}
			if l.Known(0) || l.Known(1) != (test.updates != nil) {
				t.Error("the wrong objects are known")
			}
		})
	}
}

// Only what was acknowledged is known.
func TestKnown(t *testing.T) {
	l := ledger.New(1)
	l.Note(0, ledger.Update{Version: 1, Acked: ledger.Never})
	if l.Known(0) {
		t.Error("an update that was not acknowledged is known")
	}
	l.Note(0, ledger.Update{Version: 2, Acked: 0})
	l.Note(0, ledger.Update{Version: 3, Acked: ledger.Never})
	if !l.Known(0) {
		t.Error("an acknowledged update is not known")
	}
}

// An object may have many updates: of these every other is lost, and what the
// final one descends from is as long as the rest.
func TestLostOfManyUpdates(t *testing.T) {
	const n = 100_000
	l := ledger.New(1)
	for v := uint64(n); v > 0; v-- { // in the worst order
		base := uint64(0)
		if v > 2 && v%2 == 0 {
			base = v - 2
		}
		l.Note(0, ledger.Update{Version: v, Base: base, Acked: time.Duration(v)})
	}
	lost := l.Lost(0, n)
	if len(lost) != n/2 || lost[0].Version != 1 || lost[n/2-1].Version != n-1 {
		t.Errorf("%d lost, want %d", len(lost), n/2)
	}
}
