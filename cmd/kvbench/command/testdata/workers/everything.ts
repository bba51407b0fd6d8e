// A bit of all that could differ between two runs.
const started = Math.random();
let invocations = 0;

export default {
	async fetch(request: Request, env: { KV: KVNamespace }, ctx: ExecutionContext): Promise<Response> {
		const key = new URL(request.url).pathname;
		const cached = await caches.default.match(request);
		if (cached) return new Response(await cached.text(), { status: 203 });
		const value = { n: ++invocations, started, at: Date.now(), id: crypto.randomUUID(), old: await env.KV.get(key) };
		if (Math.random() < 0.3) ctx.waitUntil(env.KV.put(key, JSON.stringify({ ...value, old: null }), { expirationTtl: 60 }));
		if (value.id[0] < "4") await new Promise((resolve) => setTimeout(resolve, 20 * Math.random()));
		if (value.at % 5 === 0) return new Response("the odd one", { status: 404 });
		if (Math.random() < 0.1) throw new Error("now and then");
		const bytes = crypto.getRandomValues(new Uint8Array(1 + (value.n % 40)));
		const response = Response.json({ ...value, bytes: [...bytes] }, { headers: { "cache-control": "max-age=" + (bytes[0] % 9) } });
		if (Math.random() < 0.5) ctx.waitUntil(caches.default.put(request, response.clone()));
		return response;
	},
};
