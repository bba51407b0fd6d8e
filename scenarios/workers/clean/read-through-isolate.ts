// The same, and the requests of an isolate share one fill.
interface Env {
  KV: KVNamespace;
}

const fills = new Map<string, Promise<string>>();

async function load(id: string, env: Env): Promise<string> {
  const cached = await env.KV.get(`page:${id}`, { cacheTtl: 60 });
  if (cached !== null) {
    return cached;
  }
  const fresh = await (await fetch(`https://api.example.com/${id}`)).text();
  await env.KV.put(`page:${id}`, fresh, { expirationTtl: 3600 }).catch(() => {});
  return fresh;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const id = new URL(request.url).pathname.slice(1);
    let filling = fills.get(id);
    if (filling === undefined) {
      filling = load(id, env).finally(() => fills.delete(id));
      fills.set(id, filling);
    }
    return new Response(await filling);
  },
};
