// Sessions as published: created with KV's TTL, and checked against the expiresAt inside.

interface Env {
  SESSIONS: KVNamespace;
}

interface Session {
  userId: string;
  expiresAt: number;
}

async function createSession(env: Env, userId: string): Promise<string> {
  const sessionId = crypto.randomUUID();
  const expiresAt = Date.now() + 24 * 60 * 60 * 1000;
  await env.SESSIONS.put(`session:${sessionId}`, JSON.stringify({ userId, expiresAt }), {
    expirationTtl: 86400,
    metadata: { createdAt: Date.now() },
  });
  return sessionId;
}

async function getSession(env: Env, sessionId: string): Promise<Session | null> {
  const data = await env.SESSIONS.get<Session>(`session:${sessionId}`, "json");
  if (!data || data.expiresAt < Date.now()) return null;
  return data;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const id = new URL(request.url).pathname.slice("/session/".length);
    switch (request.method) {
      case "POST":
        return Response.json({ id: await createSession(env, id) }, { status: 201, headers: { "kvbench-outcome": "created" } });
      case "DELETE":
        await env.SESSIONS.delete(`session:${id}`);
        return new Response(null, { status: 204, headers: { "kvbench-outcome": "logged-out" } });
      default: {
        const session = await getSession(env, id);
        return session
          ? Response.json(session, { headers: { "kvbench-outcome": "live" } })
          : new Response("log in first", { status: 401, headers: { "kvbench-outcome": "absent" } });
      }
    }
  },
};
