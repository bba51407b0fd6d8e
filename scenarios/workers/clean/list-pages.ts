// All users, page by page to the end.
interface Env {
  KV: KVNamespace;
}

export default {
  async fetch(_request: Request, env: Env): Promise<Response> {
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page: KVNamespaceListResult<unknown> = await env.KV.list({ prefix: "user:", cursor });
      names.push(...page.keys.map((k) => k.name));
      cursor = page.list_complete ? undefined : page.cursor;
    } while (cursor !== undefined);
    return Response.json(names.length);
  },
};
