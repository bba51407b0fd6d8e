// unstorage: its driver cloudflare-kv-binding below one storage, as its documentation shows.
import { createStorage } from "unstorage";
import cloudflareKVBindingDriver from "unstorage/drivers/cloudflare-kv-binding";

type Env = { STORAGE: KVNamespace };
type Visit = { count: number; last?: string };

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const storage = createStorage({ driver: cloudflareKVBindingDriver({ binding: env.STORAGE }) });
    const { pathname } = new URL(request.url);
    if (pathname === "/users") {
      return Response.json(await storage.getKeys("users"));
    }
    const key = `users:${pathname.slice("/users/".length)}`;
    if (request.method === "POST") {
      const visit = (await storage.getItem<Visit>(key)) ?? { count: 0 };
      visit.count++;
      await storage.setItem(key, visit);
      return Response.json(visit);
    }
    const visit = await storage.getItem<Visit>(key);
    return visit ? Response.json(visit) : new Response("no such user", { status: 404 });
  },
};
