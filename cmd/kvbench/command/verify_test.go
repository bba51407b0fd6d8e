package command

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kvbench/internal/secret"
	"kvbench/internal/verify"
)

var verifyAlarms = flag.Int("verify.alarms", 1, "hold the model against itself with so many seeds, over all pairs")

// againstModel are options that hold the model against itself, with other latencies.
func againstModel(t *testing.T) *verifyOptions {
	t.Helper()
	return &verifyOptions{
		settings: settings{secrets: new(secret.Set)}, seeds: 3, quiet: true, json: true, out: t.TempDir(),
		choose: func(ctx context.Context, s *settings) (context.Context, error) {
			s.clock = "virtual"
			return ctx, nil
		},
	}
}

// verified is the report of a verification and how it ended.
func verified(t *testing.T, o *verifyOptions, args ...string) (*verify.Report, error) {
	t.Helper()
	var out, told bytes.Buffer
	ended := o.run(t.Context(), args, &out, &told)
	r := new(verify.Report)
	if err := json.Unmarshal(out.Bytes(), r); err != nil {
		t.Fatalf("%v: %v\n%s%s", ended, err, &out, &told)
	}
	return r, ended
}

// The model agrees with itself over all that kvbench carries: the requests are the same, and
// chance does no more than it may.
func TestVerifyAgainstItself(t *testing.T) {
	if testing.Short() {
		t.Skip("runs for a minute")
	}
	apart := 0
	for n := range *verifyAlarms {
		o := againstModel(t)
		o.seed, o.seeded = uint64(n+1), true
		o.duration = 15 * time.Second
		r, ended := verified(t, o)
		if len(r.Variants) != 14 || r.Figures < 150 || r.Counts[verify.Equal] < 40 || len(r.Missing) > 0 {
			t.Fatalf("%d variants, %d figures: %v; missing %q", len(r.Variants), r.Figures, r.Counts, r.Missing)
		}
		if ended != nil {
			apart++
		}
		for _, v := range r.Variants {
			for _, f := range v.Figures {
				if f.Verdict == verify.Apart {
					t.Logf("seed %d: %s: %+v", n+1, v.Title(), *f)
				}
			}
		}
	}
	t.Logf("%d of %d pages have a figure that is apart", apart, *verifyAlarms)
	if apart > *verifyAlarms/20 {
		t.Errorf("%d of %d pages have a figure that is apart: want one in a hundred", apart, *verifyAlarms)
	}
}

// plant copies the shipped set with something changed in one of its files.
func plant(t *testing.T, name, from, to string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../../scenarios/workers")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, name)
	text, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(text), from) {
		t.Fatalf("%s has no %q: %v", name, from, err)
	}
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(text), from, to)), 0o600); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "verify.yaml")
}

// What is not the same on both sides is found, in the figures in which it is not the same.
func TestVerifyFinds(t *testing.T) {
	for _, test := range []struct {
		name           string
		only           string
		duration       time.Duration
		file, from, to string
		apart, equal   []string
	}{
		{"a TTL in memory of 50 s for 60 s", "multi-tier/published", 90 * time.Second, "multi-tier.ts", "now + 60_000", "now + 50_000", []string{"get", "outcome.memory"}, []string{"transactions"}},
		{"a get more before a put", "versioned/mended", 10 * time.Second, "versioned-mended.ts", "async fetch(request: Request, env: Env): Promise<Response> {", "async fetch(request: Request, env: Env): Promise<Response> {\n    await env.DATA.get(\"other\");", []string{"get"}, []string{"transactions"}},
		{"a propagation of 30 s for 20 s", "coalesce/published", time.Minute, "verify.yaml", "propagation=20s", "propagation=30s", []string{"stale-get"}, []string{"get", "transactions"}},
		{"blips in 24% for 20%", "fallback/published", time.Minute, "verify.yaml", "fault-share=20%", "fault-share=24%", []string{"call-errors.500"}, []string{"get", "transactions"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := againstModel(t)
			o.only, o.duration = []string{test.only}, test.duration
			o.realFiles = []string{plant(t, test.file, test.from, test.to)}
			r, ended := verified(t, o, "../../../scenarios/workers/verify.yaml")
			var s *statusError
			if !errors.As(ended, &s) || s.status != exitUnmet {
				t.Errorf("it ended with %v", ended)
			}
			for _, f := range r.Variants[0].Figures {
				t.Logf("%-8s %s: %.4g (%.4g to %.4g), %.4g", f.Verdict, f.ID, f.Model, f.Low, f.High, f.Real)
				if slices.Contains(test.apart, f.ID) != (f.Verdict == verify.Apart) && (slices.Contains(test.apart, f.ID) || slices.Contains(test.equal, f.ID)) {
					t.Errorf("%s is %s", f.ID, f.Verdict)
				}
			}
		})
	}
}

