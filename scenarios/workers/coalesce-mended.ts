// A key per field: an update writes the fields that it changes and nothing else, so that no
// update takes another's away. It waits for all of its puts, also when one is refused: what
// is in flight when an invocation ends is cancelled.

interface Env {
  USERS: KVNamespace;
}

type Profile = Record<string, string>;

const fields = ["name", "email", "role", "team"];
const key = (id: string, field: string) => `user:${id}:${field}`;

async function readProfile(env: Env, id: string): Promise<Profile | null> {
  const values = await env.USERS.get(fields.map((field) => key(id, field)));
  const profile: Profile = {};
  for (const field of fields) {
    const value = values.get(key(id, field));
    if (value !== null && value !== undefined) profile[field] = value;
  }
  return Object.keys(profile).length > 0 ? profile : null;
}

async function updateProfile(env: Env, id: string, changes: Profile): Promise<void> {
  const puts = await Promise.allSettled(Object.entries(changes).map(([field, value]) => env.USERS.put(key(id, field), value)));
  for (const put of puts) {
    if (put.status === "rejected") throw put.reason;
  }
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const id = new URL(request.url).pathname.slice("/user/".length);
    if (request.method === "PATCH") {
      await updateProfile(env, id, await request.json());
      return new Response(null, { status: 204, headers: { "kvbench-outcome": "updated" } });
    }
    return Response.json(await readProfile(env, id), { headers: { "kvbench-outcome": "read" } });
  },
};
