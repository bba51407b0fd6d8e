// A session, and then the user that it names.
interface Env {
  KV: KVNamespace;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const id = request.headers.get("cookie")?.match(/sid=(\w+)/)?.[1];
    const session = await env.KV.get<{ user: string }>(`session:${id}`, "json");
    if (session === null) {
      return new Response("log in first", { status: 401 });
    }
    return Response.json(await env.KV.get(`user:${session.user}`, "json"));
  },
};