// Of what can't be verified it is said why.
func TestVerifiable(t *testing.T) {
	file := filepath.Join(t.TempDir(), "s.yaml")
	for _, test := range []struct{ text, says string }{
		{"scenarios: [{name: s, question: Q?, pattern: session, load: {rate: 5/s, duration: 1s}}]", "no scenario of the pattern worker"},
		{"scenarios: [{name: s, question: Q?, pattern: worker, script: nowhere.ts, load: {rate: 5/s, duration: 1s}}]", "nowhere.ts"},
	} {
		if err := os.WriteFile(file, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		o := againstModel(t)
		var out, told bytes.Buffer
		err := o.run(t.Context(), []string{file}, &out, &told)
		if s := new(statusError); !errors.As(err, &s) || s.status != exitUsage || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%v; want %q", err, test.says)
		}
	}
	twice := "../../../scenarios/workers/verify.yaml"
	o := againstModel(t)
	var out, told bytes.Buffer
	if err := o.run(t.Context(), []string{twice, twice}, &out, &told); err == nil || !strings.Contains(err.Error(), "both have a scenario") {
		t.Error(err)
	}
}

// Interrupted before the real side has begun it says so, and keeps the run in virtual time.
func TestVerifyInterrupted(t *testing.T) {
	o := againstModel(t)
	o.only = []string{"coalesce/mended"}
	o.duration = time.Hour
	o.quiet = false
	ctx, stop := context.WithCancel(t.Context())
	var out bytes.Buffer
	err := o.run(ctx, nil, &out, writerFunc(func(p []byte) {
		if bytes.Contains(p, []byte("#1")) {
			stop()
		}
	}))
	if s := new(statusError); !errors.As(err, &s) || s.status != exitInterrupted {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(filepath.Join(o.out, "model", "run.jsonl")); err != nil {
		t.Error(err)
	}
}

// writerFunc is called with what is written.
type writerFunc func(p []byte)

func (f writerFunc) Write(p []byte) (int, error) { f(p); return len(p), nil }

// The real runtime agrees with the model in two patterns, some seconds of each.
func TestVerifyWorkerd(t *testing.T) {
	executable := os.Getenv("KVBENCH_WORKERD")
	if executable == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("KVBENCH_WORKERD names no workerd")
		}
		t.Skip("KVBENCH_WORKERD names no workerd; make workerd installs it")
	}
	o := againstModel(t)
	o.choose, o.workerd = onRealRuntime, executable
	o.only, o.duration, o.seeds = []string{"coalesce/published", "fallback/mended"}, 10*time.Second, 1
	r, ended := verified(t, o)
	if len(r.Missing) > 0 {
		t.Logf("not all was judged: %q", r.Missing) // the machine is busy with other things
	} else if r.Figures < 15 || r.Counts[verify.Equal] < 4 {
		t.Errorf("%d figures: %v", r.Figures, r.Counts)
	}
	for _, v := range r.Variants {
		for _, f := range v.Figures {
			if f.Verdict == verify.Apart {
				t.Errorf("%s: %+v", v.Title(), *f)
			}
		}
	}
	if len(r.Missing) == 0 && ended != nil {
		t.Error(ended)
	}
	if !strings.HasPrefix(r.Real.Runtime, "workerd ") || r.Real.Clock != "wall" {
		t.Errorf("%+v", r.Real)
	}
}
