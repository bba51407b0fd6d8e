// Sessions, mended: a location's cache keeps a session for half a minute and no longer, so
// that a log-out is seen sooner everywhere, and a session that KV does not know yet is told
// by its signature for the first minute.

interface Env {
  SESSIONS: KVNamespace;
  SECRET: string;
}

interface Session {
  userId: string;
  expiresAt: number;
}

const day = 24 * 60 * 60;
const unseen = 60_000; // how long a write may stay unseen elsewhere
const text = new TextEncoder();

async function key(env: Env): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", text.encode(env.SECRET), { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
}

const hex = (b: ArrayBuffer) => [...new Uint8Array(b)].map((n) => n.toString(16).padStart(2, "0")).join("");
const bytes = (s: string) => new Uint8Array((s.match(/../g) ?? []).map((n) => parseInt(n, 16)));

// An id is uuid.user.created.signature: who made it need not be asked.
async function createSession(env: Env, userId: string): Promise<string> {
  const now = Date.now();
  const claim = `${crypto.randomUUID()}.${userId}.${now}`;
  const id = `${claim}.${hex(await crypto.subtle.sign("HMAC", await key(env), text.encode(claim)))}`;
  await env.SESSIONS.put(`session:${id}`, JSON.stringify({ userId, expiresAt: now + day * 1000 }), {
    expirationTtl: day,
    metadata: { createdAt: now },
  });
  return id;
}

async function getSession(env: Env, id: string): Promise<Session | null> {
  const [uuid, userId, created, signature = ""] = id.split(".");
  const claim = `${uuid}.${userId}.${created}`;
  if (!(await crypto.subtle.verify("HMAC", await key(env), bytes(signature), text.encode(claim)))) return null;
  const data = await env.SESSIONS.get<Session>(`session:${id}`, { type: "json", cacheTtl: 30 });
  if (data === null && Date.now() < Number(created) + unseen) {
    return { userId, expiresAt: Number(created) + day * 1000 };
  }
  return data && data.expiresAt >= Date.now() ? data : null;
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
