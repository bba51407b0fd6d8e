package script

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A module for the real runtime keeps what the language and the runtime have, and each place
// in it has its source.
func TestModule(t *testing.T) {
	dir := t.TempDir()
	const source = `import { env } from "cloudflare:workers";
import { createHash } from "crypto";
import { connect } from "node:net";
const one: number = await Promise.resolve(1);
export default { fetch() { return new Response([env, createHash, connect, one].join()); } };
`
	file := filepath.Join(dir, "index.ts")
	if err := os.WriteFile(file, []byte(source), 0o666); err != nil {
		t.Fatal(err)
	}
	b, err := Build(file, Options{Module: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`from "` + WorkersModule + `"`, `from "node:crypto"`, `from "node:net"`, "await Promise.resolve(1)", "export {"} {
		if !strings.Contains(b.Code, want) {
			t.Errorf("there is no %s in\n%s", want, b.Code)
		}
	}
	for n, line := range strings.Split(b.Code, "\n") {
		at := strings.Index(line, "new Response")
		if at < 0 {
			continue
		}
		if place, own := b.Site(n+1, at+1); !own || place.File != "index.ts" || place.Line != 5 || place.Column != 35 {
			t.Errorf("it is at %+v, own: %v", place, own)
		}
	}
	if _, err := Build(file, Options{}); err == nil {
		t.Error("what the real runtime alone has is taken")
	}
}
