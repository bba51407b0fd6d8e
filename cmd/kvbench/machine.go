package main

import (
	"os"
	"runtime"
	"runtime/debug"

	"kvbench/internal/runfile"
)

// machine is the part of a run file's header that says where it ran.
func machine() runfile.Header {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return runfile.Header{
		Version: version(), Go: runtime.Version(),
		OS: runtime.GOOS, Arch: runtime.GOARCH, CPUs: runtime.NumCPU(), Host: host,
	}
}

// version is the version of this build: a module's version, or the commit.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v, dirty := info.Main.Version, ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision" && (v == "" || v == "(devel)"):
			v = s.Value[:min(12, len(s.Value))]
		case s.Key == "vcs.modified" && s.Value == "true":
			dirty = "+changes"
		}
	}
	if v == "" {
		v = "(devel)"
	}
	return v + dirty
}
