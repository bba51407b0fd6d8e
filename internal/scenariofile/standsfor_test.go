package scenariofile_test

import (
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"kvbench/internal/cputime"
	"kvbench/internal/scenariofile"
	"kvbench/scenarios"
)

// What a short file stands for by aliases, merges and variables is bounded, and so is the
// text that is kept of scenarios which share a line.
func TestWhatAFileStandsFor(t *testing.T) {
	if testing.Short() {
		t.Skip("it measures memory, or computes a lot in one goroutine")
	}
	t.Setenv("KVBENCH_LONG", strings.Repeat("x", 100_000))
	const head = "scenarios:\n  - &s\n    name: first\n    question: &q Q?\n    pattern: session\n    load: {rate: 1/s, duration: 1m}\n"
	many := func(n int, text string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.ReplaceAll(text, "#", strconv.Itoa(i)))
		}
		return b.String()
	}
	for name, test := range map[string]struct{ text, want string }{
		"aliases of a long list": {
			head + "    expect: &e [" + strings.Repeat("errors == 0,", 5_000) + "]\n" + many(1000, "  - {<<: *s, name: s#}\n"),
			"the file stands for too many values",
		},
		"aliases of a long text": {
			strings.Replace(head, "Q?", strings.Repeat("long ", 100_000), 1) + many(10_000, "  - {<<: *s, name: s#}\n"),
			"the file stands for too many values",
		},
		"merges": {
			"scenarios:\n  - &a0 {name: a}\n" + many(5000, "  - &b# {<<: *a0, name: b#}\n") + "  - {<<: [" + many(5000, "*b#,") + "]}\n",
			"and 950 more",
		},
		"a list of merges": {
			head + "    with: {<<: [" + many(101, "{create: 0.#},") + "]}\n", "more than 100 mappings are merged here",
		},
		"a variable many times": {
			strings.Replace(head, "Q?", strings.Repeat("${KVBENCH_LONG}", 100_000), 1),
			"the variables stand for too much: more than 16 MiB",
		},
		"a variable in many values": {
			head + many(5000, "  - {<<: *s, name: s#, question: \"${KVBENCH_LONG}\"}\n"), "the variables stand for too much: more than 16 MiB",
		},
		"many errors on a long line": {"scenarios: [" + strings.Repeat("a,", 2000) + strings.Repeat("x", 7<<20) + "]", "and 950 more"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := loadBounded(t, test.text)
			said := fmt.Sprint(err)
			if all, ok := errors.AsType[scenariofile.Errors](err); ok {
				for _, e := range all { // also those that are not shown
					said += e.Message
				}
			}
			if !strings.Contains(said, test.want) {
				t.Fatalf("got %.300v, want …%s…", err, test.want)
			}
		})
	}
	t.Run("one line", func(t *testing.T) {
		text := "scenarios: [" + many(5000, "{name: s#, question: Q?, pattern: session, load: {rate: 1/s, duration: 1m}},") + "]"
		file, err := loadBounded(t, text)
		if err != nil {
			t.Fatal(err)
		}
		kept := 0
		for _, s := range file.Scenarios {
			kept += len(s.YAML)
		}
		if kept > len(text) {
			t.Errorf("%d bytes are kept of %d", kept, len(text))
		}
	})
}

// longestLoad is the time of the processor in which a file is read or refused.
const longestLoad = 2 * time.Second

// loadBounded loads a file and holds what that takes against its bounds: what it allocates,
// the time of the processor, and how much there is to say about it.
func loadBounded(t *testing.T, text string) (*scenariofile.File, error) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := cputime.Process()
	file, err := scenariofile.Load("file.yaml", []byte(text), scenarios.Patterns(), nil)
	used := cputime.Process() - began
	runtime.ReadMemStats(&after)
	if err != nil {
		if n := len(err.Error()); n > 30_000 {
			t.Errorf("%d bytes of errors: %.2000s", n, err)
		}
	}
	if most := longestLoad * slower; used > most {
		t.Errorf("it takes %v of the processor, more than %v", used, most)
	}
	if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 500 {
		t.Errorf("%d MiB were allocated for a file of %d kB", used, len(text)>>10)
	}
	return file, err
}
