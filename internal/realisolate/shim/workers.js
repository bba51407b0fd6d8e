// What the user's module imports as cloudflare:workers.
export * from "cloudflare:workers";
export { env } from "./env.js";
export { waitUntil } from "./invocation.js";
