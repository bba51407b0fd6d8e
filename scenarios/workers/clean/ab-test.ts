// A visitor is given a variant by weights in KV.
interface Env {
  KV: KVNamespace;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const weights = await env.KV.get<Record<string, number>>("weights", { type: "json", cacheTtl: 60 });
    let at = [...new URL(request.url).pathname].reduce((sum, c) => sum + c.charCodeAt(0), 0) % 100;
    for (const [name, weight] of Object.entries(weights ?? {})) {
      at -= weight;
      if (at < 0) {
        return new Response(name, { headers: { "set-cookie": `variant=${name}` } });
      }
    }
    return new Response("control");
  },
};
