// LaunchDarkly's SDK for Workers: flags out of KV, as its README shows it.
import { init as initLD } from "@launchdarkly/cloudflare-server-sdk";

type Env = { LD_KV: KVNamespace };

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const client = initLD("test-sdk-key", env.LD_KV as never);
    await client.waitForInitialization();
    const context = { kind: "user", key: new URL(request.url).pathname.slice(1) };
    const on = await client.variation("testFlag1", context, false);
    return new Response(`testFlag1: ${on}`, { headers: { "kvbench-outcome": on ? "on" : "off" } });
  },
};
