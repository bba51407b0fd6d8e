// Files of a site as streams.
interface Env {
  KV: KVNamespace;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { value, metadata } = await env.KV.getWithMetadata<{ type: string }>(new URL(request.url).pathname.slice(1), { type: "stream", cacheTtl: 3600 });
    return value === null ? new Response("none", { status: 404 }) : new Response(value, { headers: { "content-type": metadata?.type ?? "text/plain" } });
  },
};
