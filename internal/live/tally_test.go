package live_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kvbench/internal/live"
	"kvbench/internal/load"
	"kvbench/internal/metric"

	"github.com/google/go-cmp/cmp"
)

// What comes of shards is followed line by line, wherever a piece ends.
func TestTally(t *testing.T) {
	now := time.Unix(0, 0)
	timed := live.Variant{Scenario: "s", Name: "v", Repeats: 2, Load: load.Load{Duration: 40 * time.Second}}
	counted := live.Variant{Scenario: "c", Name: "v", Repeats: 1, Load: load.Load{Transactions: 400}}
	tally := live.NewTally([]live.Variant{timed, counted}, func() time.Time { return now })
	const begin = `{"scenario":%q,"variant":"v","repeat":%d,"begin":{},"crc":"0"}` + "\n"
	interval := func(scenario string, repeat, to int) string {
		return fmt.Sprintf(`{"scenario":%q,"variant":"v","repeat":%d,"interval":{"from_ns":0,"to_ns":%d,"outcomes":[90,10],"series":{}},"crc":"0"}`+"\n", scenario, repeat, to*int(time.Second))
	}
	add := func(shard int, attempt, text string) { tally.Add(shard, attempt, []byte(text)) }

	add(0, "a", `{"header":{"format":2}}`+"\n")
	if diff := cmp.Diff(live.Shard{Host: "h"}, tally.Row(0, "h")); diff != "" {
		t.Errorf("of a header:\n%s", diff)
	}
	text := fmt.Sprintf(begin, "s", 1) + interval("s", 1, 10)
	for piece := range strings.SplitSeq(text, "i") { // in the middle of lines
		add(0, "a", piece+"i")
	}
	add(1, "b", fmt.Sprintf(begin, "c", 0)+interval("c", 0, 1))
	tally.Caught()
	if n, rate := tally.Transactions(); rate.Known() || n == 0 {
		t.Errorf("%d transactions and a rate of %v at once", n, rate)
	}
	now = now.Add(2 * time.Second)
	add(1, "b", interval("c", 0, 2))
	of := metric.Of
	for shard, want := range map[int]live.Shard{
		1: {Number: 1, Host: "h", Run: "c/v", Share: of(0.5), Rate: of(50)},
		2: {Number: 2, Host: "h"},
	} {
		if diff := cmp.Diff(want, tally.Row(shard, "h"), near); diff != "" {
			t.Errorf("shard %d:\n%s", shard, diff)
		}
	}
	if diff := cmp.Diff(live.Shard{Host: "h", Run: "s/v #2", Share: of(0.25), Rate: of(0)}, tally.Row(0, "h"), near); diff != "" {
		t.Errorf("of one that came in pieces:\n%s", diff)
	}
	add(0, "again", fmt.Sprintf(begin, "s", 0))
	if diff := cmp.Diff(live.Shard{Host: "h", Run: "s/v #1", Share: of(0)}, tally.Row(0, "h"), near); diff != "" {
		t.Errorf("of another attempt:\n%s", diff)
	}
	now = now.Add(time.Hour)
	if _, rate := tally.Transactions(); rate.Or(-1) != 0 {
		t.Errorf("a rate of %v when nothing comes any more", rate)
	}
}

// Of a line that is too long nothing counts, not what looks like a line in its rest either.
func TestTallyPassesOverLongLines(t *testing.T) {
	tally := live.NewTally(nil, time.Now)
	const interval = `{"scenario":"s","variant":"v","repeat":0,"interval":{"from_ns":0,"to_ns":1,"outcomes":[7],"series":{}},"crc":"0"}` + "\n"
	long := strings.Repeat(" ", 9<<20)
	for _, piece := range []string{interval, long, interval, interval, long + "\n", interval, long, long, "\n" + interval} {
		tally.Add(0, "a", []byte(piece))
	}
	if n, _ := tally.Transactions(); n != 4*7 {
		t.Errorf("%d transactions, want those of four intervals", n)
	}
}
