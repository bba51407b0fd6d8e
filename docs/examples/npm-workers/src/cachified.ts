// @epic-web/cachified with cachified-adapter-cloudflare-kv, as its README shows it.
import { type Cache, cachified } from "@epic-web/cachified";
import { cloudflareKvCacheAdapter } from "cachified-adapter-cloudflare-kv";

type Env = { KV: KVNamespace };

async function getUser(id: string, cache: Cache, ctx: ExecutionContext): Promise<unknown> {
  return cachified({
    key: `user-${id}`,
    cache,
    async getFreshValue() {
      const response = await fetch(`https://api.example.com/users/${id}`);
      return response.json();
    },
    ttl: 60_000,
    staleWhileRevalidate: 300_000,
    waitUntil: ctx.waitUntil.bind(ctx),
  });
}

export default {
  async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
    const cache = cloudflareKvCacheAdapter({ kv: env.KV, keyPrefix: "mycache", name: "CloudflareKV" });
    return Response.json(await getUser(new URL(request.url).pathname.slice(1), cache, ctx));
  },
};
