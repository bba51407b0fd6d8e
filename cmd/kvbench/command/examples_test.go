package command

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"kvbench/internal/runfile"
)

const examples = "../../../docs/examples/shards/"

const exampleYAML = `driver: embedded://?locations=2&profile=edge&propagation=10s
scenarios:
  - {name: repeated, question: Q?, pattern: coalesce, variants: [seed, per-field], load: {rate: 20/s, arrivals: poisson, duration: 20s}, keys: {count: 5}, repeat: 4}
  - {name: swept, question: Q?, pattern: multi-tier, load: {workers: 3, think: 100ms, duration: 20s}, keys: {count: 10}, sweep: {with.memory-ttl: [1s, 10s]}}
`

// exampleFolder is one with a scenario file, and a space in its name; whole is the run of one process.
func exampleFolder(t *testing.T) (dir, whole string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "a folder")
	whole = filepath.Join(t.TempDir(), "whole")
	write(t, filepath.Join(dir, "scenarios.yaml"), exampleYAML, 0o600)
	inFolder(t, dir, nil, "kvbench", "run", "scenarios.yaml", "--quiet", "--out", whole, "--format", "json")
	return dir, whole
}

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

// inFolder runs a command in a folder, with more variables, and returns what it says.
func inFolder(t *testing.T, dir string, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, said)
	}
	return string(said)
}

// same says that a run is that of one process, and was made in shards.
func same(t *testing.T, merged, whole string, shards int) {
	t.Helper()
	if !bytes.Equal(common(t, merged), common(t, whole)) {
		t.Error("the merged run is another than that of one process")
	}
	r, err := runfile.Open(merged)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got := strings.Count(r.Header.Command, "shards/"); got != 1 && got != shards || !strings.HasPrefix(r.Header.Command, "kvbench merge ") {
		t.Errorf("it was made by %s, want of %d shards", r.Header.Command, shards)
	}
}

// sbatch does what Slurm's does of an array, and of a job that waits for one: the script is copied, its tasks run at
// once, and what depends on the array runs if all have ended well.
const sbatch = `#!/bin/bash
set -eu
for arg; do
	case $arg in
	--dependency=afterok:17) after=yes ;;
	--wrap=*) echo "${arg#--wrap=}" >>"$QUEUE/wraps" ;;
	--array=0-*) last=${arg#--array=0-} ;;
	--*) ;;
	*) break ;;
	esac
	shift
done
if [ -n "${after-}" ]; then exit 0; fi
cp "$1" "$QUEUE/script"
shift
export SLURM_SUBMIT_DIR=$PWD SLURM_ARRAY_JOB_ID=17 SLURM_ARRAY_TASK_COUNT=$((last + 1))
tasks=()
for i in $(seq 0 "$last"); do
	SLURM_ARRAY_TASK_ID=$i bash "$QUEUE/script" "$@" & tasks+=($!)
done
for task in "${tasks[@]}"; do wait "$task"; done
sh "$QUEUE/wraps"
`

// The Slurm array runs as its first lines say, and what its shards are merged to is the run of one process.
func TestSlurmExample(t *testing.T) {
	dir, whole := exampleFolder(t)
	text, err := os.ReadFile(examples + "slurm.sh")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "docs/examples/shards/slurm.sh"), string(text), 0o700)
	said := regexp.MustCompile(`(?m)^#\s+(sbatch --array=0-(\d+) .*)$`).FindStringSubmatch(string(text))
	if said == nil {
		t.Fatal("it does not say how it is started")
	}
	queue := t.TempDir()
	write(t, filepath.Join(queue, "bin/sbatch"), sbatch, 0o700)
	inFolder(t, dir, []string{"QUEUE=" + queue, "PATH=" + filepath.Join(queue, "bin") + ":" + os.Getenv("PATH")}, "bash", "-c", said[1])
	out := filepath.Join(dir, "results/slurm-17")
	shards, err := os.ReadDir(filepath.Join(out, "shards"))
	if err != nil || len(shards) != 16 || said[2] != "15" {
		t.Fatalf("%d shards: %v", len(shards), err)
	}
	same(t, filepath.Join(out, "merged"), whole, len(shards))
}
