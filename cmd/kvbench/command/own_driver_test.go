package command_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const program = `package main

import (
	"os"

	"example.org/memory"
	"kvbench/cmd/kvbench/command"
	"kvbench/drivers"
)

func main() { os.Exit(command.Main(append(drivers.Table(), memory.Driver))) }
`

const scenarios = `scenarios:
  - {name: s, pattern: prefix, variants: [seed, paginate], question: Q?, driver: "memory://?latency=5ms", load: {rate: 100/s, duration: 2s}}
`

// A kvbench with one more driver is a module with a main function: it lists the driver,
// checks its options, and runs scenarios on it in virtual time.
func TestAKvbenchOfOnesOwn(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds all of kvbench once more")
	}
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{"main.go": program, "scenarios.yaml": scenarios} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"go.mod", "go.sum"} { // what kvbench needs, the module needs
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run := func(fails bool, name string, args ...string) string {
		t.Helper()
		c := exec.CommandContext(t.Context(), name, args...)
		c.Dir = dir
		c.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
		out, err := c.CombinedOutput()
		if (err != nil) != fails {
			t.Fatalf("%s %q: %v\n%s", name, args, err, out)
		}
		return string(out)
	}
	run(false, "go", "mod", "edit", "-module=example.org/mine", "-require=kvbench@v0.0.0", "-replace=kvbench="+root,
		"-require=example.org/memory@v0.0.0", "-replace=example.org/memory="+filepath.Join(root, "docs/examples/driver"))
	run(false, "go", "build", "-o", "mine", ".")
	mine := filepath.Join(dir, "mine")
	for want, out := range map[string]string{
		"  memory ":                              run(false, mine, "list"),
		"latency            duration, 0s to 1h":  run(false, mine, "list", "memory"),
		"s  Q? (modelled latency, virtual time)": run(false, mine, "run", "--out", "out"),
		`did you mean "latency"?`:                run(true, mine, "check", "--driver", "memory://?latensy=1ms"),
		"want a duration from 0s to 1h":          run(true, mine, "check", "--driver", "memory://?latency=2h"),
	} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
}
