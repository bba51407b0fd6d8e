package realisolate_test

import (
	"context"
	"fmt"
	"testing"

	"kvbench/internal/clock"
	"kvbench/internal/isolate"
	"kvbench/internal/script/scripttest"
	"kvbench/kv"

	"github.com/google/go-cmp/cmp"
)

// A put whose value or metadata is refused for its size is a call, and one whose key is too long is none:
// in this process and on the real runtime.
func TestRefusedForItsSize(t *testing.T) {
	for name, tt := range map[string]struct {
		call  string
		calls int
	}{
		"value one byte over":   {fmt.Sprintf(`env.A.put("k", new Uint8Array(%d))`, kv.MaxValueBytes+1), 1},
		"value a megabyte over": {fmt.Sprintf(`env.A.put("k", new Uint8Array(%d))`, kv.MaxValueBytes+1<<20), 1},
		"key":                   {fmt.Sprintf(`env.A.put("k".repeat(%d), "v")`, kv.MaxKeyBytes+1), 0},
		"metadata":              {fmt.Sprintf(`env.A.put("k", "v", { metadata: "m".repeat(%d) })`, kv.MaxMetadataBytes+1), 1},
	} {
		t.Run(name, func(t *testing.T) {
			c := clock.NewWall()
			_, file := scripttest.Project(t, "index.js", `export default { async fetch(request, env) {
  try { await `+tt.call+`; } catch (e) { return new Response(e.message); }
  return new Response(await env.A.get("k"));
} };`)
			own, real := both(t, c, file)
			by := func(i invoker) seen {
				return invoke(t, false, c, open(t, c), func(ctx context.Context, h isolate.Host) (isolate.Result, error) { return i.Fetch(ctx, h, get("/")) })
			}
			want, got := by(own), by(real)
			if len(want.Calls) != tt.calls {
				t.Errorf("it makes the calls %q, want %d", want.Calls, tt.calls)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("in this process and on the real runtime:\n%s", diff)
			}
		})
	}
}
