// An address is blocked where a key has its network.
interface Env {
  KV: KVNamespace;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const parts = (request.headers.get("cf-connecting-ip") ?? "").split(".");
    const names = [4, 3, 2].map((n) => `block:${parts.slice(0, n).join(".")}`);
    const found = await env.KV.get(names, { cacheTtl: 60 });
    return [...found.values()].some((v) => v !== null) ? new Response("blocked", { status: 403 }) : new Response("welcome");
  },
};
