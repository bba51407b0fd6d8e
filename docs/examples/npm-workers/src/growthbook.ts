// @growthbook/edge-cloudflare: the features that its webhook wrote to KV, for a page at the edge.
import { getPayloadFromKV } from "@growthbook/edge-cloudflare";
import { GrowthBook } from "@growthbook/growthbook";

type Env = { KV_GB_PAYLOAD: KVNamespace };

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const payload = await getPayloadFromKV(env as never);
    const gb = new GrowthBook({ attributes: { id: new URL(request.url).pathname.slice(1) } });
    gb.initSync({ payload });
    const on = gb.isOn("new-page");
    gb.destroy();
    return new Response(on ? "the new page" : "the page", { headers: { "kvbench-outcome": on ? "on" : "off" } });
  },
};
