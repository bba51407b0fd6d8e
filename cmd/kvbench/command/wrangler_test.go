package command

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// wranglerVariable names the path of wrangler; the nightly installs it from npm.
const wranglerVariable = "KVBENCH_WRANGLER"

// Cloudflare's own command line, as it is, against the emulator.
func TestWrangler(t *testing.T) {
	program := os.Getenv(wranglerVariable)
	if program == "" {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is not set, and CI has to have wrangler", wranglerVariable)
		}
		t.Skipf("%s does not name wrangler", wranglerVariable)
	}
	base, token := startEmulator(t, "--namespace", "bench")
	dir := t.TempDir()
	for name, text := range map[string]string{
		"pairs.json": `[{"key":"x","value":"1"},{"key":"y","value":"eA==","base64":true,"metadata":{"b":2}}]`,
		"keys.json":  `["x","y"]`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const key = "a/b ?#%+ü"
	in := []string{"--remote", "--namespace-id", ""}
	for _, tt := range []struct {
		args []string // of wrangler kv; those of in are added where ns is true
		ns   bool
		want string // a pattern of what it prints
	}{
		{args: []string{"namespace", "list"}, want: `"id": "([0-9a-f]{32})"[^}]*"title": "bench"`},
		{args: []string{"namespace", "create", "made"}, want: `"id": "[0-9a-f]{32}"`},
		{args: []string{"key", "put", key, "hello", "--ttl", "100", "--metadata", `{"a":1}`}, ns: true, want: "Writing the value"},
		{args: []string{"key", "get", key}, ns: true, want: "^hello"},
		{args: []string{"bulk", "put", "pairs.json"}, ns: true, want: "Success"},
		{args: []string{"key", "list"}, ns: true, want: `(?s)"name": "a/b \?#%\+ü",\s+"expiration": \d+,\s+"metadata": \{\s+"a": 1.*"name": "x".*"name": "y".*"b": 2`},
		{args: []string{"bulk", "get", "keys.json"}, ns: true, want: `(?s)"x": "1",\s+"y": "x"`},
		{args: []string{"bulk", "delete", "keys.json", "--force"}, ns: true, want: "Success"},
		{args: []string{"key", "delete", key}, ns: true, want: "Deleting the key"},
		{args: []string{"key", "list"}, ns: true, want: `^\[\]`},
	} {
		args := append([]string{"kv"}, tt.args...)
		if tt.ns {
			args = append(args, in...)
		}
		c := exec.CommandContext(t.Context(), program, args...)
		c.Dir = dir
		c.Env = append(os.Environ(), "CLOUDFLARE_API_TOKEN="+token, "CLOUDFLARE_ACCOUNT_ID="+testAccount,
			"CLOUDFLARE_API_BASE_URL="+base, "WRANGLER_SEND_METRICS=false", "NO_COLOR=1", "HOME="+dir)
		out, err := c.CombinedOutput()
		m := regexp.MustCompile(tt.want).FindStringSubmatch(string(out))
		if err != nil || m == nil {
			t.Fatalf("wrangler %s: %v\n%s\nwant %s", strings.Join(args, " "), err, out, tt.want)
		}
		if len(m) > 1 {
			in[2] = m[1]
		}
	}
}
