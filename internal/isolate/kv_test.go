package isolate_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// answers runs one expression after another in a handler, each awaited, and returns what
// each came to as JSON, or the error.
func answers(t *testing.T, w *world, expressions ...string) []string {
	t.Helper()
	var s strings.Builder
	s.WriteString("const show = async (f) => { try { const v = await f(); return v === undefined ? 'undefined' : JSON.stringify(v); }" +
		" catch (e) { return e.name + ': ' + e.message; } };\nexport default { async fetch(request, env, ctx) { const KV = env.KV; const out = [];\n")
	for _, e := range expressions {
		fmt.Fprintf(&s, "out.push(await show(async () => (%s)));\n", e)
	}
	s.WriteString("return new Response(out.join('\\n')); } };")
	return strings.Split(w.body(w.isolate(project(t, "index.js", s.String())), "/"), "\n")
}

func TestKVNamespace(t *testing.T) {
	type row struct{ expression, want string }
	rows := []row{
		{`await KV.get("none")`, `null`},
		{`await KV.get("none", "json")`, `null`},
		{`await KV.put("s", "héllo")`, `undefined`},
		{`await KV.get("s")`, `"héllo"`},
		{`await KV.get("s", { type: "text", cacheTtl: 60 })`, `"héllo"`},
		{`(await KV.get("s", "arrayBuffer")).byteLength`, `6`},
		{`await new Response(await KV.get("s", "stream")).text()`, `"héllo"`},
		{`await KV.put("b", new Uint8Array([1, 2, 3]).subarray(1))`, `undefined`},
		{`[...new Uint8Array(await KV.get("b", "arrayBuffer"))]`, `[2,3]`},
		{`await KV.put("a", new Uint8Array([7]).buffer)`, `undefined`},
		{`[...new Uint8Array(await KV.get("a", { type: "arrayBuffer" }))]`, `[7]`},
		{`await KV.put("j", JSON.stringify({ n: [1, null, "x"] }), { metadata: { v: 2 }, expirationTtl: 120 })`, `undefined`},
		{`await KV.get("j", "json")`, `{"n":[1,null,"x"]}`},
		{`await KV.getWithMetadata("j", "json")`, `{"value":{"n":[1,null,"x"]},"metadata":{"v":2},"cacheStatus":null}`},
		{`await KV.getWithMetadata("none")`, `{"value":null,"metadata":null,"cacheStatus":null}`},
		{`[...await KV.get(["s", "none"])]`, `[["s","héllo"],["none",null]]`},
		{`[...await KV.get(["j"], "json")]`, `[["j",{"n":[1,null,"x"]}]]`},
		{`[...await KV.getWithMetadata(["j", "none"], { type: "json" })]`, `[["j",{"value":{"n":[1,null,"x"]},"metadata":{"v":2}}],["none",null]]`},
		{`await KV.list()`, `{"keys":[{"name":"a"},{"name":"b"},{"name":"j","expiration":1767225720,"metadata":{"v":2}},{"name":"s"}],"list_complete":true,"cacheStatus":null}`},
		{`await KV.list({ prefix: "j", limit: 0, cursor: null })`, `{"keys":[{"name":"j","expiration":1767225720,"metadata":{"v":2}}],"list_complete":true,"cacheStatus":null}`},
		{`(({ keys, list_complete, cursor }) => [keys.length, list_complete, typeof cursor])(await KV.list({ limit: 3 }))`, `[3,false,"string"]`},
		{`(await KV.list({ limit: 3, cursor: (await KV.list({ limit: 3 })).cursor })).keys`, `[{"name":"s"}]`},
		{`await KV.delete("s")`, `undefined`},
		{`await KV.delete("none")`, `undefined`},
		{`await KV.get("s")`, `null`},
		{`await KV.put("n", 42)`, `undefined`},
		{`await KV.get("n")`, `"42"`},
		{`await KV.get(7)`, `null`},
		{`Object.prototype.toString.call(KV.get("x").then) + (KV.get("x") instanceof Promise)`, `"[object Function]true"`},
	}
	var expressions, want []string
	for _, r := range rows {
		expressions, want = append(expressions, r.expression), append(want, r.want)
	}
	if diff := cmp.Diff(want, answers(t, newWorld(t, "profile=none&propagation=0"), expressions...)); diff != "" {
		t.Error(diff)
	}
}

