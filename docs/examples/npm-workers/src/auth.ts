// @auth/unstorage-adapter: the users and sessions of Auth.js in KV, by unstorage.
import { UnstorageAdapter } from "@auth/unstorage-adapter";
import { createStorage } from "unstorage";
import cloudflareKVBindingDriver from "unstorage/drivers/cloudflare-kv-binding";

type Env = { AUTH: KVNamespace };

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const adapter = UnstorageAdapter(createStorage({ driver: cloudflareKVBindingDriver({ binding: env.AUTH }) }) as never);
    const { pathname } = new URL(request.url);
    if (request.method === "POST") {
      const id = crypto.randomUUID();
      const user = await adapter.createUser!({ id, email: `${id}@example.com`, emailVerified: null });
      const sessionToken = crypto.randomUUID();
      await adapter.createSession!({ sessionToken, userId: user.id, expires: new Date(Date.now() + 3600_000) });
      return Response.json({ sessionToken });
    }
    const found = await adapter.getSessionAndUser!(pathname.slice(1));
    return found ? Response.json({ user: found.user.email, expires: found.session.expires }) : new Response("none", { status: 401 });
  },
};
