// grammY, a framework for Telegram bots: a chat's session in KV through @grammyjs/storage-cloudflare.
import { KvAdapter } from "@grammyjs/storage-cloudflare";
import { Bot, type Context, session, type SessionFlavor, webhookCallback } from "grammy";
import type { UserFromGetMe } from "grammy/types";

type Env = { SESSIONS: KVNamespace };
type Counted = Context & SessionFlavor<{ messages: number }>;

const me = { id: 1, is_bot: true, first_name: "Bench", username: "bench_bot" } as UserFromGetMe;

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const bot = new Bot<Counted>("1:token", { botInfo: me });
    bot.use(session({ initial: () => ({ messages: 0 }), storage: new KvAdapter<{ messages: number }>(env.SESSIONS) }));
    bot.on("message", (c) => {
      c.session.messages++;
    });
    return webhookCallback(bot, "cloudflare-mod")(request);
  },
};