// The texts are those of Workers KV and of workerd's src/workerd/api/kv.c++.
func TestKVErrors(t *testing.T) {
	type row struct{ expression, want string }
	rows := []row{
		{`await KV.put("k", "v", { expirationTtl: 30 })`, `Error: KV PUT failed: 400 Invalid expiration_ttl of 30. Expiration TTL must be at least 60.`},
		{`await KV.put("k", "v", { expirationTtl: 0 })`, `Error: KV PUT failed: 400 Invalid expiration_ttl of 0. Please specify integer greater than 0.`},
		{`await KV.put("k", "v", { expiration: 100 })`, `Error: KV PUT failed: 400 Invalid expiration of 100. Please specify integer greater than the current number of seconds since the UNIX epoch.`},
		{`await KV.put("k", "v", { metadata: "x".repeat(2000) })`, `Error: KV PUT failed: 413 Metadata length of 2002 exceeds limit of 1024.`},
		{`await KV.get("k", { cacheTtl: 10 })`, `Error: KV GET failed: 400 Invalid cache_ttl of 10. Cache TTL must be at least 30.`},
		{`await KV.get("k", { cacheTtl: 0 })`, `Error: KV GET failed: 400 Invalid cache_ttl of 0. Cache TTL must be at least 30.`},
		{`await KV.get("")`, `TypeError: Key name cannot be empty.`},
		{`await KV.get(".")`, `TypeError: "." is not allowed as a key name.`},
		{`await KV.put("..", "v")`, `TypeError: ".." is not allowed as a key name.`},
		{`await KV.delete("x".repeat(513))`, `Error: KV DELETE failed: 414 UTF-8 encoded length of 513 exceeds key length limit of 512.`},
		{`await KV.get()`, `TypeError: Failed to execute 'get' on 'KvNamespace': 1 argument required, but only 0 present.`},
		{`await KV.put("k")`, `TypeError: Failed to execute 'put' on 'KvNamespace': 2 arguments required, but only 1 present.`},
		{`await KV.put("k", { a: 1 })`, `TypeError: KV put() accepts only strings, ArrayBuffers, ArrayBufferViews, and ReadableStreams as values.`},
		{`await KV.list({ limit: 1001 })`, `Error: KV GET failed: 400 Invalid key_count_limit of 1001. Please specify an integer less than 1000.`},
		{`await KV.get([])`, `Error: KV GET_BULK failed: 400 You must request a minimum of 1 key`},
		{`await KV.get(Array(101).fill("k"))`, `Error: KV GET_BULK failed: 400 You can request a maximum of 100 keys`},
		{`await KV.get(["k"], "stream")`, `Error: KV GET_BULK failed: 400 "stream" is not a valid type. Use "json" or "text"`},
		{`await KV.put("k", "{")`, `undefined`},
		{`await KV.put("k", "v")`, `Error: KV PUT failed: 429 Too Many Requests`},
		{`await KV.get("k", "blob")`, `TypeError: Unknown response type. Possible types are "text", "arrayBuffer", "json", and "stream".`},
		{`(await KV.get("k", "json").catch((e) => e)).name`, `"SyntaxError"`},
		{`await KV.delete(["a", "b"])`, `Error: delete of an array of keys is not here; the real runtime has it`},
		{`await (0, KV.get)("k")`, "TypeError: Illegal invocation: function called with incorrect `this` reference. See https://developers.cloudflare.com/workers/observability/errors/#illegal-invocation-errors for details."},
	}
	var expressions, want []string
	for _, r := range rows {
		expressions, want = append(expressions, r.expression), append(want, r.want)
	}
	if diff := cmp.Diff(want, answers(t, newWorld(t, "profile=none&propagation=0&writes=strict"), expressions...)); diff != "" {
		t.Error(diff)
	}
}
