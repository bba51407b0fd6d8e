package answer

import (
	"strings"
	"testing"
	"time"

	"kvbench/internal/runfile"
)

func shardPart(index int, transactions, errors uint64, p99 time.Duration) runfile.ShardPart {
	p := runfile.ShardPart{Index: index, Host: "h", CPUs: 2, Transactions: transactions, Errors: errors}
	if transactions > 0 {
		p.LatenessP50, p.LatenessP99 = &p99, &p99
	}
	return p
}

// A shard that is unlike the others is told, and one that is like them is not.
func TestShardsThatColour(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		name   string
		shards []runfile.ShardPart
		want   []string // what each warning holds
	}{
		{"alike", []runfile.ShardPart{shardPart(0, 100, 1, ms), shardPart(1, 90, 2, 9*ms), shardPart(2, 110, 0, 2*ms)}, nil},
		{"one", []runfile.ShardPart{shardPart(0, 100, 100, time.Second)}, nil},
		{"late", []runfile.ShardPart{shardPart(0, 100, 0, ms), shardPart(1, 100, 0, 50*ms), shardPart(2, 100, 0, 2*ms)}, []string{"Shard 1 colours the result: its load generator was late by 50 ms"}},
		{"far, and not late", []runfile.ShardPart{shardPart(0, 100, 0, ms/100), shardPart(1, 100, 0, 5*ms)}, nil},
		{"failing", []runfile.ShardPart{shardPart(0, 100, 10, ms), shardPart(1, 100, 2, ms), shardPart(2, 100, 2, ms)}, []string{"Shard 0 colours the result: 10% of its transactions"}},
		{"all failing", []runfile.ShardPart{shardPart(0, 100, 50, ms), shardPart(1, 100, 48, ms)}, nil},
		{"idle", []runfile.ShardPart{shardPart(0, 0, 0, 0), shardPart(4, 100, 0, ms)}, []string{"Shard 0 measured no transaction"}},
	} {
		got := coloured(&runfile.Merged{Of: 5, Shards: c.shards})
		ok := len(got) == len(c.want)
		for i := range c.want {
			ok = ok && strings.Contains(got[i], c.want[i])
		}
		if !ok {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if got := coloured(nil); got != nil {
		t.Errorf("a run that was not merged: %q", got)
	}
}
