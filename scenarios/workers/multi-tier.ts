// Multi-tier caching as published: the isolate's memory, then KV, then the origin.

interface Env {
  CACHE: KVNamespace;
}

type Tier = "memory" | "kv" | "origin";

const memoryCache = new Map<string, { data: unknown; expires: number }>();

async function getCached(env: Env, key: string): Promise<{ data: unknown; tier: Tier }> {
  const now = Date.now();

  // L1: memory (fastest)
  const cached = memoryCache.get(key);
  if (cached && cached.expires > now) {
    return { data: cached.data, tier: "memory" };
  }

  // L2: KV (fast)
  const kvValue = await env.CACHE.get(key, "json");
  if (kvValue) {
    memoryCache.set(key, { data: kvValue, expires: now + 60_000 }); // a minute in memory
    return { data: kvValue, tier: "kv" };
  }

  // L3: origin (slow)
  const origin = await fetch(`https://api.example.com/${key}`).then((r) => r.json());

  // Backfill the caches.
  await env.CACHE.put(key, JSON.stringify(origin), { expirationTtl: 300 }); // five minutes in KV
  memoryCache.set(key, { data: origin, expires: now + 60_000 });
  return { data: origin, tier: "origin" };
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const key = new URL(request.url).pathname.slice(1);
    const { data, tier } = await getCached(env, key);
    return Response.json(data, { headers: { "kvbench-outcome": tier } });
  },
};
