package drivertest_test

import (
	"testing"

	"kvbench/drivers"
	"kvbench/drivers/drivertest"
	"kvbench/internal/clock"
)

// everything is a store to which every row applies, but for those of instant.
const (
	everything = "embedded://?locations=2&profile=edge&propagation=60s&writes=strict"
	instant    = "embedded://?locations=2&mode=instant"
)

func rows(t *testing.T) map[string]drivertest.Row {
	t.Helper()
	all := map[string]drivertest.Row{}
	for _, row := range drivertest.Rows() {
		if _, twice := all[row.Name]; twice {
			t.Errorf("two rows are called %q", row.Name)
		}
		if row.Rule == "" || row.Why == "" {
			t.Errorf("row %q: no rule or no source", row.Name)
		}
		all[row.Name] = row
	}
	return all
}

// Every row can fail: for each there is a broken store that it catches. Each
// broken store differs from one that passes all rows in the one way its name
// says.
func TestEveryRowCanFail(t *testing.T) {
	try := func(row drivertest.Row, b *broken) error {
		skipped := ""
		for _, url := range []string{everything, instant} {
			c := clock.NewVirtual()
			s, err := drivers.Open(url, drivers.Env{Clock: c, Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			h := drivertest.Harness{Store: b.wrap(s.(store)), Clock: c, Prefix: "suite/"}
			if skipped = row.Skip(h); skipped == "" {
				return row.Try(t.Context(), h)
			}
		}
		t.Fatalf("%s is skipped: %s", row.Name, skipped)
		return nil
	}
	all := rows(t)
	caught := map[string]bool{}
	for name, row := range all {
		if err := try(row, &broken{}); err != nil {
			t.Errorf("%s fails with a store that is not broken: %v", name, err)
		}
	}
	for _, m := range mutants() {
		for _, name := range m.caughtBy {
			row, ok := all[name]
			if !ok {
				t.Errorf("%s: there is no row %q", m.name, name)
				continue
			}
			b := m.broken
			if err := try(row, &b); err == nil {
				t.Errorf("%q passes with a store that %s", name, m.name)
			}
			caught[name] = true
		}
	}
	for name := range all {
		if !caught[name] {
			t.Errorf("no broken store shows that row %q can fail", name)
		}
	}
}

// A row is skipped for what the capabilities declare and for nothing else.
func TestSkip(t *testing.T) {
	all := rows(t)
	for _, test := range []struct {
		row, url string
		clock    clock.Clock
		skipped  bool
	}{
		{"put-get", "embedded://?profile=none&propagation=0", clock.NewWall(), false},
		{"ttl", "embedded://?profile=none&propagation=0", clock.NewWall(), true},
		{"ttl", "embedded://?profile=none&propagation=0", clock.NewVirtual(), false},
		{"write-limit", "embedded://?profile=none&propagation=0", clock.NewVirtual(), true},
		{"write-limit", "embedded://?profile=none&propagation=0&writes=lenient", clock.NewVirtual(), true},
		{"write-limit", "embedded://?profile=none&propagation=0&writes=strict", clock.NewWall(), false},
		{"own-writes", "embedded://?profile=none&propagation=0", clock.NewVirtual(), true},
		{"list-order", "embedded://?profile=none&propagation=60s", clock.NewWall(), true},
		{"list-order", "embedded://?profile=none&propagation=60s", clock.NewVirtual(), false},
		{"absence-cached", "embedded://?propagation=0&profile=edge", clock.NewVirtual(), true},
		{"absence-cached", "embedded://?profile=none&propagation=0&locations=2", clock.NewVirtual(), false},
	} {
		s, err := drivers.Open(test.url, drivers.Env{Clock: test.clock})
		if err != nil {
			t.Fatal(err)
		}
		reason := all[test.row].Skip(drivertest.Harness{Store: s, Clock: test.clock})
		if (reason != "") != test.skipped {
			t.Errorf("%s with %s: got %q, skipped should be %v", test.row, test.url, reason, test.skipped)
		}
	}
}

// A panic of the store is the row's error, not the test's end.
func TestPanicIsReported(t *testing.T) {
	c := clock.NewVirtual()
	s, err := drivers.Open(everything, drivers.Env{Clock: c})
	if err != nil {
		t.Fatal(err)
	}
	b := broken{get: func(store, getCall) error { panic("boom") }}
	if err := rows(t)["put-get"].Try(t.Context(), drivertest.Harness{Store: b.wrap(s.(store)), Clock: c}); err == nil {
		t.Error("no error")
	}
}
