// itty-router: AutoRouter over a list of links in KV.
import { AutoRouter, error, type IRequest, json } from "itty-router";

type Env = { LINKS: KVNamespace };

const router = AutoRouter<IRequest, [Env, ExecutionContext]>();

router
  .get("/links/:id", async ({ params }, env) => {
    const link = await env.LINKS.get(`link:${params.id}`);
    return link === null ? error(404, "no such link") : { link };
  })
  .post("/links/:id", async (request, env) => {
    const { link } = await request.json<{ link: string }>();
    const id = crypto.randomUUID();
    await env.LINKS.put(`link:${id}`, link, { metadata: { by: request.params.id } });
    return json({ id }, { status: 201 });
  });

export default router;
