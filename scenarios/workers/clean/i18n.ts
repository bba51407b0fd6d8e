// Texts of a language, with English behind it, read at once.
interface Env {
  KV: KVNamespace;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const language = request.headers.get("accept-language")?.slice(0, 2) ?? "en";
    const [own, english] = await Promise.all([env.KV.get<object>(`texts:${language}`, "json"), language === "en" ? null : env.KV.get<object>("texts:en", "json")]);
    return Response.json({ ...english, ...own });
  },
};
