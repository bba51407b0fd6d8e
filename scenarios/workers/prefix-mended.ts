// Prefix-based namespacing, mended: list calls until the listing is complete, and an id is
// what follows the prefix and holds no colon.

interface Env {
  KV: KVNamespace;
}

const users = "user:";

async function listUserIds(env: Env): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page: KVNamespaceListResult<unknown> = await env.KV.list({ prefix: users, cursor });
    for (const { name } of page.keys) {
      const id = name.slice(users.length);
      if (!id.includes(":")) ids.push(id); // user:123:settings is no user
    }
    cursor = page.list_complete ? undefined : page.cursor;
  } while (cursor !== undefined);
  return ids;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const id = new URL(request.url).pathname.slice("/users/".length);
    if (id === "") {
      return Response.json(await listUserIds(env), { headers: { "kvbench-outcome": "listed" } });
    }
    if (request.method === "PUT") {
      await env.KV.put(users + id, JSON.stringify(await request.json()));
      return new Response(null, { status: 204, headers: { "kvbench-outcome": "set" } });
    }
    return Response.json(await env.KV.get(users + id, "json"), { headers: { "kvbench-outcome": "read" } });
  },
};
