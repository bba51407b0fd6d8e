// A coalesced object: all fields in one key. An update of some fields reads the object,
// changes it and puts it back.

interface Env {
  USERS: KVNamespace;
}

type Profile = Record<string, string>;

async function readProfile(env: Env, id: string): Promise<Profile | null> {
  return env.USERS.get<Profile>(`user:${id}:profile`, "json");
}

async function updateProfile(env: Env, id: string, changes: Profile): Promise<boolean> {
  const profile = await readProfile(env, id);
  await env.USERS.put(`user:${id}:profile`, JSON.stringify({ ...profile, ...changes }));
  return profile === null;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const id = new URL(request.url).pathname.slice("/user/".length);
    if (request.method === "PATCH") {
      const created = await updateProfile(env, id, await request.json());
      return new Response(null, { status: 204, headers: { "kvbench-outcome": created ? "created" : "updated" } });
    }
    return Response.json(await readProfile(env, id), { headers: { "kvbench-outcome": "read" } });
  },
};
