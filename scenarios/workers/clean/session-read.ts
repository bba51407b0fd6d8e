// Who is logged in, of a session that another Worker made.
interface Env {
  KV: KVNamespace;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const id = request.headers.get("cookie")?.match(/sid=(\w+)/)?.[1];
    const session = id === undefined ? null : await env.KV.get<{ user: string }>(`session:${id}`, "json");
    return session === null ? new Response("log in first", { status: 401 }) : Response.json(session);
  },
};
