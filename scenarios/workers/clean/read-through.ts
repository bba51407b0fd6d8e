// A cache of what never changes at its origin, filled after the response.
interface Env {
  KV: KVNamespace;
}

export default {
  async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
    const id = new URL(request.url).pathname.slice(1);
    const cached = await env.KV.get(`page:${id}`);
    if (cached !== null) {
      return new Response(cached);
    }
    const fresh = await (await fetch(`https://api.example.com/${id}`)).text();
    ctx.waitUntil(env.KV.put(`page:${id}`, fresh, { expirationTtl: 3600 }).catch(() => {}));
    return new Response(fresh);
  },
};
