// @schematichq/schematic-typescript-cloudflare: a cache of checks of flags in KV.
import { CloudflareKVCache } from "@schematichq/schematic-typescript-cloudflare";

type Env = { FLAGS: KVNamespace };
type Check = { value: boolean };

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const cache = new CloudflareKVCache<Check>(env.FLAGS as never, { ttl: 3600_000 });
    const key = new URL(request.url).pathname.slice(1);
    let check = await cache.get(key);
    if (!check) {
      await fetch(`https://api.example.com/flags/${key}`);
      check = { value: key.length % 2 === 0 };
      await cache.set(key, check);
    }
    return Response.json(check);
  },
};
