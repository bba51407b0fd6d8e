package wrangler_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"kvbench/internal/wrangler"

	"github.com/google/go-cmp/cmp"
)

func write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

const asJSON = `{
	// the API
	"name": "api", "main": "src/index.ts",
	"compatibility_date": "2026-01-01", "compatibility_flags": ["nodejs_compat"],
	"kv_namespaces": [{"binding": "CACHE", "id": "abc"}, {"binding": "USERS", "id": "def"},],
	"vars": {"LIMIT": 5, "MODE": "fast", "DEEP": {"a": [1]}},
	"define": {"VERSION": "\"1\""},
	"triggers": {"crons": ["*/5 * * * *"]},
	"env": {"staging": {"vars": {"MODE": "slow"}}},
	"d1_databases": [{"binding": "DB", "database_id": "x"}],
	"durable_objects": {"bindings": [{"name": "ROOM", "class_name": "Room"}]},
	"queues": {"producers": [{"queue": "q", "binding": "QUEUE"}]},
	"ai": {"binding": "AI"},
}
`

const asTOML = `# the API
name = "api"
main = "src/index.ts"
compatibility_date = "2026-01-01"
compatibility_flags = ["nodejs_compat"]
kv_namespaces = [{ binding = "CACHE", id = "abc" }, { binding = "USERS", id = "def" }]

[vars]
LIMIT = 5
MODE = "fast"
DEEP = { a = [1] }

[define]
VERSION = "\"1\""

[triggers]
crons = ["*/5 * * * *"]

[env.staging.vars]
MODE = "slow"

[[d1_databases]]
binding = "DB"
database_id = "x"

[[durable_objects.bindings]]
name = "ROOM"
class_name = "Room"

[[queues.producers]]
queue = "q"
binding = "QUEUE"

[ai]
binding = "AI"
`

// Both formats say the same.
func TestRead(t *testing.T) {
	want := &wrangler.Config{
		Name: "api", Main: "src/index.ts", Date: "2026-01-01", Flags: []string{"nodejs_compat"},
		Namespaces: []wrangler.Namespace{{Binding: "CACHE", ID: "abc"}, {Binding: "USERS", ID: "def"}},
		Vars: []wrangler.Var{
			{Name: "DEEP", Value: json.RawMessage(`{"a":[1]}`)},
			{Name: "LIMIT", Value: json.RawMessage("5")},
			{Name: "MODE", Value: json.RawMessage(`"fast"`)},
		},
		Crons: []string{"*/5 * * * *"}, Define: map[string]string{"VERSION": `"1"`}, Environments: []string{"staging"},
		Others: []wrangler.Other{{Binding: "AI", Kind: "Workers AI"}, {Binding: "DB", Kind: "a D1 database"}, {Binding: "QUEUE", Kind: "a queue"}, {Binding: "ROOM", Kind: "a Durable Object"}},
	}
	for name, text := range map[string]string{"wrangler.jsonc": asJSON, "wrangler.json": asJSON, "wrangler.toml": asTOML} {
		want.File = write(t, name, text)
		got, err := wrangler.Read(want.File)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

// What is wrong is told where it stands.
func TestReadWrong(t *testing.T) {
	for name, test := range map[string]struct {
		file, text   string
		line, column int
	}{
		"no JSON":            {"wrangler.jsonc", "{\n  // that\n  \"main\": oops\n}", 3, 11},
		"a number":           {"wrangler.json", "{\n  \"main\": 5\n}", 2, 11},
		"after its end":      {"wrangler.json", "{}\n{}", 2, 1},
		"cut off":            {"wrangler.json", "{\"main\": \"a\"", 1, 13},
		"no TOML":            {"wrangler.toml", "name = \"a\"\nmain = oops\n", 2, 8},
		"a number in TOML":   {"wrangler.toml", "name = \"a\"\nmain = 5\n", 2, 8},
		"no binding":         {"wrangler.toml", "kv_namespaces = [{id = \"a\"}]\n", 0, 0},
		"a binding twice":    {"wrangler.toml", "kv_namespaces = [{binding = \"A\"}, {binding = \"A\"}]\n", 0, 0},
		"larger than a file": {"wrangler.json", string(make([]byte, 2<<20)), 0, 0},
	} {
		_, err := wrangler.Read(write(t, test.file, test.text))
		bad, ok := errors.AsType[*wrangler.Error](err)
		if !ok {
			t.Errorf("%s: %v", name, err)
		} else if bad.Line != test.line || bad.Column != test.column || bad.File == "" {
			t.Errorf("%s: %v, want it at %d:%d", name, bad, test.line, test.column)
		}
	}
}

// The nearest file counts, and of one folder's the first.
func TestFind(t *testing.T) {
	root := t.TempDir()
	deep := filepath.Join(root, "a", "b")
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := wrangler.Find(deep); !errors.Is(err, fs.ErrNotExist) {
		t.Skipf("a folder above has one: %v", err)
	}
	for _, name := range []string{"wrangler.toml", "wrangler.json", "a/wrangler.toml"} {
		if err := os.WriteFile(filepath.Join(root, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for dir, want := range map[string]string{deep: "a/wrangler.toml", root: "wrangler.json"} {
		got, err := wrangler.Find(dir)
		if err != nil || got != filepath.Join(root, want) {
			t.Errorf("from %s: %s, %v; want %s", dir, got, err, want)
		}
	}
}
