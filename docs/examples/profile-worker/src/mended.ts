// The same API, mended.

interface Env {
  USERS: KVNamespace;
  SESSIONS: KVNamespace;
}

interface Session {
  user: string;
}

const hour = 3600;
const fields = ["name", "visits", "theme"];

// login gives a session that lives for an hour.
async function login(env: Env, user: string): Promise<Response> {
  const id = crypto.randomUUID();
  await env.SESSIONS.put(`session:${id}`, JSON.stringify({ user }), { expirationTtl: hour });
  return Response.json({ session: id });
}

// update writes a key per field, and none that the request does not name: two updates of
// one profile take nothing from each other.
async function update(env: Env, user: string, changes: Record<string, unknown>): Promise<Response> {
  const known = Object.entries(changes).filter(([field]) => fields.includes(field));
  await Promise.all(known.map(([field, value]) => env.USERS.put(`user:${user}:${field}`, JSON.stringify(value))));
  return new Response(null, { status: 204 });
}

// show gives a profile, and notes that somebody looked at it after the answer is out.
async function show(env: Env, ctx: ExecutionContext, user: string): Promise<Response> {
  const values = await env.USERS.get(fields.map((field) => `user:${user}:${field}`));
  const profile: Record<string, unknown> = {};
  for (const field of fields) {
    const value = values.get(`user:${user}:${field}`);
    if (value) profile[field] = JSON.parse(value);
  }
  ctx.waitUntil(env.USERS.put(`looked-at:${user}`, String(Date.now())).catch((e) => console.warn(String(e))));
  return Response.json(profile);
}

export default {
  async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
    const [, what, id] = new URL(request.url).pathname.split("/");
    switch (`${request.method} ${what}`) {
      case "POST login":
        return login(env, id);
      case "GET session": // a session ends an hour after its login, however often it is used
        return (await env.SESSIONS.get<Session>(`session:${id}`, "json"))
          ? new Response("welcome back")
          : new Response("log in first", { status: 401 });
      case "PATCH user":
        return update(env, id, await request.json());
      case "GET user":
        return show(env, ctx, id);
    }
    return new Response("not here", { status: 404 });
  },
};
