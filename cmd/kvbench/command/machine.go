package command

import (
	"cmp"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"

	"kvbench/internal/runfile"
)

// machine is the part of a run file's header that says where it ran.
func machine() runfile.Header {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return runfile.Header{
		Version: readBuild().short(), Go: runtime.Version(),
		OS: runtime.GOOS, Arch: runtime.GOARCH, CPUs: runtime.NumCPU(), Host: host,
	}
}

// build is what is known of how this kvbench was built.
type build struct {
	version string // the module's; empty or (devel) where it was built from a working tree
	commit  string // empty where that is not known
	changed bool   // the working tree was not as the commit has it
	path    string // the module's
}

func readBuild() build {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return build{}
	}
	b := build{version: info.Main.Version, path: info.Main.Path}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.commit = s.Value
		case "vcs.modified":
			b.changed = s.Value == "true"
		}
	}
	return b
}

// short is the version, or where there is none the commit.
func (b build) short() string {
	v := b.version
	if (v == "" || v == "(devel)") && b.commit != "" {
		v = b.commit[:min(12, len(b.commit))]
	}
	v = cmp.Or(v, "(devel)")
	if b.changed && !strings.HasSuffix(v, "+dirty") { // which go appends itself
		v += "+changes"
	}
	return v
}

// String is what --version prints: the module and its version, the commit, and Go's
// version and system.
func (b build) String() string {
	commit := cmp.Or(b.commit, "unknown")
	if b.changed {
		commit += " with changes"
	}
	return fmt.Sprintf("%s %s, commit %s, %s %s/%s", cmp.Or(b.path, "kvbench"), cmp.Or(b.version, "(devel)"), commit,
		runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
