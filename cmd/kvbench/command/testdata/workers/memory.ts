const memory = new Map([["1", "Ada"]]);
export default {
	async fetch(request) {
		return new Response(memory.get("1"));
	},
};
