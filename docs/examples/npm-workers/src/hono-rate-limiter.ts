// hono-rate-limiter with @hono-rate-limiter/cloudflare's WorkersKVStore, as its README shows it.
import { WorkersKVStore } from "@hono-rate-limiter/cloudflare";
import { type Context, Hono, type Next } from "hono";
import { rateLimiter } from "hono-rate-limiter";

type Env = { Bindings: { CACHE: KVNamespace } };

const app = new Hono<Env>();

app.use((c: Context<Env>, next: Next) =>
  rateLimiter<Env>({
    windowMs: 15 * 60 * 1000,
    limit: 100,
    standardHeaders: "draft-6",
    keyGenerator: (c) => c.req.header("cf-connecting-ip") ?? "",
    store: new WorkersKVStore({ namespace: c.env.CACHE }),
  })(c, next),
);

app.get("/", (c) => c.text("hello"));

export default app;
