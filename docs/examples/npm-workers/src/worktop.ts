// worktop: its router, its cache of responses, and its helpers for KV.
import { lookup, save } from "worktop/cache";
import { read, write } from "worktop/kv";

type Env = { ITEMS: KVNamespace };

export default {
  async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
    const event = { request, waitUntil: ctx.waitUntil.bind(ctx) } as never;
    const id = new URL(request.url).pathname.slice(1);
    if (request.method === "POST") {
      const made = crypto.randomUUID();
      const ok = await write(env.ITEMS as never, made, await request.json());
      return Response.json({ id: made, ok }, { status: ok ? 201 : 500 });
    }
    const cached = await lookup(event);
    if (cached) {
      return cached;
    }
    const item = await read(env.ITEMS as never, id);
    const response = item ? Response.json(item, { headers: { "Cache-Control": "public, max-age=60" } }) : new Response("none", { status: 404 });
    return save(event, response);
  },
};
