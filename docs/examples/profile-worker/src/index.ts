// A small API for profiles, with three bugs that no test of one request at a time shows.

interface Env {
  USERS: KVNamespace;
  SESSIONS: KVNamespace;
}

interface Profile {
  name: string;
  visits: number;
  theme: string;
}

interface Session {
  user: string;
  seen: number;
}

// login gives a session that lives for an hour.
async function login(env: Env, user: string): Promise<Response> {
  const id = crypto.randomUUID();
  const session: Session = { user, seen: Date.now() };
  await env.SESSIONS.put(`session:${id}`, JSON.stringify(session), { expirationTtl: 3600 });
  return Response.json({ session: id });
}

// touch notes when a session was last seen.
async function touch(env: Env, id: string): Promise<Session | null> {
  const session = await env.SESSIONS.get<Session>(`session:${id}`, "json");
  if (session) {
    session.seen = Date.now();
    await env.SESSIONS.put(`session:${id}`, JSON.stringify(session));
  }
  return session;
}

// update changes what the request names and leaves the rest.
async function update(env: Env, user: string, changes: Partial<Profile>): Promise<Response> {
  const profile = await env.USERS.get<Profile>(`user:${user}`, "json");
  await env.USERS.put(`user:${user}`, JSON.stringify({ ...profile, ...changes }));
  return new Response(null, { status: 204 });
}

// show gives a profile, and notes that somebody looked at it.
async function show(env: Env, user: string): Promise<Response> {
  const profile = await env.USERS.get(`user:${user}`);
  env.USERS.put(`looked-at:${user}`, String(Date.now()));
  return profile ? new Response(profile) : new Response("no such user", { status: 404 });
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const [, what, id] = new URL(request.url).pathname.split("/");
    switch (`${request.method} ${what}`) {
      case "POST login":
        return login(env, id);
      case "GET session":
        return (await touch(env, id)) ? new Response("welcome back") : new Response("log in first", { status: 401 });
      case "PATCH user":
        return update(env, id, await request.json());
      case "GET user":
        return show(env, id);
    }
    return new Response("not here", { status: 404 });
  },
};
