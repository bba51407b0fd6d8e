// Metadata versioning, mended: a read changes its own copy and never writes it back, so that
// it takes away no update, no expiry and no metadata. What is written anew is in the new
// format.

interface Env {
  DATA: KVNamespace;
}

interface Metadata {
  version: number;
}

const targetVersion = 2;

function migrate(data: any, from: number): any {
  return from === 1 ? { ...data, userName: data.name } : data;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const key = new URL(request.url).pathname.slice(1);
    if (request.method === "PUT") {
      await env.DATA.put(key, JSON.stringify(await request.json()), {
        metadata: { version: targetVersion },
        expirationTtl: 86400, // an update begins the day anew
      });
      return new Response(null, { status: 204, headers: { "kvbench-outcome": "updated" } });
    }
    const { value, metadata } = await env.DATA.getWithMetadata<any, Metadata>(key, "json");
    if (value === null) {
      return Response.json(null, { headers: { "kvbench-outcome": "absent" } });
    }
    const version = metadata?.version ?? 1;
    return Response.json(migrate(value, version), {
      headers: { "kvbench-outcome": version < targetVersion ? "migrated" : "current" },
    });
  },
};
