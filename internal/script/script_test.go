package script_test

import (
	"errors"
	"strings"
	"testing"

	"kvbench/internal/script"
	"kvbench/internal/script/scripttest"

	"github.com/google/go-cmp/cmp"
)

// build writes files into a project and bundles the first.
func build(t *testing.T, files ...string) (*script.Bundle, error) {
	t.Helper()
	dir, path := scripttest.Project(t, files...)
	return script.Build(path, script.Options{Root: dir, Define: map[string]string{"VERSION": `"v7"`}})
}

// All that is wrong is told, each at its place.
func TestErrors(t *testing.T) {
	for _, test := range []struct {
		name string
		want []string
		in   []string
	}{
		{
			"syntax",
			[]string{"src/index.ts:2:13: Expected \"=>\" but found \";\""},
			[]string{"src/index.ts", "const a = 1;\nconst b = ();\n"},
		},
		{
			"missing imports",
			[]string{`src/index.ts:1:19: Could not resolve "./none"`, `src/other.ts:1:8: Could not resolve "no-such-package"`},
			[]string{"src/index.ts", `import { a } from "./none"; import "./other"; console.log(a);`, "src/other.ts", `import "no-such-package";`},
		},
		{
			"built-ins",
			[]string{
				"index.ts:1:16: node:fs is not here; the real runtime has it with nodejs_compat",
				"index.ts:2:24: crypto is not here; the real runtime has it with nodejs_compat",
				"index.ts:3:25: cloudflare:sockets is not here; the real runtime has it",
				"index.ts:4:18: ./a.wasm: WebAssembly and binary modules are not here; the real runtime has them",
			},
			[]string{"index.ts", "import fs from \"node:fs\";\nimport { subtle } from \"crypto\";\nimport { connect } from \"cloudflare:sockets\";\n" +
				"import wasm from \"./a.wasm\";\nconsole.log(fs, subtle, connect, wasm);"},
		},
		{
			"await at the top",
			[]string{"index.ts:2:11: top-level await is not here; the real runtime has it: await inside of a function"},
			[]string{"index.ts", "const p = Promise.resolve(1);\nconst v = await p;\nexport default { fetch() { return new Response(String(v)); } };"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := build(t, test.in...)
			var e *script.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			var got []string
			for _, p := range e.Problems {
				text, _, _ := strings.Cut(p.String(), "\n")
				got = append(got, text)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Types, JSON, text, defined names, packages by their conditions, a package with the name
// of a built-in module, and imports of types alone are bundled.
func TestBundle(t *testing.T) {
	b, err := build(t,
		"src/index.ts", `import type { Other } from "node:fs";
import data from "./data.json";
import text from "./page.txt";
import { which } from "conditional";
import { shim } from "buffer";
declare const VERSION: string;
export default { fetch(): string { return [data.answer, text, which, shim, VERSION, process.env.NODE_ENV].join(); } };`,
		"src/data.json", `{"answer": 42}`, "src/page.txt", "some text",
		"node_modules/conditional/package.json", `{"name": "conditional", "exports": {"workerd": "./workerd.js", "default": "./node.js"}}`,
		"node_modules/conditional/workerd.js", `export const which = "for workerd";`,
		"node_modules/conditional/node.js", `export const which = "some other";`,
		"node_modules/buffer/package.json", `{"name": "buffer", "main": "index.js"}`,
		"node_modules/buffer/index.js", `exports.shim = "a shim";`,
	)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"42", "some text", "for workerd", "a shim", `"v7"`, `"production"`} {
		if !strings.Contains(b.Code, part) {
			t.Errorf("%s is missing in\n%s", part, b.Code)
		}
	}
	if strings.Contains(b.Code, "some other") || b.Name != "src/index.ts" || !b.Modules {
		t.Errorf("%s: %v", b.Name, b.Modules)
	}
	for _, test := range []struct {
		code string
		want script.Place
		own  bool
	}{
		{"fetch() {", script.Place{File: "src/index.ts", Line: 7, Column: 18}, true},
		{`"for workerd"`, script.Place{File: "node_modules/conditional/workerd.js", Line: 1, Column: 22}, false},
	} {
		before, _, _ := strings.Cut(b.Code, test.code)
		line, column := 1+strings.Count(before, "\n"), len(before)-strings.LastIndex(before, "\n")
		if got, own := b.Site(line, column); got != test.want || own != test.own {
			t.Errorf("%s: got %v %v, want %v", test.code, got, own, test.want)
		}
	}
}
