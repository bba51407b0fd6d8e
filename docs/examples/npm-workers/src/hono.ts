// hono: a router in front of KV, with its middleware for CORS, ETags and bearer tokens.
import { Hono } from "hono";
import { bearerAuth } from "hono/bearer-auth";
import { cors } from "hono/cors";
import { etag } from "hono/etag";

type Env = { Bindings: { POSTS: KVNamespace; TOKEN: string } };
type Post = { title: string; text: string };

const app = new Hono<Env>();
app.use("*", cors());
app.use("/posts/*", etag());
app.use("/posts/*", (c, next) => (c.req.method === "GET" ? next() : bearerAuth({ token: c.env.TOKEN })(c, next)));

app.get("/posts/:id", async (c) => {
  const post = await c.env.POSTS.get<Post>(`post:${c.req.param("id")}`, { type: "json", cacheTtl: 300 });
  return post ? c.json(post) : c.notFound();
});

app.put("/posts/:id", async (c) => {
  const post = await c.req.json<Post>();
  await c.env.POSTS.put(`post:${c.req.param("id")}`, JSON.stringify(post));
  return c.json({ ok: true });
});

export default app;
