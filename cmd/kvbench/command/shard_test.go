package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// What of a run file is of the process that wrote it, and the check sums.
var (
	ownFields = []string{"host", "cpus", "command", "shard", "started"}
	crcField  = regexp.MustCompile(`"crc":"[0-9a-f]{8}"`)
)

// common is a run file without what is of the process that wrote it.
func common(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path, "run.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	first, rest, _ := bytes.Cut(data, []byte("\n"))
	var header struct {
		Header map[string]json.RawMessage `json:"header"`
	}
	if err := json.Unmarshal(first, &header); err != nil {
		t.Fatal(err)
	}
	for _, name := range ownFields {
		delete(header.Header, name)
	}
	text, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	return crcField.ReplaceAll(append(append(text, '\n'), rest...), nil)
}

// run runs a command line, which is to end with a status, and returns what it says.
func run(t *testing.T, want int, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if status := execute(t.Context(), args, &out, &out); status != want {
		t.Fatalf("kvbench %q: exit status %d, want %d\n%s", args, status, want, out.String())
	}
	return out.String()
}

// However many shards a plan in virtual time is run in, merged they are the file that one
// process writes.
func TestShardsMergeToTheSameFile(t *testing.T) {
	const file = "testdata/shards.yaml"
	dir := t.TempDir()
	whole := filepath.Join(dir, "whole")
	args := func(more ...string) []string {
		return append([]string{"run", file, "--quiet", "--detect", "--seed", "3"}, more...)
	}
	run(t, exitOK, args("--out", whole, "--format", "json")...)
	want := common(t, whole)
	if n := bytes.Count(want, []byte(`"findings":{"kinds":[{`)); n == 0 {
		t.Fatal("nothing was found, so that findings were not merged")
	}
	for _, n := range []int{1, 2, 3, 7, 20} {
		merge := []string{"merge", "--format", "json", "--json", "--out", filepath.Join(dir, fmt.Sprint("merged", n))}
		with := 0
		for i := range n {
			out := filepath.Join(dir, fmt.Sprintf("%d-%d", n, i))
			run(t, exitOK, args("--out", out, "--shard", fmt.Sprintf("%d/%d", i, n))...)
			merge = append(merge, out)
			if data, err := os.ReadFile(filepath.Join(out, "run.jsonl")); err == nil && bytes.Count(data, []byte("\n")) > 2 {
				with++
			}
		}
		if units := 6 + 4 + 1 + 1; with != min(n, units) {
			t.Errorf("%d of %d shards have anything to do, of %d units", with, n, units)
		}
		slices.Reverse(merge[6:])
		run(t, exitOK, merge...)
		if got := common(t, filepath.Join(dir, fmt.Sprint("merged", n))); !bytes.Equal(got, want) {
			t.Errorf("%d shards give another file than one process: %d bytes, want %d", n, len(got), len(want))
		}
	}
}
