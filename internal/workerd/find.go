package workerd

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// Version is the version of workerd's package that all was tried with.
const Version = "1.20261117.1"

// Variable names the executable where the caller does not.
const Variable = "KVBENCH_WORKERD"

// packages are workerd's on npm, by GOOS/GOARCH: each is the executable, and needs no Node.
var packages = map[string]string{
	"darwin/amd64": "@cloudflare/workerd-darwin-64",
	"darwin/arm64": "@cloudflare/workerd-darwin-arm64",
	"linux/amd64":  "@cloudflare/workerd-linux-64",
	"linux/arm64":  "@cloudflare/workerd-linux-arm64",
}

// Find returns the path of workerd's executable: the one named, else that of the variable
// KVBENCH_WORKERD, else the one of make workerd, else that on PATH. Where there is none, the
// error has the command that installs it.
func Find(named string) (executable string, err error) {
	for _, by := range []struct{ whom, path string }{{"--workerd", named}, {Variable, os.Getenv(Variable)}} {
		if by.path == "" {
			continue
		}
		if executable, err = usable(by.path); err != nil {
			return "", fmt.Errorf("%s: %w", by.whom, err)
		}
		return executable, nil
	}
	pkg, there := packages[runtime.GOOS+"/"+runtime.GOARCH]
	if there {
		if dir, err := installFolder(); err == nil {
			executable, err = usable(filepath.Join(dir, "node_modules", filepath.FromSlash(pkg), "bin", "workerd"))
			if err == nil {
				return executable, nil
			}
			if !errors.Is(err, os.ErrNotExist) {
				return "", fmt.Errorf("%w; make workerd installs it anew", err)
			}
		}
	}
	onPath, err := exec.LookPath("workerd")
	if err == nil {
		if executable, err = usable(onPath); err == nil {
			return executable, nil
		}
		return "", fmt.Errorf("PATH: %w", err)
	}
	if !there {
		return "", fmt.Errorf("there is no workerd for %s/%s; name one of your own with --workerd or %s", runtime.GOOS, runtime.GOARCH, Variable)
	}
	install, err := installCommand(pkg)
	if err != nil {
		return "", fmt.Errorf("workerd is not installed: %w", err)
	}
	return "", fmt.Errorf("workerd, the runtime of Workers, is not installed; in a checkout of kvbench run make workerd, or anywhere\n  %s\nor name one with --workerd or %s", install, Variable)
}

// installFolder is the folder of make workerd, one for each version.
func installFolder() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "kvbench", "workerd", Version), nil
}

// installCommand is what make workerd runs.
func installCommand(pkg string) (string, error) {
	dir, err := installFolder()
	if err != nil {
		return "", err
	}
	return fmt.Sprintf(`npm install --no-audit --no-fund --ignore-scripts --prefix "%s" %s@%s`, dir, pkg, Version), nil
}

// usable returns the absolute path of an executable that can be run as it is.
func usable(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() || runtime.GOOS != "windows" && info.Mode()&0o111 == 0 {
		return "", fmt.Errorf("%s is not an executable file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	var start [2]byte
	if _, err := io.ReadFull(f, start[:]); err != nil {
		return "", fmt.Errorf("%s is not an executable file: %w", path, err)
	}
	if string(start[:]) == "#!" {
		return "", fmt.Errorf("%s is a script that starts workerd; name the executable itself: node_modules/%s/bin/workerd",
			path, packages[runtime.GOOS+"/"+runtime.GOARCH])
	}
	return filepath.Abs(path)
}

// What is waited for and kept of what an executable says of its version.
const (
	versionWithin = 10 * time.Second
	maxVersion    = 200 // bytes
)

// VersionOf asks an executable for its version, "2026-11-17": that of the package is its date.
func VersionOf(ctx context.Context, executable string) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, versionWithin, fmt.Errorf("no answer within %v", versionWithin))
	defer cancel()
	var said short
	cmd := exec.CommandContext(ctx, executable, "--version")
	cmd.Env, cmd.Stdout, cmd.WaitDelay = environment(os.Environ()), &said, time.Second
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s does not say that it is workerd: %s --version: %w", executable, executable, cmp.Or(said.err, context.Cause(ctx), err))
	}
	name, version, found := strings.Cut(string(bytes.TrimSpace(said.text)), " ")
	if !found || name != "workerd" {
		return "", fmt.Errorf("%s does not say that it is workerd; name another with --workerd or %s", executable, Variable)
	}
	return version, nil
}

// short takes what a program says of its version, which is no more than a line.
type short struct {
	text []byte
	err  error
}

func (s *short) Write(p []byte) (int, error) {
	if len(s.text)+len(p) > maxVersion {
		s.err = fmt.Errorf("it says more than %d bytes", maxVersion)
		return 0, s.err
	}
	s.text = append(s.text, p...)
	return len(p), nil
}
