// What the user's module imports as cloudflare:workers.
export * from "cloudflare:workers";
export { env, waitUntil } from "./prelude.js";
