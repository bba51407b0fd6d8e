// Multi-tier caching, mended: falsy values are values, an origin's error is not cached, a
// backfill that KV refuses fails no request, and keys do not expire together.

interface Env {
  CACHE: KVNamespace;
}

type Tier = "memory" | "kv" | "origin";
type Cached = { data: unknown };

const memoryCache = new Map<string, Cached & { expires: number }>();

// A fifth shorter at most, so that keys that were filled together do not expire together;
// KV takes no TTL below a minute.
const jittered = (seconds: number) => Math.max(60, Math.round(seconds * (1 - Math.random() / 5)));

async function getCached(env: Env, ctx: ExecutionContext, key: string): Promise<Cached & { tier: Tier }> {
  const now = Date.now();
  const cached = memoryCache.get(key);
  if (cached && cached.expires > now) {
    return { data: cached.data, tier: "memory" };
  }

  // What is kept is an object, so that null from KV always means absent.
  const kept = await env.CACHE.get<Cached>(key, "json");
  if (kept !== null) {
    memoryCache.set(key, { data: kept.data, expires: now + jittered(60) * 1000 });
    return { data: kept.data, tier: "kv" };
  }

  const response = await fetch(`https://api.example.com/${key}`);
  if (!response.ok) {
    throw new Error(`the origin answered ${response.status}`);
  }
  const data = await response.json();
  memoryCache.set(key, { data, expires: now + jittered(60) * 1000 });
  ctx.waitUntil(
    env.CACHE.put(key, JSON.stringify({ data }), { expirationTtl: jittered(300) }).catch((e) => console.warn(`backfill of ${key}: ${e}`)),
  );
  return { data, tier: "origin" };
}

export default {
  async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
    const key = new URL(request.url).pathname.slice(1);
    try {
      const { data, tier } = await getCached(env, ctx, key);
      return Response.json(data, { headers: { "kvbench-outcome": tier } });
    } catch (e) {
      return new Response(String(e), { status: 502 });
    }
  },
};
