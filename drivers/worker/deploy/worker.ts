// A Worker that makes the calls of a KV namespace that kvbench asks for: one route for each
// operation of the binding. docs/worker-driver.md says how to deploy it.
//
// Each answer of an operation has the header kvbench-answer: ok, absent or refused. One
// without it does not come from here.

interface Env {
  KV: KVNamespace;
  KVBENCH_WORKER_SECRET?: string;
}

type Route = (query: URLSearchParams, request: Request, kv: KVNamespace) => Promise<Response>;

const routes: Record<string, Route> = {
  "GET /get": async (query, _, kv) => {
    const value = await kv.get(text(query, "key"), { type: "stream", cacheTtl: whole(query, "cacheTtl") });
    return value === null ? answer("absent", null) : answer("ok", value);
  },

  "GET /getWithMetadata": async (query, _, kv) => {
    const { value, metadata, cacheStatus } = await kv.getWithMetadata(text(query, "key"), {
      type: "stream",
      cacheTtl: whole(query, "cacheTtl"),
    });
    if (value === null) return answer("absent", null);
    const headers: Record<string, string> = {};
    if (metadata !== null) headers["kvbench-metadata"] = encodeURIComponent(JSON.stringify(metadata));
    if (cacheStatus === "HIT") headers["kvbench-cached"] = "1";
    return answer("ok", value, headers);
  },

  "PUT /put": async (query, request, kv) => {
    const metadata = request.headers.get("kvbench-metadata");
    const options: KVNamespacePutOptions = {
      expirationTtl: whole(query, "expirationTtl"),
      expiration: whole(query, "expiration"),
      metadata: metadata === null ? undefined : JSON.parse(decodeURIComponent(metadata)),
    };
    // Read to its end first: a refusal that comes sooner would end the connection.
    await kv.put(text(query, "key"), await request.arrayBuffer(), options);
    return answer("ok", null);
  },

  "DELETE /delete": async (query, _, kv) => {
    await kv.delete(text(query, "key"));
    return answer("ok", null);
  },

  "GET /list": async (query, _, kv) => {
    const page = await kv.list({ prefix: query.get("prefix"), cursor: query.get("cursor"), limit: whole(query, "limit") });
    return answer("ok", JSON.stringify(page));
  },

  // An array of [value], [value, metadata] or null in the order of the keys: an object would
  // take the key "__proto__" for something else.
  "POST /bulkGet": async (query, request, kv) => {
    const keys = await request.json<string[]>();
    const options = { type: "text", cacheTtl: whole(query, "cacheTtl") } as const;
    if (query.has("metadata")) {
      const found = await kv.getWithMetadata(keys, options);
      return answer("ok", JSON.stringify(keys.map((key) => {
        const { value, metadata } = found.get(key) ?? { value: null, metadata: null };
        return value === null ? null : [value, metadata];
      })));
    }
    const found = await kv.get(keys, options);
    return answer("ok", JSON.stringify(keys.map((key) => {
      const value = found.get(key) ?? null;
      return value === null ? null : [value];
    })));
  },
};

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const secret = env.KVBENCH_WORKER_SECRET;
    if (!secret) {
      return new Response(
        "this Worker has no secret: set one with npx wrangler secret put KVBENCH_WORKER_SECRET, and give kvbench the same in KVBENCH_WORKER_SECRET",
        { status: 503 },
      );
    }
    if (!equal(request.headers.get("kvbench-secret") ?? "", secret)) {
      return new Response("KVBENCH_WORKER_SECRET is not that of the Worker", { status: 401 });
    }
    const url = new URL(request.url);
    const route = routes[request.method + " " + url.pathname];
    if (!route) return new Response("no operation: " + request.method + " " + url.pathname, { status: 404 });
    try {
      return await route(url.searchParams, request, env.KV);
    } catch (e) {
      return refusal(e);
    }
  },
};

function answer(kind: string, body: BodyInit | null, headers: Record<string, string> = {}): Response {
  return new Response(body, { headers: { ...headers, "kvbench-answer": kind } });
}

// The platform tells of a refusal nothing but the message of an exception, "KV PUT failed:
// 429 Too Many Requests". This is the one place that takes it apart. What the runtime refuses
// by itself is a TypeError, metadata that is no JSON a SyntaxError; any other exception is
// that no answer came, of status 0.
function refusal(e: unknown): Response {
  const error = e instanceof Error ? e : new Error(String(e));
  const [, status, message] = /^KV \w+ failed: (\d{3}) ?(.*)$/s.exec(error.message) ?? [
    "", error instanceof TypeError || error instanceof SyntaxError ? "400" : "0", error.message,
  ];
  return answer("refused", JSON.stringify({ status: Number(status), message }));
}

function text(query: URLSearchParams, name: string): string {
  return query.get(name) ?? "";
}

function whole(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  return value === null ? undefined : Number(value);
}

// equal compares in a time that says nothing of where two texts differ.
function equal(a: string, b: string): boolean {
  let differ = a.length ^ b.length;
  for (let i = 0; i < b.length; i++) differ |= (a.charCodeAt(i) || 0) ^ b.charCodeAt(i);
  return differ === 0;
}
