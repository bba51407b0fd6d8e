// GET and PUT of /KEY are those of the namespace; GET of / answers without it.
export default {
  async fetch(request, env) {
    const key = new URL(request.url).pathname.slice(1);
    if (key === "") return new Response("none");
    if (request.method === "PUT") {
      await env.KV.put(key, await request.text());
      return new Response("");
    }
    const value = await env.KV.get(key);
    return value === null ? new Response("", { status: 404 }) : new Response(value);
  },
};
