// Redirects out of a table in KV.
interface Env {
  KV: KVNamespace;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const to = await env.KV.get(`redirect:${new URL(request.url).pathname}`, { cacheTtl: 3600 });
    return to === null ? new Response("no such page", { status: 404 }) : Response.redirect(to, 301);
  },
};
