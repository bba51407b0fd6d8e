// Each event of a webhook under its own name, with the time at which it may be forgotten.
interface Env {
  KV: KVNamespace;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const id = request.headers.get("x-event-id") ?? "";
    if ((await env.KV.get(`event:${id}`)) !== null) {
      return new Response("seen before");
    }
    await env.KV.put(`event:${id}`, await request.text(), { expirationTtl: 86_400 });
    return new Response("kept", { status: 202 });
  },
};
