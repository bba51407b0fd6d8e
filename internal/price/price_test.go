package price_test

import (
	"math"
	"testing"

	"kvbench/internal/price"
	"kvbench/internal/record"
)

func TestPerMillion(t *testing.T) {
	// A million transactions of 2 reads and a tenth of a write: $1 and $0.50.
	got := price.PerMillion(record.Billed{Reads: 2000, Writes: 100, Deletes: 10, Lists: 1}, 1000)
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"reads", got.Reads, 1},
		{"writes", got.Writes, 0.5},
		{"deletes", got.Deletes, 0.05},
		{"lists", got.Lists, 0.005},
		{"total", got.Total(), 1.555},
		{"nothing", price.USDPerMillion(record.Billed{Reads: 1}, 0), 0},
	} {
		if math.Abs(c.got-c.want) > 1e-9 {
			t.Errorf("%s: $%v, want $%v", c.name, c.got, c.want)
		}
	}
}

func TestPerMonth(t *testing.T) {
	// Ten transactions a second for 2,592,000 seconds, of 2 reads and a tenth of a
	// write: 51.84 M reads and 2.592 M writes, less 10 M and 1 M.
	got := price.PerMonth(record.Billed{Reads: 2000, Writes: 100, Lists: 1}, 1000, 10)
	for _, c := range []struct {
		name      string
		got, want float64
	}{{"reads", got.Reads, 20.92}, {"writes", got.Writes, 7.96}, {"lists", got.Lists, 0}, {"total", got.Total(), 28.88}} {
		if math.Abs(c.got-c.want) > 1e-9 {
			t.Errorf("%s: $%v, want $%v", c.name, c.got, c.want)
		}
	}
	if got := price.PerMonth(record.Billed{Reads: 1}, 0, 10); got.Total() != 0 {
		t.Errorf("no transactions cost %v", got)
	}
}

func TestFreeLimit(t *testing.T) {
	for _, c := range []struct {
		billed  record.Billed
		rate    float64
		kind    string
		seconds float64
	}{
		{record.Billed{Reads: 1000, Writes: 100}, 1, "writes", 10_000}, // 0.1 a second of 1,000
		{record.Billed{Reads: 1000, Writes: 1}, 10, "reads", 10_000},   // 10 a second of 100,000
		{record.Billed{Lists: 1000}, 1, "lists", 1000},
		{record.Billed{Reads: 1000, Writes: 10}, 0.1, "", 86_400},
		{record.Billed{}, 100, "", 86_400},
	} {
		kind, seconds := price.FreeLimit(c.billed, 1000, c.rate)
		if kind != c.kind || math.Abs(seconds-c.seconds) > 1e-6 {
			t.Errorf("%+v at %v/s: %q after %v s, want %q after %v s", c.billed, c.rate, kind, seconds, c.kind, c.seconds)
		}
	}
}
