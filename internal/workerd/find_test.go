package workerd

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// apart gives a test a cache folder, a home and a PATH of its own.
func apart(t *testing.T) (cache, path string) {
	t.Helper()
	home := t.TempDir()
	path = filepath.Join(home, "path")
	t.Setenv("HOME", home)
	t.Setenv("XDG_CACHE_HOME", "")
	t.Setenv("PATH", path)
	t.Setenv(Variable, "")
	cache, err := installFolder()
	if err != nil {
		t.Fatal(err)
	}
	return cache, path
}

func put(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

func TestFind(t *testing.T) {
	pkg, there := packages[runtime.GOOS+"/"+runtime.GOARCH]
	if !there {
		t.Skip("no package for this system")
	}
	cache, path := apart(t)
	if _, err := Find(""); err == nil || !strings.Contains(err.Error(), "make workerd") ||
		!strings.Contains(err.Error(), `npm install`) || !strings.Contains(err.Error(), cache) {
		t.Errorf("with none: %v", err)
	}
	// Each is preferred to those before it.
	installed := filepath.Join(cache, "node_modules", pkg, "bin", "workerd")
	variable, named := filepath.Join(path, "of-the-variable"), filepath.Join(path, "named")
	for _, tt := range []struct{ file, variable, named string }{
		{file: filepath.Join(path, "workerd")},
		{file: installed},
		{file: variable, variable: variable},
		{file: named, variable: variable, named: named},
	} {
		put(t, tt.file, "\x7fELF", 0o700)
		t.Setenv(Variable, tt.variable)
		if got, err := Find(tt.named); got != tt.file {
			t.Errorf("got %s (%v), want %s", got, err, tt.file)
		}
	}
}

func TestFindRefuses(t *testing.T) {
	_, path := apart(t)
	plain, script, short := filepath.Join(path, "plain"), filepath.Join(path, "script"), filepath.Join(path, "short")
	put(t, plain, "\x7fELF", 0o600)
	put(t, script, "#!/usr/bin/env node\n", 0o700)
	put(t, short, "", 0o700)
	for _, tt := range []struct{ named, want string }{
		{plain, "not an executable file"},
		{script, "is a script"},
		{short, "not an executable file"},
		{path, "not an executable file"},
		{filepath.Join(path, "none"), "--workerd: "},
	} {
		if _, err := Find(tt.named); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.named, err, tt.want)
		}
	}
	t.Setenv(Variable, filepath.Join(path, "none"))
	if _, err := Find(""); err == nil || !strings.Contains(err.Error(), Variable+": ") {
		t.Errorf("got %v", err)
	}
}

// make workerd installs what Find looks for.
func TestMakeInstallsWhatIsLookedFor(t *testing.T) {
	program, err := exec.LookPath("make")
	pkg := packages[runtime.GOOS+"/"+runtime.GOARCH]
	if err != nil || pkg == "" {
		t.Skip("there is no make, or no package")
	}
	old := os.Getenv("PATH")
	apart(t)
	t.Setenv("PATH", old) // for uname
	for _, cache := range []string{"", filepath.Join(t.TempDir(), "a b")} {
		t.Setenv("XDG_CACHE_HOME", cache)
		cmd := exec.Command(program, "--no-print-directory", "-C", "../..", "-n", "workerd")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		want, err := installCommand(pkg)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimSpace(string(out)); got != want {
			t.Errorf("make workerd runs\n%s\nand Find tells\n%s", got, want)
		}
	}
}

// All that names the version names the same.
func TestOneVersion(t *testing.T) {
	for _, file := range []string{"../../.ci/run", "../../Makefile"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), Version) {
			t.Errorf("%s does not have %s", file, Version)
		}
	}
	makefile, _ := os.ReadFile("../../Makefile")
	for _, pkg := range packages {
		if system := strings.TrimPrefix(pkg, "@cloudflare/workerd-"); !strings.Contains(string(makefile), ":= "+system+"\n") {
			t.Errorf("make workerd does not know %s", pkg)
		}
	}
}

func TestVersionOf(t *testing.T) {
	got, err := VersionOf(t.Context(), executable(t))
	if day := strings.ReplaceAll(got, "-", ""); err != nil || !strings.Contains(Version, "."+day+".") {
		t.Errorf("got %s (%v), and %s is pinned", got, err, Version)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if got, err := VersionOf(ctx, self); err == nil {
		t.Errorf("a test says that it is workerd %s", got)
	}
}

// A program that is not workerd and has no end of words is not heard to its end.
func TestVersionOfWhatTalksOn(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the program is a shell script")
	}
	program := filepath.Join(t.TempDir(), "talks-on")
	if err := os.WriteFile(program, []byte("#!/bin/sh\nwhile echo workerd 2026-11-17; do :; done\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	got, err := VersionOf(ctx, program)
	if err == nil || !strings.Contains(err.Error(), "more than 200 bytes") || ctx.Err() != nil {
		t.Errorf("got %q, %v", got, err)
	}
}
