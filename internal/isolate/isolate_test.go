package isolate_test

import (
	"testing"
)

func TestGetFromKV(t *testing.T) {
	w := newWorld(t, "")
	i := w.isolate(project(t, "src/index.ts", `
interface Env { KV: any }
export default {
	async fetch(request: Request, env: Env, ctx: any): Promise<Response> {
		const key = request.url.split("/")[3];
		let v = await env.KV.get(key);
		if (v === null) {
			await env.KV.put(key, "one");
			v = await env.KV.get(key);
		}
		return new Response(key + "=" + v);
	},
};`))
	if got := w.body(i, "/a"); got != "a=one" {
		t.Error(got)
	}
	t.Log(w.sites)
}
