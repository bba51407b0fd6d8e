// Prefix-based namespacing as published: one list call, and whatever follows the prefix is
// an id.

interface Env {
  KV: KVNamespace;
}

const PREFIXES = {
  users: "user:",
  sessions: "session:",
  cache: "cache:",
  features: "feature:",
} as const;

async function setUser(env: Env, id: string, data: unknown): Promise<void> {
  await env.KV.put(`${PREFIXES.users}${id}`, JSON.stringify(data));
}

async function getUser(env: Env, id: string): Promise<unknown> {
  return await env.KV.get(`${PREFIXES.users}${id}`, "json");
}

async function listUserIds(env: Env): Promise<string[]> {
  const result = await env.KV.list({ prefix: PREFIXES.users });
  return result.keys.map((k) => k.name.replace(PREFIXES.users, ""));
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const id = new URL(request.url).pathname.slice("/users/".length);
    if (id === "") {
      return Response.json(await listUserIds(env), { headers: { "kvbench-outcome": "listed" } });
    }
    if (request.method === "PUT") {
      await setUser(env, id, await request.json());
      return new Response(null, { status: 204, headers: { "kvbench-outcome": "set" } });
    }
    return Response.json(await getUser(env, id), { headers: { "kvbench-outcome": "read" } });
  },
};
