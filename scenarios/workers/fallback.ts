// The error boundary as published: whatever goes wrong, the default is given.

interface Env {
  KV: KVNamespace;
}

async function resilientGet<T>(env: Env, key: string, fallback: T): Promise<T> {
  try {
    const value = await env.KV.get<T>(key, "json");
    return value ?? fallback;
  } catch (err) {
    console.error(`KV error for ${key}:`, err);
    return fallback;
  }
}

const fallback = { theme: "light", maxItems: 10 };

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const key = new URL(request.url).pathname.slice(1);
    const config = await resilientGet(env, key, fallback);
    return Response.json(config, { headers: { "kvbench-outcome": config === fallback ? "fallback" : "value" } });
  },
};
