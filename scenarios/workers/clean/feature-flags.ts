// Three flags in one bulk get.
interface Env {
  KV: KVNamespace;
}

export default {
  async fetch(_request: Request, env: Env): Promise<Response> {
    const flags = await env.KV.get(["flag:a", "flag:b", "flag:c"]);
    return Response.json(Object.fromEntries([...flags].map(([name, value]) => [name, value === "on"])));
  },
};
