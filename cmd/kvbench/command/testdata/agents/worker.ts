import { step } from "./step";

declare const PREFIX: string;

export default {
	async fetch(request: Request, env: any): Promise<Response> {
		const key = PREFIX + new URL(request.url).pathname.slice(1);
		return new Response(String(await step(env.KV, key, env.STEP)));
	},
};
