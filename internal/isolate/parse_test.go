package isolate_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kvbench/internal/isolate"
	"kvbench/internal/script"
)

// What the engine can't parse is told at its place in the sources, or by the script's name
// where no source has it.
func TestSyntaxOfTheEngine(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "index.js")
	if err := os.WriteFile(file, []byte("export default {\n  fetch() { return marker(); },\n};\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ old, new, want string }{
		{"marker()", "mark er()", "index.js:2:"},
		{"marker()", "marker())))", "index.js:2:"},
		{"marker();", "marker();}}}}}}}}}", "index.js"},
	} {
		b, err := script.Build(file, script.Options{Root: dir})
		if err != nil {
			t.Fatal(err)
		}
		b.Code = strings.Replace(b.Code, test.old, test.new, 1)
		if _, err := isolate.Compile(b); err == nil || !strings.HasPrefix(err.Error(), test.want) || !strings.Contains(err.Error(), ": SyntaxError: ") {
			t.Errorf("%s: %v", test.new, err)
		}
	}
}
