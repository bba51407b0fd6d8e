package compare

import (
	"testing"

	"kvbench/internal/metric"
)

// A change leads by how much a reader should mind it, not by its ratio alone, and behind
// all others where the definition may explain it.
func TestHeavier(t *testing.T) {
	ordered := []Delta{
		{Unit: metric.Share, Base: 0, Head: 0.3},
		{Unit: metric.Time, Base: 0, Head: 50e6},
		{Unit: metric.Money, Base: 0.0001, Head: 0.3},
		{Unit: metric.Time, Base: 10e6, Head: 50e6},
		{Unit: metric.Time, Base: 10e6, Head: 5e6},
		{Unit: metric.Share, Base: 0.00001, Head: 0.00003},
		{Unit: metric.Time, Base: 0, Head: 1000},
		{Unit: metric.Share, Base: 0, Head: 0.9, Redefined: true},
	}
	for i := range ordered[1:] {
		if a, b := &ordered[i], &ordered[i+1]; Heavier(a, b) >= 0 || Heavier(b, a) <= 0 {
			t.Errorf("%+v is not heavier than %+v", a, b)
		}
	}
}

// Of drivers only what differs is said; of anything else both values.
func TestWhatDiffers(t *testing.T) {
	for _, tt := range []struct{ field, base, head, want string }{
		{"driver", "embedded://?locations=3&profile=edge", "embedded://?locations=3&profile=edge&fault=brownout", "driver: fault=brownout in head"},
		{"driver", "embedded://?locations=3&fault=outage", "embedded://?locations=3", "driver: fault=outage in base"},
		{"driver", "embedded://", "embedded://?fault=outage&fault-for=3s", "driver: fault=outage, fault-for=3s in head"},
		{"driver", "embedded://?write=40ms&hot=2ms", "embedded://?hot=2ms&write=80ms", "driver: write=40ms in base, write=80ms in head"},
		{"driver", "embedded://?locations=3", "rest://account/namespace?mode=x", "driver: embedded:// in base, rest://account/namespace in head"},
		{"driver", "embedded://?a=1&b=2", "embedded://?b=2&a=1", "driver: embedded://?a=1&b=2 in base, embedded://?b=2&a=1 in head"},
		{"driver", "", "embedded://?a=1", "driver: none in base, embedded:// in head"},
		{"load.rate", "100/s", "120/s", "load.rate: 100/s in base, 120/s in head"},
		{"load.rate", "", "2/s", "load.rate: none in base, 2/s in head"},
	} {
		if got := (Difference{"s", tt.field, tt.base, tt.head}).What(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}
