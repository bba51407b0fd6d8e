package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"kvbench/internal/bounded"
	"kvbench/internal/projects"
	"kvbench/internal/secret"
)

// maxCarried bounds the scripts that travel to agents, with their source maps, in bytes: with the rest
// of the plan, and in base64, they are to be less than maxPlan.
const maxCarried = 32 << 20

// carriedFlag names the file that an agent has put into place of the project's own files. It is for
// agents alone.
const carriedFlag = "carried"

type projectsKey struct{}

// readingFrom has the scripts of a file that is loaded with the context read from a source.
func readingFrom(ctx context.Context, s projects.Source) context.Context {
	return context.WithValue(ctx, projectsKey{}, s)
}

// readCarried is readingFrom what a leader has sent, which is in a file; none where that is empty.
func readCarried(ctx context.Context, file string) (context.Context, error) {
	if file == "" {
		return ctx, nil
	}
	text, err := bounded.ReadFile(file, maxPlan)
	if err != nil {
		return ctx, usage(err)
	}
	var c projects.Carried
	if err := json.Unmarshal(text, &c); err != nil {
		return ctx, usage(fmt.Errorf("--%s %s: %w", carriedFlag, file, err))
	}
	return readingFrom(ctx, &c), nil
}

// checkCarried refuses scripts that are too large, or with a secret in them.
func checkCarried(c *projects.Carried, secrets *secret.Set) error {
	if n := c.Bytes(); n > maxCarried {
		return fmt.Errorf("--agents: the scripts have %.1f MiB with their source maps, and at most %d MiB travel to agents; the largest is %s: leave out what the run does not need, "+
			"or run it with --shard I/N where the files are, and kvbench merge", float64(n)/(1<<20), maxCarried>>20, c.Files()[0])
	}
	const instead = "has a secret in it, or the value of a variable that the scenario file names, and agents would be told it: " +
		"take it from env in the script, and write vars: {NAME: '${NAME}'} in the scenario, which agents take from their own environment"
	for _, file := range c.Files() {
		s := c.Scripts[file]
		for _, text := range []string{string(s.Code), string(s.Map)} {
			if secrets.Strike(text) != text {
				return fmt.Errorf("--agents: the script %s, or what it imports, %s", file, instead)
			}
		}
	}
	for _, config := range c.Configs {
		text, err := json.Marshal(config)
		if err != nil {
			return err
		}
		if string(secrets.StrikeJSON(text)) != string(text) {
			return fmt.Errorf("--agents: %s %s", config.File, instead)
		}
	}
	return nil
}

// errNoRuntime says why agents don't run scripts on the real runtime.
var errNoRuntime = errors.New("--runtime workerd: the real runtime runs on the wall clock alone, where agents each run some of a scenario's transactions, " +
	"and an isolate runs any of them: run it in one process, without --agents; agents run scripts in virtual time")

// planFolder is where an agent puts the scenario file, and its shards run.
const planFolder = "run"

// unpack writes what the shards read below a folder: the scenario file into planFolder, and beside that what
// there is of projects, into the file that is returned.
func (p *fleetPlan) unpack(dir string) (carried string, err error) {
	write := func(path string, text []byte) error {
		return errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, text, 0o600))
	}
	if err := os.MkdirAll(filepath.Join(dir, planFolder), 0o755); err != nil {
		return "", err
	}
	if p.File != "" {
		if err := write(filepath.Join(dir, planFolder, filepath.FromSlash(p.File)), p.Text); err != nil {
			return "", err
		}
	}
	if p.Project == nil {
		return "", nil
	}
	text, err := json.Marshal(p.Project)
	if err != nil {
		return "", err
	}
	carried = filepath.Join(dir, "project.json")
	return carried, write(carried, text)
}
