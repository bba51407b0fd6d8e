export default {
	async fetch(request, env) {
		const user = await env.KV.get("user:" + new URL(request.url).pathname.slice(1), "json");
		if (user === null) return new Response("not found", { status: 404 });
		return Response.json({ name: user.name, visits: user.visits + 1 });
	},
};
