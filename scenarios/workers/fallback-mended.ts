// The error boundary, mended: absent and failed are told apart, and who asks can tell; after
// an error the isolate answers with what it last read.

interface Env {
  KV: KVNamespace;
}

const lastKnown = new Map<string, unknown>();

async function resilientGet<T>(env: Env, key: string, fallback: T): Promise<{ value: T; from: "value" | "fallback" | "last-known" | "failed" }> {
  try {
    const value = await env.KV.get<T>(key, "json");
    if (value === null) return { value: fallback, from: "fallback" };
    lastKnown.set(key, value);
    return { value, from: "value" };
  } catch (err) {
    console.error(`KV error for ${key}:`, err);
    return lastKnown.has(key) ? { value: lastKnown.get(key) as T, from: "last-known" } : { value: fallback, from: "failed" };
  }
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const key = new URL(request.url).pathname.slice(1);
    const { value, from } = await resilientGet(env, key, { theme: "light", maxItems: 10 });
    return Response.json(value, { headers: { "kvbench-outcome": from, "x-config-from": from } });
  },
};
