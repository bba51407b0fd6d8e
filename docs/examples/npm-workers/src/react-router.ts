// React Router's session storage in Workers KV: log in, look, put something into the session, log out.
import { createWorkersKVSessionStorage } from "@react-router/cloudflare";
import { createCookie } from "react-router";

type Env = { SESSIONS: KVNamespace; SECRET: string };
type Data = { user: string; cart: string[] };

const headers = (cookie: string) => ({ headers: { "Set-Cookie": cookie } });

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const cookie = createCookie("__session", { secrets: [env.SECRET], maxAge: 3600, sameSite: "lax", httpOnly: true });
    const { getSession, commitSession, destroySession } = createWorkersKVSessionStorage<Data>({ kv: env.SESSIONS, cookie });
    const session = await getSession(request.headers.get("Cookie"));
    const { pathname, searchParams } = new URL(request.url);
    switch (pathname) {
      case "/login":
        session.set("user", searchParams.get("user") ?? "nobody");
        session.set("cart", []);
        return new Response("welcome", headers(await commitSession(session)));
      case "/cart":
        session.set("cart", [...(session.get("cart") ?? []), searchParams.get("item") ?? ""]);
        return Response.json(session.get("cart"), headers(await commitSession(session)));
      case "/logout":
        return new Response("bye", headers(await destroySession(session)));
    }
    const user = session.get("user");
    return user ? new Response(user) : new Response("log in first", { status: 401 });
  },
};
