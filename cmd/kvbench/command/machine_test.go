package command

import (
	"runtime"
	"testing"
)

// The version is that of the module and of the commit, as far as they are known.
func TestBuild(t *testing.T) {
	on := ", " + runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH
	const commit = "0123456789abcdef0123456789abcdef01234567"
	for _, test := range []struct {
		build
		short, all string
	}{
		{build{}, "(devel)", "kvbench (devel), commit unknown"},
		{build{version: "(devel)", commit: commit, path: "kvbench"}, "0123456789ab", "kvbench (devel), commit " + commit},
		{build{version: "v1.2.3", path: "example.com/kvbench"}, "v1.2.3", "example.com/kvbench v1.2.3, commit unknown"},
		{build{version: "(devel)", commit: commit, changed: true}, "0123456789ab+changes", "kvbench (devel), commit " + commit + " with changes"},
		{build{version: "v1.2.3+dirty", commit: commit, changed: true}, "v1.2.3+dirty", "kvbench v1.2.3+dirty, commit " + commit + " with changes"},
	} {
		if got := test.build.short(); got != test.short {
			t.Errorf("%+v is %s, want %s", test.build, got, test.short)
		}
		if got := test.build.String(); got != test.all+on {
			t.Errorf("%+v is %s, want %s", test.build, got, test.all+on)
		}
	}
}
