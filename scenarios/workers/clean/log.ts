// Each request is noted under a name of its own, after the response.
interface Env {
  KV: KVNamespace;
}

export default {
  async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
    const { pathname } = new URL(request.url);
    ctx.waitUntil(env.KV.put(`log:${Date.now()}:${crypto.randomUUID()}`, pathname, { expirationTtl: 3600 }));
    return new Response("ok");
  },
};
