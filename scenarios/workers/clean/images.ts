// What is known of an image is in its metadata.
interface Env {
  KV: KVNamespace;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const name = `image:${new URL(request.url).pathname.slice(1)}`;
    if (request.method === "PUT") {
      await env.KV.put(name, await request.arrayBuffer(), { metadata: { width: 640, height: 480 } });
      return new Response(null, { status: 204 });
    }
    const { value, metadata } = await env.KV.getWithMetadata<{ width: number }>(name, "arrayBuffer");
    return value === null ? new Response("none", { status: 404 }) : new Response(value, { headers: { "x-width": String(metadata?.width) } });
  },
};
