package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"kvbench/internal/printable"
	"kvbench/internal/runfile"
	"kvbench/internal/scenariofile"
	"kvbench/internal/secret"
	"kvbench/scenarios"
)

// defaultFile is the scenario file that is run when none is named.
const defaultFile = "scenarios.yaml"

// loadFile reads the scenario file that the arguments name, or ./scenarios.yaml,
// or the one that kvbench carries. It tells when it reads another file than is named.
// Its errors are of usage.
func loadFile(ctx context.Context, args []string, told io.Writer, secrets *secret.Set) (*scenariofile.File, error) {
	name := defaultFile
	if len(args) > 0 {
		name = args[0]
	}
	name, err := projectFile(name)
	if err != nil {
		return nil, err
	}
	data, err := readFile(ctx, name)
	switch {
	case errors.Is(err, fs.ErrNotExist) && len(args) == 0:
		name, data, err = "built-in "+defaultFile, scenarios.Shipped(), nil
	case err == nil:
		if target, is := linkText(data); is {
			if name, data, err = followLink(ctx, name, target); err == nil {
				fmt.Fprintf(told, "Reading %s, which the file names that is there in place of a link.\n", printable.Line(name))
			}
		}
	}
	if err != nil {
		return nil, unlessStopped(ctx, err)
	}
	file, err := scenariofile.LoadFor(patternOf(name), name, data, patternsFor(ctx), secrets)
	return file, usage(err)
}

// unlessStopped makes an error one of usage, as of a file that can't be read or a plan that
// can't be run, unless the user has stopped the command.
func unlessStopped(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return err
	}
	return usage(err)
}

// readFile reads a scenario file. One that is larger than such a file may be is refused:
// unread where its size is known, else after so many bytes.
func readFile(ctx context.Context, name string) ([]byte, error) {
	tooLarge := fmt.Errorf("%s: the file is larger than %d MiB; split it into several files", name, scenariofile.MaxFileBytes>>20)
	return await(ctx, func() ([]byte, error) { // a pipe may have nobody who writes to it
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() && info.Size() > scenariofile.MaxFileBytes {
			return nil, tooLarge
		}
		data, err := io.ReadAll(io.LimitReader(f, scenariofile.MaxFileBytes+1))
		switch {
		case err != nil:
			return nil, err
		case len(data) > scenariofile.MaxFileBytes:
			return nil, tooLarge
		}
		return data, nil
	})
}

// maxPath is longer than the paths of any system.
const maxPath = 4096

// linkText reports whether a file holds nothing but a path to a YAML file, and which:
// git checks a link out as such a file where it may make none, as on Windows.
func linkText(data []byte) (path string, is bool) {
	if len(data) > maxPath || !utf8.Valid(data) {
		return "", false
	}
	path = string(bytes.TrimRight(data, "\r\n"))
	ext := filepath.Ext(path)
	if ext != ".yaml" && ext != ".yml" || strings.ContainsAny(path, "\r\n\x00") || strings.Contains(path, ": ") {
		return "", false
	}
	return path, true
}

// followLink reads the file that another, name, names as linkText has it.
func followLink(ctx context.Context, name, target string) (path string, data []byte, err error) {
	path = filepath.Join(filepath.Dir(name), filepath.FromSlash(target))
	if info, err := os.Stat(path); filepath.IsAbs(target) || err != nil || !info.Mode().IsRegular() {
		return name, nil, fmt.Errorf("%s:1:1: this is no scenario file but the path %q, and no file is there; where it was a link, "+
			"let git make one (git config core.symlinks true, then git checkout -- %[1]s; on Windows in its developer mode), "+
			"or name the file that it is to lead to", name, target)
	}
	data, err = readFile(ctx, path)
	return path, data, err
}

// openFile opens a run file, or that of a run's folder. Its errors are of usage.
func openFile(ctx context.Context, path string) (*runfile.Run, error) {
	return await(ctx, func() (*runfile.Run, error) {
		run, err := runfile.Open(path)
		return run, usage(err)
	})
}
