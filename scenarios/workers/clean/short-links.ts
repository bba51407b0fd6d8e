// Links are made under a name of their own and never changed.
interface Env {
  KV: KVNamespace;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    if (request.method === "POST") {
      const id = crypto.randomUUID();
      await env.KV.put(`link:${id}`, await request.text(), { metadata: { made: Date.now() } });
      return Response.json({ id }, { status: 201 });
    }
    const to = await env.KV.get(`link:${new URL(request.url).pathname.slice(1)}`);
    return to === null ? new Response("none", { status: 404 }) : Response.redirect(to);
  },
};
