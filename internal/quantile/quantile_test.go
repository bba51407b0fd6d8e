package quantile_test

import (
	"testing"
	"time"

	"kvbench/internal/quantile"
)

func TestAt(t *testing.T) {
	d, err := quantile.Parse("p0:10ms,p50:20ms,p99:200ms,p100:1s")
	if err != nil {
		t.Fatal(err)
	}
	for q, want := range map[float64]time.Duration{
		0: 10 * time.Millisecond, 0.25: 15 * time.Millisecond, 0.5: 20 * time.Millisecond,
		0.99: 200 * time.Millisecond, 1: time.Second, 0.995: 600 * time.Millisecond,
	} {
		if got := d.At(q); (got - want).Abs() > time.Microsecond {
			t.Errorf("at %v: %v, want %v", q, got, want)
		}
	}
	if got := quantile.Dist(nil).At(0.5); got != 0 {
		t.Errorf("the zero value gives %v", got)
	}
}

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"80ms": "p100:80ms", "p50:1ms, p999:20ms": "p50:1ms,p99.9:20ms", "p99.9:1s": "p99.9:1s",
	} {
		d, err := quantile.Parse(text)
		if err != nil || d.String() != want {
			t.Errorf("%q: %q, %v, want %q", text, d, err, want)
		}
	}
	for _, text := range []string{
		"", "fast", "-1s", "p50", "p50:", "50:1ms", "p101:1ms", "p50:1ms,p40:2ms", "p50:2ms,p99:1ms", "p50:-1ms", "pNaN:1ms", "p50:1ms,,",
	} {
		if d, err := quantile.Parse(text); err == nil {
			t.Errorf("%q is accepted as %v", text, d)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"80ms", "p50:80ms,p99:250ms,p100:1.3s", "p999:1s", "p0:0s"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := quantile.Parse(text)
		if err != nil {
			return
		}
		last := time.Duration(-1)
		for q := 0.0; q <= 1; q += 0.01 {
			if v := d.At(q); v < last {
				t.Fatalf("%q falls from %v to %v at %v", text, last, v, q)
			} else {
				last = v
			}
		}
	})
}
