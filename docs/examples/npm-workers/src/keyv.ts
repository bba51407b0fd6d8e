// keyv with @keyv/cloudflare-kv on a binding: notes, each written once, read often.
import KeyvCloudflareKV from "@keyv/cloudflare-kv";
import Keyv from "keyv";

type Env = { NOTES: KVNamespace };

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const keyv = new Keyv(new KeyvCloudflareKV({ kvNamespace: env.NOTES }), { useKeyPrefix: false });
    if (request.method === "POST") {
      const id = crypto.randomUUID();
      await keyv.set(id, await request.json(), 24 * 3600 * 1000);
      return Response.json({ id }, { status: 201 });
    }
    const note = await keyv.get(new URL(request.url).pathname.slice(1));
    return note === undefined ? new Response("no such note", { status: 404 }) : Response.json(note);
  },
};
