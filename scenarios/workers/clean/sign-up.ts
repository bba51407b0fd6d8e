// A user is written once, under a name that nobody else writes.
interface Env {
  KV: KVNamespace;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    if (request.method === "POST") {
      const user = { id: crypto.randomUUID(), ...(await request.json<{ name: string }>()) };
      await Promise.all([env.KV.put(`user:${user.id}`, JSON.stringify(user)), env.KV.put(`by-name:${user.name}:${user.id}`, "")]);
      return Response.json(user, { status: 201 });
    }
    return Response.json(await env.KV.get(`user:${new URL(request.url).pathname.slice(1)}`, "json"));
  },
};
