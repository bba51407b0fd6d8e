// A page of users; the client asks for the next by its cursor.
interface Env {
  KV: KVNamespace;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const cursor = new URL(request.url).searchParams.get("cursor") ?? undefined;
    const page = await env.KV.list({ prefix: "user:", limit: 50, cursor });
    return Response.json({ names: page.keys.map((k) => k.name), cursor: page.list_complete ? "" : page.cursor });
  },
};
