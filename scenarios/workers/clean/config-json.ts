// A configuration with metadata, read through a cacheTtl.
interface Env {
  KV: KVNamespace;
}

export default {
  async fetch(_request: Request, env: Env): Promise<Response> {
    const { value, metadata } = await env.KV.getWithMetadata<{ theme: string }, { version: number }>("config", { type: "json", cacheTtl: 300 });
    return Response.json(value, { headers: { etag: `"${metadata?.version ?? 0}"` } });
  },
};
