import { waitUntil, env as top } from "cloudflare:workers";
interface Env { A: KVNamespace; B: KVNamespace; GREETING: string; NUM: number; }
const long = "k".repeat(505), longest = "é".repeat(256);
async function tell(f: () => Promise<unknown>): Promise<unknown> {
  try { return await f() } catch (e) { return `${(e as Error).name}: ${(e as Error).message}` }
}
export default {
  async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
    const u = new URL(request.url);
    switch (u.pathname) {
      case "/throw": throw new TypeError("boom");
      case "/string": throw "text";
      case "/kvthrow": await env.A.put("x", "v", { expirationTtl: 1 }); break;
      case "/hang": await new Promise(() => {}); break;
      case "/wait": ctx.waitUntil(env.A.put("w", "1")); ctx.waitUntil(Promise.reject(new Error("late"))); break;
      case "/wait2": waitUntil(env.A.put("w2", "1").then(() => env.A.get("w2"))); break;
      case "/unawaited": env.A.put("un", "1"); break;
      case "/none": return undefined as unknown as Response;
      case "/cookie": { const h = new Headers({ "x-a": "1" }); h.append("set-cookie", "a=1"); h.append("set-cookie", "b=2"); return new Response(null, { status: 204, headers: h }) }
      case "/stream": { const { readable, writable } = new TransformStream(); const w = writable.getWriter(); (async () => { for (let i = 0; i < 3; i++) { await new Promise((r) => setTimeout(r, 10)); await w.write(new TextEncoder().encode("part" + i)); } await w.close(); })(); return new Response(readable) }
      case "/big": return new Response(new Uint8Array(101_000_000));
      case "/kv": {
        const out: Record<string, unknown> = {};
        await env.A.put("m", "v", { metadata: { a: "ü" } });
        out.meta = await env.A.getWithMetadata("m");
        await env.B.put("m", "other");
        out.b = await env.B.get("m");
        await env.A.put(long, "L"); out.long = await env.A.get(long);
        await env.A.put(longest, "LL"); out.longest = await env.A.get(longest);
        out.tooLong = await tell(() => env.A.get("k".repeat(513)));
        out.empty = await tell(() => env.A.get(""));
        out.dot = await tell(() => env.A.put(".", "x"));
        out.bulk = [...await env.A.get(["m", "zz", long])];
        out.bulkMeta = [...await env.A.getWithMetadata(["m", "zz"])];
        out.bulk0 = await tell(() => env.A.get([]));
        out.list = await env.A.list({ prefix: "m" });
        out.page = (await env.A.list({ limit: 1 })).list_complete;
        const p1 = await env.A.list({ limit: 1 }); out.p2 = (await env.A.list({ limit: 1, cursor: (p1 as { cursor: string }).cursor })).keys.length;
        out.json = (await tell(() => env.A.get("m", "json")) as string).split(":")[0];
        out.cacheTtl = await tell(() => env.A.get("m", { cacheTtl: 1 }));
        out.ttl = await tell(() => env.A.put("m", "v", { expirationTtl: 5 }));
        out.del = await env.A.delete("m");
        out.num = await tell(() => env.A.get(5 as unknown as string));
        out.badtype = await tell(() => env.A.get("m", "nope" as "text"));
        out.badvalue = await tell(() => env.A.put("m", {} as string));
        out.vars = [env.GREETING, env.NUM, (top as unknown as Env).GREETING, typeof (top as unknown as Env).A.get];
        out.absent = await tell(async () => (env as unknown as { DB: { prepare(): unknown } }).DB.prepare());
        return Response.json(out);
      }
      case "/caches": {
        const c = caches.default, url = "https://x.com/a?b=1";
        const before = await c.match(url);
        await c.put(url, new Response("cached", { headers: { "cache-control": "max-age=60", "x-t": "1" } }));
        const hit = await c.match(url);
        const o = await caches.open("named"); const miss = await o.match(url);
        return Response.json({ before: before === undefined, hit: await hit!.text(), s: hit!.headers.get("cf-cache-status"), miss: miss === undefined, del: await c.delete(url), del2: await c.delete(url), priv: await tell(async () => { await c.put(url, new Response("x", { headers: { "cache-control": "no-store" } })); return (await c.match(url)) === undefined }) });
      }
      case "/fetch": {
        const r = await fetch("https://api.example.com/x?y=1", { headers: { a: "b" } });
        const body = await r.json() as { origin: string; version: number };
        return Response.json({ origin: body.origin, s: r.status, ct: r.headers.get("content-type"), bad: await tell(() => fetch("https://nowhere.example.com/")) });
      }
    }
    return Response.json({ url: request.url, method: request.method, headers: [...request.headers].filter(([name]) => name !== "host" && name !== "content-length"), cf: request.cf, body: await request.text() });
  },
};
