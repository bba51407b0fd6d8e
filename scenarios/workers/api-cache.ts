// API response caching as published: KV, then the origin, whose answer is put into KV.

interface Env {
  MY_KV: KVNamespace;
}

async function getCachedData<T>(env: Env, key: string, fetcher: () => Promise<T>): Promise<{ data: T; from: "kv" | "origin" }> {
  const cached = await env.MY_KV.get<T>(key, "json");
  if (cached) return { data: cached, from: "kv" };

  const data = await fetcher();
  await env.MY_KV.put(key, JSON.stringify(data), { expirationTtl: 300 });
  return { data, from: "origin" };
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const path = new URL(request.url).pathname;
    const { data, from } = await getCachedData(env, `cache:${path}`, () =>
      fetch(`https://api.example.com${path}`).then((r) => r.json()),
    );
    return Response.json(data, { headers: { "kvbench-outcome": data === null ? "absent" : from } });
  },
};
