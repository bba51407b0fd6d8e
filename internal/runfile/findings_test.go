package runfile_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"kvbench/internal/runfile"
	"kvbench/internal/secret"

	"github.com/google/go-cmp/cmp"
)

// found are findings of every field.
func found() *runfile.Findings {
	end := 3 * time.Second
	at := runfile.Site{File: "src/index.ts", Line: 14, Column: 5}
	return &runfile.Findings{
		Kinds: []runfile.FindingKind{{ID: "clobbered-write", Group: runfile.HazardGroup, Unit: "ns", Of: "put", Says: "clobbers {share}", Doc: "a put", Do: "nothing"}},
		List: []runfile.Finding{{
			Kind: "clobbered-write", Site: at, Other: runfile.Site{File: "src/other.ts", Line: 1, Column: 1}, Count: 2, Of: 3, Least: 1, Median: 2, Most: 3,
			Example: &runfile.Example{Key: "user:1", Size: 3, Actors: []runfile.Actor{{
				Invocation: 7, Role: "found", Location: 2, Start: time.Second, End: &end, Left: 1,
				Steps: []runfile.FindingStep{{Op: "get", Key: "user:1", Site: at, Start: time.Second, End: 2 * time.Second, Version: 3, Cached: true}},
			}}},
		}},
		Left: 4, Notes: []string{"a note"},
	}
}

// withFindings is a run file with findings.
func withFindings(t testing.TB, f *runfile.Findings, secrets *secret.Set) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := runfile.NewWriter(&out, header(), secrets)
	v := w.Variant(0, 0, 0)
	for _, err := range []error{
		err, v.Begin(), v.Interval(interval(0, time.Second, 3)),
		v.End(&runfile.Variant{Total: interval(0, time.Second, 3), Complete: true, Findings: f}), w.Close(false),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

func TestFindings(t *testing.T) {
	run, err := runfile.Read("run.jsonl", bytes.NewReader(withFindings(t, found(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(found(), run.Variants[0].Findings); diff != "" {
		t.Error(diff)
	}
	var secrets secret.Set
	secrets.Add("user:1")
	data := withFindings(t, found(), &secrets)
	if bytes.Contains(data, []byte("user:1")) || !bytes.Contains(data, []byte("[secret]")) {
		t.Errorf("a secret is in the file: %s", data)
	}
}

// Findings that no run has are refused.
func TestFindingsRefused(t *testing.T) {
	for name, change := range map[string]func(f *runfile.Findings){
		"kind":  func(f *runfile.Findings) { f.List[0].Kind = "other" },
		"group": func(f *runfile.Findings) { f.Kinds[0].Group = "other" },
		"unit":  func(f *runfile.Findings) { f.Kinds[0].Unit = "bytes" },
		"count": func(f *runfile.Findings) { f.List[0].Count = 4 },
		"none":  func(f *runfile.Findings) { f.List[0].Count = 0 },
		"sizes": func(f *runfile.Findings) { f.List[0].Median = 4 },
		"place": func(f *runfile.Findings) { f.List[0].Site.Line = -1 },
		"many":  func(f *runfile.Findings) { f.List = append(f.List, make([]runfile.Finding, runfile.MaxFindings)...) },
		"actors": func(f *runfile.Findings) {
			e := f.List[0].Example
			e.Actors = append(e.Actors, make([]runfile.Actor, 3)...)
		},
		"steps": func(f *runfile.Findings) {
			a := &f.List[0].Example.Actors[0]
			a.Steps = append(a.Steps, make([]runfile.FindingStep, 20)...)
		},
		"backway": func(f *runfile.Findings) { f.List[0].Example.Actors[0].Steps[0].End = 0 },
	} {
		f := found()
		change(f)
		if _, err := runfile.Read("run.jsonl", bytes.NewReader(withFindings(t, f, nil))); err == nil || !strings.Contains(err.Error(), "run.jsonl:4:") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
