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
