// A cron writes one key, requests read it.
interface Env {
  KV: KVNamespace;
}

export default {
  async fetch(_request: Request, env: Env): Promise<Response> {
    return new Response(await env.KV.get("rates", { cacheTtl: 60 }));
  },
  async scheduled(_event: ScheduledController, env: Env): Promise<void> {
    const rates = await fetch("https://api.example.com/rates");
    await env.KV.put("rates", await rates.text(), { metadata: { at: Date.now() } });
  },
};
