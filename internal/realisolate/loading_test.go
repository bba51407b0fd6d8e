package realisolate_test

import (
	"strings"
	"testing"

	"kvbench/internal/clock"
	"kvbench/internal/realisolate"
	"kvbench/internal/script/scripttest"
	"kvbench/internal/workerd/workerdtest"
)

// What a script throws while it is loaded is told at its place in the author's own files.
func TestThrowsWhenLoaded(t *testing.T) {
	const handler = `
export default { fetch() { return new Response(String(n)); } };`
	for name, tt := range map[string]struct {
		files []string
		want  string
	}{
		"in a module that is imported": {
			[]string{"index.ts", `import { n } from "./table";` + handler, "table.ts", `interface Row { a: number }
export const n = build({ a: 1 });
function build(row: Row): number {
  throw new TypeError("no table: " + row.a);
}`},
			"table.ts:4:9: the script throws when it is loaded: TypeError: no table: 1",
		},
		"below more calls than are kept of what the process said": {
			[]string{"index.ts", `const n = deep(9);
function deep(n: number): number {
  if (n === 0) throw new RangeError("deep");
  return deep(n - 1);
}` + handler},
			"index.ts:3:22: the script throws when it is loaded: RangeError: deep",
		},
		"in a package": {
			[]string{
				"index.ts", `import { make } from "lib";
const n = make();` + handler,
				"node_modules/lib/package.json", `{"name":"lib","type":"module","main":"lib.js"}`,
				"node_modules/lib/lib.js", `export function make() { throw new Error("lib"); }`,
			},
			"index.ts:2:11: the script throws when it is loaded: Error: lib",
		},
		"what is no exception of a line": {
			[]string{"index.ts", `import { nothing } from "cloudflare:nothing";
const n = nothing();` + handler},
			`cloudflare:nothing`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, file := scripttest.Project(t, tt.files...)
			var log strings.Builder
			r, err := realisolate.Start(t.Context(), realisolate.Config{
				Executable: workerdtest.Need(t), Bundle: build(t, file, true),
				Bindings: bindings, Vars: vars, Absent: absent,
				Locations: 1, Isolates: 2, Clock: clock.NewWall(), Log: &log,
			})
			if err == nil {
				r.Close()
				t.Fatal("it starts")
			}
			if got := err.Error(); got != tt.want && (strings.Contains(tt.want, "throws") || !strings.Contains(got, tt.want)) {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if strings.Contains(tt.want, "throws") && log.Len() > 0 {
				t.Errorf("nothing was logged, and the log has %q", log.String())
			}
		})
	}
}
