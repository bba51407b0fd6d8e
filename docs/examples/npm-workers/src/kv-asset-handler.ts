// @cloudflare/kv-asset-handler: a site out of KV, through the location's cache.
import { getAssetFromKV, MethodNotAllowedError, NotFoundError } from "@cloudflare/kv-asset-handler";

type Env = { __STATIC_CONTENT: KVNamespace };

// Wrangler makes this one for [site], as __STATIC_CONTENT_MANIFEST.
const manifest: Record<string, string> = { "index.html": "index.1a2b3c.html", "style.css": "style.4d5e6f.css", "logo.svg": "logo.a7b8c9.svg" };

export default {
  async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
    try {
      return await getAssetFromKV(
        { request, waitUntil: (promise: Promise<unknown>) => ctx.waitUntil(promise) },
        { ASSET_NAMESPACE: env.__STATIC_CONTENT, ASSET_MANIFEST: manifest, cacheControl: { edgeTTL: 3600, browserTTL: 60 } },
      );
    } catch (e) {
      if (e instanceof NotFoundError) {
        return new Response("no such page", { status: 404 });
      }
      if (e instanceof MethodNotAllowedError) {
        return new Response("not allowed", { status: 405 });
      }
      throw e;
    }
  },
};
