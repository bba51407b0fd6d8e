package command

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// A scenario file that is not below the folder in which the leader works, beside the script that it names, is run by
// agents as one process runs it.
func TestAgentsRunAFileOfAnotherFolder(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"x/s.yaml": `driver: embedded://?locations=2&profile=edge&propagation=10s
scenarios:
  - name: scripted
    question: Q?
    pattern: worker
    script: worker.ts
    requests: [{path: "/{key}"}]
    load: {rate: 10/s, arrivals: poisson, duration: 20s}
    keys: {count: 5}
    repeat: 4
  - name: other
    question: Q?
    pattern: worker
    script: deeper/other.ts
    requests: [{path: "/{key}"}]
    load: {rate: 10/s, duration: 20s}
    keys: {count: 5}
`,
		"x/wrangler.jsonc":    `{"kv_namespaces": [{"binding": "KV", "id": "0"}]}`,
		"x/worker.ts":         "import { answer } from './lib/answer'\nexport default { fetch: answer }\n",
		"x/lib/answer.ts":     "export async function answer(request: Request, env: { KV: any }) {\n  const name = new URL(request.url).pathname.slice(1)\n  return new Response(await env.KV.get(name))\n}\n",
		"x/deeper/other.ts":   "import { answer } from '../lib/answer'\nexport default { fetch: answer }\n",
		"works/here/empty.md": "",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(filepath.Join(dir, "works", "here"))
	for n, file := range []string{filepath.Join("..", "..", "x", "s.yaml"), filepath.Join(dir, "x", "s.yaml")} {
		whole, out := filepath.Join(dir, "whole", string(rune('a'+n))), filepath.Join(dir, "led", string(rune('a'+n)))
		run(t, exitOK, "run", file, "--quiet", "--detect", "--out", whole, "--format", "json")
		leader := start(t, "run", file, "--detect", "--agents", "2", "--out", out, "--format", "json")
		url := leader.saw(t, fleetURL)
		for range 2 {
			start(t, "agent", "--nats", url, "--once")
		}
		leader.ends(t, exitOK)
		if got, want := common(t, out), common(t, whole); !bytes.Equal(got, want) {
			t.Errorf("%s: agents give another file than one process: %d bytes, want %d", file, len(got), len(want))
		}
	}
}
