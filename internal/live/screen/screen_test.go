package screen_test

import (
	"strings"
	"testing"
	"time"

	"kvbench/internal/live"
	"kvbench/internal/live/screen"
	"kvbench/internal/metric"

	"github.com/google/go-cmp/cmp"
)

func of(v float64) metric.Quantity       { return metric.Of(v) }
func ns(d time.Duration) metric.Quantity { return metric.Of(float64(d)) }
func steps(n int) (out []float64) {
	for i := range n {
		out = append(out, float64(i+1))
	}
	return out
}

func state() live.State {
	const modelled = "modelled latency, virtual time"
	return live.State{Done: 3, Total: 28, Widest: len("stale-while-revalidate"), Rows: []live.Row{
		{
			Title: "memory-tier", Facts: modelled, Label: "stale-while-revalidate", Phase: "run", Share: of(0.999), Rate: of(98.24), Target: of(100),
			InFlight: of(12), P50: ns(2310 * time.Microsecond), P99: ns(411 * time.Millisecond), Errors: of(0.0012), P99s: steps(40), Left: ns(3723 * time.Second),
		},
		{Title: "memory-tier", Facts: modelled, Label: "seed", Phase: "warm-up", InFlight: of(1200), Target: of(12345), Left: ns(time.Minute)},
		{
			Title: "sweep-memory-ttl at memory-ttl 10 s", Facts: modelled, Label: "no-memory #2", Phase: "verify", Share: of(1), P50: of(0), P99: ns(119 * time.Second),
			Errors: of(0.00001), P99s: []float64{0, 0},
		},
	}}
}

func TestLines(t *testing.T) {
	for width, want := range map[int]string{
		80: `
3 of 28 runs done
variant                rate/s target     p50     p99 errors p99 so far    left
memory-tier  (modelled latency, virtual time)
stale-while-revalidate   98.2    100 2.31 ms  411 ms  0.12% ▁▂▃▄▅▅▆▇██ 1:02:03
seed                        –  12.3k       –       –      –            warm-up
sweep-memory-ttl at memory-ttl 10 s  (modelled latency, virtual time)
no-memory #2                –      –     0 s   119 s <0.01% ▁▁          verify
`,
		120: `
3 of 28 runs done
variant                 done  rate/s  target  in flight      p50      p99  errors  p99 so far                    left
memory-tier  (modelled latency, virtual time)
stale-while-revalidate   99%    98.2     100         12  2.31 ms   411 ms   0.12%  ▁▁▂▂▃▃▃▄▄▅▅▅▆▆▇▇▇███       1:02:03
seed                       –       –   12.3k       1200        –        –       –                             warm-up
sweep-memory-ttl at memory-ttl 10 s  (modelled latency, virtual time)
no-memory #2            100%       –       –          –      0 s    119 s  <0.01%  ▁▁                          verify
`,
		40: `
3 of 28 runs done
variant          rate/s     p99    left
memory-tier
  (modelled latency, virtual time)
stale-while…       98.2  411 ms 1:02:03
seed                  –       – warm-up
sweep-memory-ttl at memory-ttl 10 s
  (modelled latency, virtual time)
no-memory #2          –   119 s  verify
`,
	} {
		if diff := cmp.Diff(want, "\n"+strings.Join(screen.Lines(state(), width, 30), "\n")+"\n"); diff != "" {
			t.Errorf("%d columns:\n%s", width, diff)
		}
	}
}

// However narrow the terminal, no line reaches its last column, and the rate, p99 and
// the time left are there while the names leave room.
func TestLinesFit(t *testing.T) {
	for width := 1; width < 200; width++ {
		for height := 4; height < 12; height++ {
			lines := screen.Lines(state(), width, height)
			if len(lines) > height {
				t.Fatalf("%d lines of %d", len(lines), height)
			}
			for _, line := range lines {
				if n := len([]rune(line)); n > max(width-1, 1) && width > 30 {
					t.Errorf("%d columns: %d in %q", width, n, line)
				}
			}
			if all := strings.Join(lines, "\n"); width >= 50 && (!strings.Contains(all, "rate/s") || !strings.Contains(all, "p99") || !strings.Contains(all, "left")) {
				t.Errorf("%d columns:\n%s", width, all)
			}
		}
	}
}

// What has no room is counted.
func TestLinesHeight(t *testing.T) {
	lines := screen.Lines(state(), 120, 5)
	if last := lines[len(lines)-1]; len(lines) > 5 || last != "and 2 more" {
		t.Errorf("the last of %d lines is %q", len(lines), last)
	}
	if lines := screen.Lines(live.State{Total: 2}, 120, 5); len(lines) != 1 {
		t.Errorf("with nothing that runs: %q", lines)
	}
}

func TestSpark(t *testing.T) {
	for _, c := range []struct {
		values []float64
		width  int
		want   string
	}{
		{nil, 8, ""},
		{[]float64{0, 0}, 8, "▁▁"},
		{steps(8), 8, "▂▃▄▅▆▇██"},
		{steps(16), 8, "▂▃▄▅▆▇██"},
		{[]float64{1, 1, 1, 100, 1, 1}, 3, "▁█▁"}, // a peak is not lost
	} {
		if got := screen.Spark(c.values, c.width); got != c.want {
			t.Errorf("%v in %d: %s, want %s", c.values, c.width, got, c.want)
		}
	}
}

func TestLeft(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0:00", 65 * time.Second: "1:05", 2*time.Hour + 3*time.Minute + 7*time.Second: "2:03:07", 240 * time.Hour: "10 d",
	} {
		if got := screen.Left(live.Row{Phase: "run", Left: ns(d)}); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
	if got := screen.Left(live.Row{Phase: "settle", Left: ns(time.Second)}); got != "settle" {
		t.Errorf("while it settles: %s", got)
	}
}
