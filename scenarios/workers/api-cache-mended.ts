// API response caching, mended: null, 0 and "" are answers, an origin's error is not cached,
// and the answer does not wait for its put.

interface Env {
  MY_KV: KVNamespace;
}

async function getCachedData<T>(
  env: Env,
  ctx: ExecutionContext,
  key: string,
  fetcher: () => Promise<T>,
): Promise<{ data: T; from: "kv" | "origin" }> {
  const cached = await env.MY_KV.get<{ data: T }>(key, "json");
  if (cached !== null) return { data: cached.data, from: "kv" };

  const data = await fetcher();
  ctx.waitUntil(
    env.MY_KV.put(key, JSON.stringify({ data }), { expirationTtl: 300 }).catch((e) => console.warn(`cache of ${key}: ${e}`)),
  );
  return { data, from: "origin" };
}

export default {
  async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
    const path = new URL(request.url).pathname;
    try {
      const { data, from } = await getCachedData(env, ctx, `cache:${path}`, async () => {
        const response = await fetch(`https://api.example.com${path}`);
        if (!response.ok) throw new Error(`the origin answered ${response.status}`);
        return response.json();
      });
      return Response.json(data, { headers: { "kvbench-outcome": data === null ? "absent" : from } });
    } catch (e) {
      return new Response(String(e), { status: 502 });
    }
  },
};
