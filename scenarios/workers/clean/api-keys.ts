// An API key is looked up by its hash.
interface Env {
  KV: KVNamespace;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const key = new TextEncoder().encode(request.headers.get("x-api-key") ?? "");
    const hash = [...new Uint8Array(await crypto.subtle.digest("SHA-256", key))].map((b) => b.toString(16).padStart(2, "0")).join("");
    const owner = await env.KV.get(`key:${hash}`, { cacheTtl: 60 });
    return owner === null ? new Response("no such key", { status: 403 }) : new Response(owner);
  },
};
