// Settings are put whole, without reading what was there.
interface Env {
  KV: KVNamespace;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const name = `settings:${new URL(request.url).pathname.slice(1)}`;
    if (request.method === "PUT") {
      await env.KV.put(name, await request.text()).catch(() => {});
      return new Response(null, { status: 204 });
    }
    return new Response(await env.KV.get(name));
  },
};
