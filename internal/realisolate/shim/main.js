// The entry point: it takes kvbench's requests and calls the handlers of the user's module,
// which is worker.js, unmodified.
import { Error, TypeError, Response, Blob, Uint8Array, String, encodeURIComponent, stringify, defineProperty, freeze, encode, json } from "./own.js"; // first of all
import { Context, exception, finish, run } from "./invocation.js";
import { env } from "./env.js";
import { listened } from "./globals.js"; // before the user's module runs
import * as user from "./worker.js";
import config from "./config.js";

const main = user.default ?? listened(env);

// handler is what handles an event, or undefined.
function handler(name) {
  if (typeof main !== "function") return typeof main?.[name] === "function" ? (event, ctx) => main[name](event, env, ctx) : undefined;
  if (typeof main.prototype?.[name] !== "function") return undefined;
  return (event, ctx) => new main(ctx, env)[name](event);
}

const handlers = { fetch: handler("fetch"), scheduled: handler("scheduled") };

// read is a body as a whole, in pieces; it may have so many bytes.
async function read({ body }) {
  if (body === null) return null;
  const piece = pieces(body), all = [];
  let n = 0;
  for (;;) {
    const { done, value } = await piece(Math.min(Math.max(n, 4096), 1 << 20));
    if (value !== undefined && value.byteLength > 0) all.push(value);
    if (done) return all;
    n += value.byteLength;
    if (n > config.mostBytes) {
      piece.cancel();
      throw new Error(`the response has more than ${config.mostBytes / (1 << 20)} MiB, which kvbench does not read`);
    }
  }
}

// pieces reads a stream: of the runtime's own as many bytes at once as are asked for, of one
// that the script makes what it gives.
function pieces(body) {
  let reader, piece;
  try {
    reader = body.getReader({ mode: "byob" });
  } catch {
    reader = body.getReader();
    piece = async () => {
      const { done, value } = await reader.read();
      return { done, value: typeof value === "string" ? encode(value) : value };
    };
  }
  piece ??= (n) => reader.readAtLeast(n, new Uint8Array(n));
  piece.cancel = () => { reader.cancel().then(undefined, () => {}); };
  return piece;
}

async function fetched(request, ctx) {
  if (handlers.fetch === undefined) throw new Error("the script has no fetch handler");
  const response = await handlers.fetch(request, ctx);
  if (!(response instanceof Response)) throw new TypeError("Incorrect type for Promise: the Promise did not resolve to 'Response'.");
  const headers = [...response.headers].filter(([name]) => name !== "set-cookie");
  for (const cookie of response.headers.getSetCookie()) headers.push(["set-cookie", cookie]);
  const head = { status: response.status, statusText: response.statusText, headers };
  const body = await read(response);
  head.body = body !== null;
  return [head, body ?? []];
}

async function scheduled(event, ctx) {
  if (handlers.scheduled === undefined) throw new Error("the script has no scheduled handler");
  await handlers.scheduled({ ...event, type: "scheduled", noRetry() {}, waitUntil: (promise) => ctx.waitUntil(promise) }, ctx);
  return [{}, []];
}

// The answer is a document that says what came of it, and then the body.
export default {
  async fetch(request, _, real) {
    const { kvbench: asked, ...cf } = request.cf;
    if (asked.what === "ping") return new Response("");
    if (asked.what === "handles") return json({ fetch: handlers.fetch !== undefined, scheduled: handlers.scheduled !== undefined });
    defineProperty(request, "cf", { value: freeze(cf), enumerable: true, configurable: true });
    const ctx = new Context(real, asked.invocation);
    let head, body = [];
    try {
      [head, body] = await run(ctx, () => asked.what === "scheduled" ? scheduled(asked.event, ctx) : fetched(request, ctx));
    } catch (e) {
      head = { thrown: exception(e) };
    }
    head.ended = finish(ctx);
    const text = stringify(head);
    if (request.method === "HEAD") return new Response(null, { headers: { [config.headHeader]: encodeURIComponent(text) } });
    const first = encode(text);
    return new Response(new Blob([first, ...body]), { headers: { [config.answerHeader]: String(first.byteLength), "content-type": "application/octet-stream" } });
  },
};
