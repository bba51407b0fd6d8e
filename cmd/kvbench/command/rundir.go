package command

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"kvbench/internal/runfile"
)

var unsafe = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// runDir is the folder of a run of a scenario file: out, or one under results that is
// named by the time.
func runDir(out, file string) string {
	if out != "" {
		return out
	}
	name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	if dir, err := filepath.Abs(filepath.Dir(file)); err == nil && patternOf(file) != "" {
		name = filepath.Base(dir) // the project's
	}
	name = unsafe.ReplaceAllString(strings.TrimPrefix(name, "built-in "), "-")
	return filepath.Join("results", time.Now().Format("20060102-150405")+"-"+name)
}

// createRun makes a run's folder and its run file. Of several runs that want the same
// one gets it; for the others, as for one that finds a run there, or one of agents that can go
// on, it is an error of usage.
func createRun(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, usage(err)
	}
	if _, err := os.Lstat(filepath.Join(dir, fleetStateFile)); err == nil {
		return nil, usage(fmt.Errorf("%s holds a run of agents that has not ended; go on with the command that led it, name another folder or remove it", dir))
	}
	f, err := os.OpenFile(filepath.Join(dir, runfile.FileName), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, fs.ErrExist) {
		err = fmt.Errorf("%s holds a run already; name another folder or remove it", dir)
	}
	return f, usage(err)
}

// canWrite makes the folder of a file that is to be written at the end, and tries whether one
// can be written there. An empty path can.
func canWrite(path string) error {
	if path == "" {
		return nil
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a folder", path)
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".kvbench.*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
