// @cloudflare/workers-oauth-provider: a client registers, a user allows it, it gets a token
// and asks an API with it.
import { type OAuthHelpers, OAuthProvider } from "@cloudflare/workers-oauth-provider";

type Env = { OAUTH_KV: KVNamespace; OAUTH_PROVIDER: OAuthHelpers };

const api = {
  async fetch(_request: Request, _env: Env, ctx: ExecutionContext): Promise<Response> {
    return Response.json((ctx as unknown as { props: unknown }).props);
  },
};

const pages = {
  async fetch(request: Request, env: Env): Promise<Response> {
    if (new URL(request.url).pathname !== "/authorize") {
      return new Response("no such page", { status: 404 });
    }
    const asked = await env.OAUTH_PROVIDER.parseAuthRequest(request);
    const userId = crypto.randomUUID();
    const { redirectTo } = await env.OAUTH_PROVIDER.completeAuthorization({
      request: asked, userId, metadata: {}, scope: asked.scope, props: { userId },
    });
    return Response.json({ code: new URL(redirectTo).searchParams.get("code") });
  },
};

export default new OAuthProvider<Env>({
  apiRoute: "/api",
  apiHandler: api as never,
  defaultHandler: pages as never,
  authorizeEndpoint: "/authorize",
  tokenEndpoint: "/oauth/token",
  clientRegistrationEndpoint: "/oauth/register",
  scopesSupported: ["read"],
  requiredScopes: ["read"],
  resourceMetadata: { resource: "https://worker.example.com/api", authorization_servers: ["https://worker.example.com"] },
});
