// A table of countries, decoded once an isolate.
interface Env {
  KV: KVNamespace;
}

let table: Record<string, string> | null | undefined;

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    table ??= await env.KV.get<Record<string, string>>("countries", "json");
    return new Response(table?.[request.headers.get("cf-ipcountry") ?? ""] ?? "EUR");
  },
};
