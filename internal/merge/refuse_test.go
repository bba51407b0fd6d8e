package merge_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"kvbench/internal/load"
	"kvbench/internal/merge"
	"kvbench/internal/runfile"
)

// shardFile is the run file of a shard of a wall-clock run, whose header is changed.
func shardFile(t *testing.T, name string, index, of int, interrupted bool, change func(*runfile.Header)) *runfile.Run {
	t.Helper()
	h := header("wall")
	h.Go, h.OS, h.Arch, h.File = "go1.26", "linux", "amd64", "s.yaml"
	h.Shard = &runfile.Shard{Index: index, Of: of, RunID: h.RunID, Every: time.Minute}
	if change != nil {
		change(&h)
	}
	var out bytes.Buffer
	w, err := runfile.NewWriter(&out, h, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(interrupted); err != nil {
		t.Fatal(err)
	}
	return read(t, name, out.Bytes())
}

// A shard whose run differs is refused by its file's name, its number, and what differs.
func TestDifferingShards(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*runfile.Header)
		says   string
	}{
		{"nothing of the run", func(h *runfile.Header) { h.Host, h.CPUs, h.Command = "another", 9, "kvbench run" }, ""},
		{"number of shards", func(h *runfile.Header) { h.Shard.Of = 4 }, "its number of shards is 4 where theirs is 3"},
		{"run id", func(h *runfile.Header) { h.RunID, h.Shard.RunID = "q", "q" }, "its run id is q where theirs is r"},
		{"start", func(h *runfile.Header) { h.Started = "2026-01-02T00:00:00Z" }, "its start is 2026-01-02T00:00:00Z where theirs is 2026-01-01T00:00:00Z"},
		{"every", func(h *runfile.Header) { h.Shard.Every = time.Hour }, "its time between starts is 1h0m0s where theirs is 1m0s"},
		{"seed", func(h *runfile.Header) { h.Seed = 8 }, "its seed is 8 where theirs is 7"},
		{"version", func(h *runfile.Header) { h.Version = "v0.0.1" }, "its version of kvbench is v0.0.1 where theirs is test"},
		{"no version", func(h *runfile.Header) { h.Version = "" }, "its version of kvbench is none where theirs is test"},
		{"Go", func(h *runfile.Header) { h.Go = "go1.27" }, "its Go is go1.27 where theirs is go1.26"},
		{"system", func(h *runfile.Header) { h.OS = "darwin" }, "its system is darwin/amd64 where theirs is linux/amd64"},
		{"architecture", func(h *runfile.Header) { h.Arch = "arm64" }, "its system is linux/arm64 where theirs is linux/amd64"},
		{"driver", func(h *runfile.Header) { h.Driver = "rest://a/c" }, "its driver is rest://a/c where theirs is rest://a/b"},
		{"scenario file", func(h *runfile.Header) { h.File = "t.yaml" }, "its scenario file is t.yaml where theirs is s.yaml"},
		{"more scenarios", func(h *runfile.Header) {
			more := header("wall").Scenarios[0]
			more.Name = "more"
			h.Scenarios = append(h.Scenarios, more)
		}, "its number of scenarios is 2 where theirs is 1"},
		{"load", func(h *runfile.Header) {
			h.Scenarios[0].Workload = &runfile.Workload{Load: runfile.Load{Rate: new(load.Rate), Transactions: 1}}
		}, "its definition of scenario s is another"},
		{"errors allowed", func(h *runfile.Header) { h.Scenarios[0].MaxErrors = 0.5 }, "its definition of scenario s is another"},
	} {
		t.Run(c.name, func(t *testing.T) {
			runs := []*runfile.Run{shardFile(t, "a", 0, 3, false, nil), shardFile(t, "odd", 1, 3, false, c.change), shardFile(t, "c", 2, 3, false, nil)}
			set, err := merge.Of(runs)
			if c.says == "" {
				if err == nil || !strings.Contains(err.Error(), "is in no shard") { // as nothing has run
					t.Errorf("%+v, %v", set, err)
				}
				return
			}
			if err != nil || len(set.Faults) != 2 {
				t.Fatalf("%+v, %v", set, err)
			}
			if got, want := set.Faults[0].Error(), "odd, shard 1, is not of the run that the others are of: "+c.says; got != want {
				t.Errorf("%s\nwant %s", got, want)
			}
			if got := set.Faults[1].Error(); got != "shard 1 is missing" {
				t.Error(got)
			}
		})
	}
}

// What is wrong with the shards of one run is told of each by its number.
func TestShardsThatAreNotWhole(t *testing.T) {
	const of = 5
	runs := []*runfile.Run{
		shardFile(t, "two", 2, of, false, nil), shardFile(t, "zero", 0, of, true, nil), shardFile(t, "again", 2, of, false, nil), shardFile(t, "three", 3, of, false, nil),
	}
	set, err := merge.Of(runs)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"zero, shard 0, was interrupted", "shard 1 is missing", "again is shard 2, which another file is as well", "shard 4 is missing"}
	if got := fmt.Sprintf("%q", set.Faults); got != fmt.Sprintf("%q", want) {
		t.Errorf("%s\nwant %q", got, want)
	}
	h, err := set.Header("merge")
	if err != nil || h.Merged == nil || len(h.Merged.Faults) != len(want) || len(h.Merged.Shards) != 3 || h.Whole() {
		t.Errorf("%+v, %v", h.Merged, err)
	}
}

// Shards of which none is missing, and that do not hold all of the plan, are refused.
func TestShardsWithoutAVariant(t *testing.T) {
	_, err := merge.Of([]*runfile.Run{shardFile(t, "a", 0, 2, false, nil), shardFile(t, "b", 1, 2, false, nil)})
	if err == nil || err.Error() != "s/seed, repeat 1, is in no shard" {
		t.Error(err)
	}
}
