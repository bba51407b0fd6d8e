// miniflare.mjs FOLDER WORKER [VARS] serves a Worker on Miniflare, installed in FOLDER/node_modules,
// until its standard input ends. VARS is JSON. It prints its URL.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [folder, worker, vars = "{}"] = process.argv.slice(2);
const { Miniflare } = createRequire(resolve(folder) + "/")("miniflare");
const miniflare = new Miniflare({
  modules: [{ type: "ESModule", path: "kv.js", contents: readFileSync(worker, "utf8") }],
  modulesRoot: "/",
  compatibilityDate: "2026-04-01",
  kvNamespaces: ["KV"],
  bindings: JSON.parse(vars),
});
console.log((await miniflare.ready).href);
process.stdin.resume();
process.stdin.on("end", async () => {
  await miniflare.dispose();
  process.exit(0);
});
