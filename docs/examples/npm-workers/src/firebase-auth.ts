// firebase-auth-cloudflare-workers: verifies a token with Google's public keys, kept in KV.
import { Auth, WorkersKVStoreSingle } from "firebase-auth-cloudflare-workers";

type Env = { PUBLIC_JWK_CACHE_KV: KVNamespace };

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const auth = Auth.getOrInitialize("example-project", WorkersKVStoreSingle.getOrInitialize("public-jwk", env.PUBLIC_JWK_CACHE_KV));
    try {
      const token = await auth.verifyIdToken(request.headers.get("Authorization")!.replace(/Bearer\s+/i, ""), false);
      return Response.json(token);
    } catch (e) {
      return new Response(String(e), { status: 401 });
    }
  },
};
