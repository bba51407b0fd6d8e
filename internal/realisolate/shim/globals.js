// The globals that are not the runtime's own: fetch and the listeners of service workers.
import { Error, TypeError, Promise, Request, defineProperty, keys } from "./own.js";
import { current, fetchOut, sites } from "./invocation.js";
import config from "./config.js";

// fetch goes to the origins that the scenario models.
globalThis.fetch = function fetch(...a) {
  const v = current();
  if (v === undefined) return fetchOut(...a);
  let request;
  try {
    request = new Request(...a);
  } catch (e) {
    return Promise.reject(e);
  }
  return v.call(sites(), async (mark) => {
    request.headers.set(config.callHeader, mark);
    const response = await fetchOut(request);
    if (response.headers.has(config.failHeader)) throw new TypeError(await response.text());
    return response;
  });
};

// process.exit would cancel the request, as what has hung.
if (typeof globalThis.process?.exit === "function") {
  globalThis.process.exit = (code) => { throw new Error(`process.exit(${code ?? ""}) was called: the runtime cancels the request`); };
}

// Listeners of the service worker's kind.
const listeners = {};
globalThis.addEventListener = (type, listener) => {
  listeners[type] = typeof listener === "function" ? listener : (e) => listener.handleEvent(e);
};

export function listened(env) {
  if (listeners.fetch === undefined && listeners.scheduled === undefined) return undefined;
  for (const name of keys(env)) defineProperty(globalThis, name, { value: env[name], writable: true, configurable: true });
  const handler = {};
  if (listeners.fetch !== undefined) {
    handler.fetch = (request, env, ctx) => {
      let answer;
      listeners.fetch({
        type: "fetch", request,
        respondWith(response) { answer = response; },
        waitUntil(promise) { ctx.waitUntil(promise); },
        passThroughOnException() {},
      });
      if (answer === undefined) throw new Error("The fetch listener did not call respondWith().");
      return answer;
    };
  }
  if (listeners.scheduled !== undefined) handler.scheduled = (event) => listeners.scheduled(event);
  return handler;
}
