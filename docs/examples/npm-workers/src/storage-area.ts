// @worker-tools/cloudflare-kv-storage: KV behind the interface of a StorageArea.
import { StorageArea } from "@worker-tools/cloudflare-kv-storage";

type Env = { AREA: KVNamespace };

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const storage = new StorageArea("settings", { namespace: env.AREA } as never);
    const key = new URL(request.url).pathname.slice(1);
    if (request.method === "PUT") {
      await storage.set(["setting", key], new Map(Object.entries(await request.json<Record<string, unknown>>())));
      return new Response("kept");
    }
    const found = await storage.get<Map<string, unknown>>(["setting", key]);
    return found ? Response.json(Object.fromEntries(found)) : new Response("none", { status: 404 });
  },
};
