package screen_test

import (
	"fmt"
	"strings"
	"testing"

	"kvbench/internal/live"
	"kvbench/internal/live/screen"
	"kvbench/internal/metric"

	"github.com/google/go-cmp/cmp"
)

func led(rows int) live.State {
	s := &live.Shards{Whole: 12, Running: rows, Waiting: 30, Agents: rows + 1, Rate: metric.Of(5321), Virtual: true}
	for i := range rows {
		s.Rows = append(s.Rows, live.Shard{
			Number: 12 + i, Host: fmt.Sprintf("host-%d", i), Run: "a-long-name-of-a-scenario/variant at ttl 10 s", Share: metric.Of(0.45), Rate: metric.Of(1234),
		})
	}
	s.Rows = append(s.Rows, live.Shard{Number: -1, Host: "a-much-longer-name-of-a-host.example.com"})
	return live.State{Shards: s}
}

// However small the terminal is, no line is longer, there are no more of them, and what has no room is counted.
func TestShardLinesFit(t *testing.T) {
	for _, rows := range []int{0, 1, 4, 200} {
		for width := 2; width < 140; width++ {
			for height := 3; height < 30; height += 4 {
				lines := screen.Lines(led(rows), width, height)
				for _, line := range lines {
					if n := len([]rune(line)); n >= width {
						t.Fatalf("%d columns: %d of %q", width, n, line)
					}
				}
				if len(lines) > height+1 {
					t.Fatalf("%d lines of %d", len(lines), height)
				}
			}
		}
	}
}

func TestShardLines(t *testing.T) {
	want := []string{
		"12 of 44 shards done, 2 running, 30 waiting; 3 agents",
		"5321 transactions/s of wall time",
		"agent                       shard  runs                           done   rate/s",
		"host-0                         12  a-long-name-of-a…               45%     1234",
		"host-1                         13  a-long-name-of-a…               45%     1234",
		"a-much-longer-name-of-a…        –  idle                              –        –",
	}
	if diff := cmp.Diff(want, screen.Lines(led(2), 80, 24)); diff != "" {
		t.Error(diff)
	}
	few := screen.Lines(led(200), 120, 10)
	if last := few[len(few)-1]; len(few) != 10 || !strings.HasPrefix(last, "and ") || !strings.HasSuffix(last, " more") {
		t.Errorf("%d lines, the last %q", len(few), last)
	}
	waits := live.State{Shards: &live.Shards{Waiting: 2, Doing: "waiting for agents: 1 of 2 are there", Agents: 1, Rate: metric.Of(0), Lost: 1}}
	if diff := cmp.Diff([]string{"0 of 3 shards done, 2 waiting, 1 LOST; 1 agent", waits.Shards.Doing}, screen.Lines(waits, 80, 24)); diff != "" {
		t.Error(diff)
	}
}
