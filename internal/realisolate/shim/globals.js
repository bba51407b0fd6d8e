// The globals that are not the runtime's own: fetch and the listeners of service workers.
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

// Listeners of the service worker's kind.
const listeners = {};
globalThis.addEventListener = (type, listener) => {
  listeners[type] = typeof listener === "function" ? listener : (e) => listener.handleEvent(e);
};

export function listened(env) {
  if (listeners.fetch === undefined && listeners.scheduled === undefined) return undefined;
  for (const name of Object.keys(env)) Object.defineProperty(globalThis, name, { value: env[name], writable: true, configurable: true });
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
