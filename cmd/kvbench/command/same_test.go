package command

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kvbench/drivers/rest"
	"kvbench/report/export"

	"github.com/google/go-cmp/cmp"
)

// inKind says of each variant which outcomes and marks there were, and which not.
func inKind(t *testing.T, out []byte) map[string]bool {
	t.Helper()
	var s export.Summary
	if err := json.Unmarshal(out, &s); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	seen := map[string]bool{}
	for _, sc := range s.Scenarios {
		for _, v := range sc.Variants {
			for name, n := range v.Outcomes {
				seen[v.Name+" outcome "+name] = n > 0
			}
			for _, mark := range []string{"lost-update", "put-rejected", "write-amplification"} {
				seen[v.Name+" mark "+mark] = v.Series[mark].Count > 0
			}
		}
	}
	return seen
}

// The same scenario has the same outcomes and marks, in kind, in virtual time on
// the embedded store, and on the wall clock through Cloudflare's client and the
// plain one over HTTP.
func TestSameOnEveryDriver(t *testing.T) {
	options := []string{"cold=p50:1ms", "hot=p50:1ms", "write=p50:30ms"}
	base, token := startEmulator(t, options...)
	t.Setenv(rest.TokenVariable, token)
	const yaml = `scenarios:
  - name: same
    question: What does a coalesced object lose on each driver?
    pattern: coalesce
    variants: [seed, per-field]
    load: {rate: 100/s, arrivals: poisson, duration: 2s}
    keys: {count: 3, size: 256B}
    with: {fields: 2, update: 0.5, update-fields: 1}
    expect:
      - seed.lost-update > 0
      - per-field.lost-update == 0
`
	dir := t.TempDir()
	file := filepath.Join(dir, "same.yaml")
	if err := os.WriteFile(file, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	server := strings.TrimSuffix(base, "/client/v4")
	var want map[string]bool
	for _, driver := range []string{
		"embedded://?" + strings.Join(options, "&"),
		"cloudflare://" + testAccount + "/bench?base=" + server,
		"rest://" + testAccount + "/bench?base=" + server,
	} {
		scheme, _, _ := strings.Cut(driver, ":")
		var stdout, stderr bytes.Buffer
		run := filepath.Join(dir, scheme)
		status := execute(t.Context(), []string{"run", file, "--driver", driver, "--out", run, "--json", "--quiet", "--format", "md"}, &stdout, &stderr)
		if status != exitOK {
			t.Fatalf("%s: exit status %d\n%s", driver, status, stderr.String())
		}
		got := inKind(t, stdout.Bytes())
		if want == nil {
			want = got
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("embedded and %s differ (-embedded +%[1]s)\n%s", scheme, diff)
		}
		if data, err := os.ReadFile(filepath.Join(run, "run.jsonl")); err != nil || bytes.Contains(data, []byte(token)) {
			t.Errorf("%s: the run file holds the token, or is not there: %v", scheme, err)
		}
	}
	var out bytes.Buffer
	if status := execute(t.Context(), []string{"clean", "--all", "--driver", "rest://" + testAccount + "/bench?base=" + server}, &out, &out); status != exitOK {
		t.Errorf("clean: exit status %d", status)
	}
	if !strings.Contains(out.String(), "0 keys deleted below kvbench/\n") {
		t.Errorf("the runs have left keys: %s", out.String())
	}
}
