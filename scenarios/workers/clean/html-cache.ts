// Pages made of a template in KV, kept in the location's cache.
interface Env {
  KV: KVNamespace;
}

export default {
  async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
    const cached = await caches.default.match(request);
    if (cached) {
      return cached;
    }
    const template = await env.KV.get("template");
    const response = new Response((template ?? "").replace("{path}", new URL(request.url).pathname), {
      headers: { "content-type": "text/html", "cache-control": "max-age=300" },
    });
    ctx.waitUntil(caches.default.put(request, response.clone()));
    return response;
  },
};
