// Metadata versioning as published: a read migrates what is old and puts it back, with new
// metadata and no expiry.

interface Env {
  DATA: KVNamespace;
}

interface Metadata {
  version: number;
  migratedAt?: number;
}

const targetVersion = 2;

async function migrateIfNeeded(env: Env, key: string): Promise<{ value: any; outcome: "absent" | "migrated" | "current" }> {
  const result = await env.DATA.getWithMetadata<any, Metadata>(key, "json");
  if (!result.value) return { value: null, outcome: "absent" };

  const currentVersion = result.metadata?.version || 1;
  if (currentVersion < targetVersion) {
    const migrated = migrate(result.value, currentVersion, targetVersion);
    await env.DATA.put(key, JSON.stringify(migrated), {
      metadata: { version: targetVersion, migratedAt: Date.now() },
    });
    return { value: migrated, outcome: "migrated" };
  }
  return { value: result.value, outcome: "current" };
}

function migrate(data: any, from: number, to: number): any {
  if (from === 1 && to === 2) {
    return { ...data, userName: data.name }; // v1 to v2: a field has another name
  }
  return data;
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
    const { value, outcome } = await migrateIfNeeded(env, key);
    return Response.json(value, { headers: { "kvbench-outcome": outcome } });
  },
};
