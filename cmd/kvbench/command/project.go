package command

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"kvbench/internal/wrangler"
	"kvbench/scenarios"
)

// projectPattern is the pattern of the scenarios of a project's file that name none.
const projectPattern = "worker"

// projectFile is the scenario file of a folder with a Worker's project; the name itself where
// it is no folder. Its errors are of usage.
func projectFile(name string) (string, error) {
	if info, err := os.Stat(name); err != nil || !info.IsDir() {
		return name, nil //nolint:nilerr // who reads it says so
	}
	file := filepath.Join(name, scenarios.StarterFile)
	// One that is empty is none: a shell has made it for what is going to be printed.
	if info, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) && (err != nil || info.Size() > 0 || !info.Mode().IsRegular()) {
		return file, nil //nolint:nilerr // as above
	}
	found, err := wrangler.Find(name)
	if err != nil {
		return "", usage(fmt.Errorf("%s is a folder without %s, and no Worker's project: %w", name, scenarios.StarterFile, err))
	}
	c, err := wrangler.Read(found)
	if err != nil {
		return "", usage(err)
	}
	return "", &statusError{
		status: exitUsage, out: scenarios.Starter(c),
		err: fmt.Errorf("%s has no %s; one to begin with is printed: put it there, and change what is asked of the Worker", name, scenarios.StarterFile),
	}
}

// patternOf is the pattern of the scenarios of a file that name none; empty where they have to.
func patternOf(file string) string {
	if filepath.Base(file) == scenarios.StarterFile {
		return projectPattern
	}
	return ""
}
