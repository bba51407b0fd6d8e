package command

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// workflow is what a file of GitHub Actions has, as far as the example goes.
type workflow struct {
	Name string         `yaml:"name"`
	On   []string       `yaml:"on"`
	Jobs map[string]job `yaml:"jobs"`
}

type job struct {
	RunsOn   string `yaml:"runs-on"`
	Needs    string `yaml:"needs"`
	Strategy struct {
		FailFast *bool            `yaml:"fail-fast"`
		Matrix   map[string][]int `yaml:"matrix"`
	} `yaml:"strategy"`
	Steps []step `yaml:"steps"`
}

type step struct {
	Uses string            `yaml:"uses"`
	With map[string]string `yaml:"with"`
	If   string            `yaml:"if"`
	Run  string            `yaml:"run"`
}

// actions runs the jobs of a workflow, each in a folder of its own.
type actions struct {
	checkout  string // what is checked out: a folder's files
	artifacts string // a folder for each
	bin       string // before all others in PATH
	summary   string // a file
}

var expression = regexp.MustCompile(`\$\{\{ *([a-z_.]+) *\}\}`)

// run runs a job with an entry of its matrix, and returns its folder.
func (a *actions) run(t *testing.T, j job, matrix map[string]int) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "a workspace")
	fill := func(text string) string {
		return expression.ReplaceAllStringFunc(text, func(whole string) string {
			name := expression.FindStringSubmatch(whole)[1]
			if n, is := matrix[strings.TrimPrefix(name, "matrix.")]; is {
				return fmt.Sprint(n)
			}
			if name == "github.run_id" {
				return "4711"
			}
			t.Fatalf("an expression that is not known: %s", whole)
			return ""
		})
	}
	for _, s := range j.Steps {
		action, _, _ := strings.Cut(s.Uses, "@")
		path := filepath.Join(dir, fill(s.With["path"]))
		var err error
		switch action {
		case "":
			inFolder(t, dir, []string{"GITHUB_STEP_SUMMARY=" + a.summary, "PATH=" + a.bin + ":" + os.Getenv("PATH")}, "bash", "-e", "-c", fill(s.Run))
		case "actions/checkout":
			err = os.CopyFS(dir, os.DirFS(a.checkout))
		case "actions/setup-go":
		case "actions/upload-artifact":
			err = os.CopyFS(filepath.Join(a.artifacts, fill(s.With["name"])), os.DirFS(path))
		case "actions/download-artifact":
			var all []string
			all, err = filepath.Glob(filepath.Join(a.artifacts, s.With["pattern"]))
			for _, one := range all {
				if err == nil {
					err = os.CopyFS(filepath.Join(path, filepath.Base(one)), os.DirFS(one))
				}
			}
		default:
			t.Fatalf("an action that is not known: %s", s.Uses)
		}
		if err != nil {
			t.Fatalf("%s: %v", s.Uses, err)
		}
	}
	return dir
}

// goBuild stands for the one command of Go's that the example has: kvbench is there already.
const goBuild = `#!/bin/sh
[ "$*" = "build -o kvbench ./cmd/kvbench" ] && ln -s "$KVBENCH_BUILT" kvbench
`

// The workflow's jobs run as they are written, and what its shards are merged to is the run of one process.
func TestActionsExample(t *testing.T) {
	checkout, whole := exampleFolder(t)
	text, err := os.ReadFile(examples + "github-actions.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var w workflow
	reader := yaml.NewDecoder(bytes.NewReader(text))
	reader.KnownFields(true)
	if err := reader.Decode(&w); err != nil {
		t.Fatal(err)
	}
	built, err := exec.LookPath("kvbench")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("KVBENCH_BUILT", built)
	a := &actions{checkout: checkout, artifacts: t.TempDir(), bin: t.TempDir(), summary: filepath.Join(t.TempDir(), "summary")}
	write(t, filepath.Join(a.bin, "go"), goBuild, 0o700)
	shard, merge := w.Jobs["shard"], w.Jobs["merge"]
	n := shard.Strategy.Matrix["shard"]
	if len(w.Jobs) != 2 || merge.Needs != "shard" || len(n) < 2 {
		t.Fatalf("%+v", w)
	}
	for _, i := range n {
		a.run(t, shard, map[string]int{"shard": i})
	}
	merged := filepath.Join(a.run(t, merge, nil), "merged")
	same(t, merged, whole, len(n))
	if kept := filepath.Join(a.artifacts, "merged"); !bytes.Equal(common(t, kept), common(t, whole)) {
		t.Error("the artifact is another")
	}
	report, err := os.ReadFile(filepath.Join(merged, "report.md"))
	summary, failed := os.ReadFile(a.summary)
	if err != nil || failed != nil || !bytes.Equal(report, summary) {
		t.Errorf("the summary is not the report: %v, %v", err, failed)
	}
}
