// What is there before the user's module is: the bindings and the globals that tell kvbench
// which invocation calls, and from where.
import { AsyncLocalStorage } from "node:async_hooks";
import { env as bound } from "cloudflare:workers";
import config from "./config.js";

const invocations = new AsyncLocalStorage();
const fetchOut = globalThis.fetch;
const encoder = new TextEncoder();

export const run = (ctx, f) => invocations.run(ctx.invocation, f);

// sites are places of the user's module, innermost first, as LINE:COLUMN in base 36, with
// slashes between: those where an error was made or, without one, where the caller is.
function sites(error) {
  const { prepareStackTrace, stackTraceLimit } = Error;
  const from = error ?? {};
  let found;
  Error.prepareStackTrace = (_, all) => all;
  Error.stackTraceLimit = 50;
  try {
    if (error === undefined) Error.captureStackTrace(from, sites);
    found = from.stack;
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  }
  const out = [];
  if (Array.isArray(found)) {
    for (const s of found) {
      if (s.getFileName() === config.module && s.getLineNumber()) out.push(s.getLineNumber().toString(36) + ":" + s.getColumnNumber().toString(36));
      if (out.length >= (error === undefined ? config.frames : 32)) break;
    }
  } else { // somebody has asked for the text already
    for (const [, file, line, column] of String(found).matchAll(/([^\s(/]+):(\d+):(\d+)\)?$/gm)) {
      if (file === config.module) out.push(Number(line).toString(36) + ":" + Number(column).toString(36));
    }
  }
  return out.join("/");
}

// origins are the calls that errors come from.
const origins = new WeakMap();

// exception describes what was thrown.
export function exception(e) {
  const out = { name: "Error", message: "", origin: "", sites: "" };
  try {
    if (typeof e === "object" && e !== null || typeof e === "function") {
      if (e.name !== undefined) out.name = String(e.name);
      out.message = e.message !== undefined ? String(e.message) : String(e);
      out.origin = origins.get(e) ?? "";
      out.sites = sites(e);
    } else {
      out.message = String(e);
    }
  } catch {
    out.message = "an error that can't be described";
  }
  return out;
}

// Invocation is what is known of one.
class Invocation {
  begun = 0; // calls that reach kvbench
  waits = 0; // promises of waitUntil that have not settled
  failed = [];
  answered = false;
  over = false; // nothing of it runs any more
  calls = new Set(); // that have not settled

  constructor(number, real) {
    this.number = number;
    this.real = real;
  }

  // call is what the user's module gets of one, until the invocation is over.
  call(promise, site) {
    this.begun++;
    const settled = promise.then(() => {}, () => {});
    this.calls.add(settled);
    settled.then(() => this.calls.delete(settled));
    return new Promise((resolve, reject) => promise.then(
      (value) => this.over || resolve(value),
      (e) => this.over || reject(this.from(e, site)),
    ));
  }

  from(e, site) {
    const text = String(e?.message);
    if (text.includes(config.limitMark)) e = new Error("Too many API requests by single Worker invocation.");
    if (typeof e === "object" && e !== null) origins.set(e, site);
    return e;
  }

  wait(promise) {
    this.waits++;
    if (this.waits === 1 && this.done === undefined) {
      this.real.waitUntil(new Promise((resolve) => { this.done = resolve; }));
    }
    Promise.resolve(promise).then(() => {}, (e) => { this.failed.push(exception(e)); }).then(() => {
      this.waits--;
      if (this.answered && this.waits === 0) this.end();
    });
  }

  // end is what there is to say when it is over. What is under way is sent all the same:
  // kvbench has to know of it.
  close() {
    this.over = true;
    if (this.calls.size > 0) this.real.waitUntil(Promise.all(this.calls));
    return { begun: this.begun, failed: this.failed };
  }

  // end tells kvbench, after the answer.
  async end() {
    if (this.over) return;
    const ended = this.close();
    try {
      await invocations.exit(() => report("ended", { invocation: this.number, ended }));
    } finally {
      this.done();
    }
  }
}

// report tells kvbench something beside an answer.
async function report(what, body) {
  const answer = await fetchOut(config.report + what, { method: "POST", body: JSON.stringify(body) });
  return answer.json();
}

// finish is what there is to say when the handler has answered; null where the invocation
// goes on.
export function finish(ctx) {
  const v = ctx.invocation;
  v.answered = true;
  if (v.waits > 0) return null;
  const ended = v.close();
  v.done?.();
  return ended;
}

// Context is ctx.
export class Context {
  #real;
  #invocation;
  constructor(real, number) {
    this.#real = real;
    this.#invocation = new Invocation(number, real);
  }
  get invocation() { return this.#invocation; }
  waitUntil(promise) {
    if (arguments.length === 0) throw new TypeError("Failed to execute 'waitUntil' on 'ExecutionContext': 1 argument required, but only 0 present.");
    this.#invocation.wait(promise);
  }
  passThroughOnException() {}
  get props() { return this.#real.props; }
  get exports() { return this.#real.exports; }
}
Object.defineProperty(Context, "name", { value: "ExecutionContext" });
Object.defineProperty(Context.prototype, "invocation", { enumerable: false });

export function waitUntil(promise) {
  const v = invocations.getStore();
  if (v === undefined) throw new Error("waitUntil is of no use outside of a handler.");
  v.wait(promise);
}

// mark is what a key begins with that tells who calls, and from where.
const mark = (v, site) => v.number.toString(36) + "@" + site + "~";

// refused tells the keys that the runtime refuses itself.
function refused(key) {
  if (key === "" || key === "." || key === "..") return true;
  return key.length * 3 > config.mostKey && encoder.encode(key).byteLength > config.mostKey;
}

// marked is a key that tells who calls, in no more bytes than a key may have.
async function registered(v, site, key) {
  const { name } = await invocations.exit(() => report("key", { key }));
  return mark(v, site) + config.nameMark + name;
}

function long(text) {
  return text.length * 3 > config.mostKey && encoder.encode(text).byteLength > config.mostKey;
}

class KvNamespace {
  #real;
  constructor(real) { this.#real = real; }

  get(...a) { return this.#one("get", a); }
  getWithMetadata(...a) { return this.#one("getWithMetadata", a); }
  put(...a) { return this.#one("put", a); }
  delete(...a) { return this.#one("delete", a); }

  list(...a) {
    const v = invocations.getStore(), [options] = a;
    if (v === undefined || v.over) return this.#real.list(...a);
    const site = sites();
    const prefix = mark(v, site) + (options?.prefix ?? "");
    return v.call(this.#real.list({ ...options, prefix }, ...a.slice(1)), site);
  }

  #one(method, a) {
    const v = invocations.getStore(), real = this.#real;
    if (v === undefined || a.length === 0 || typeof a[0] === "symbol") return real[method](...a);
    let [key, ...rest] = a;
    const site = sites();
    if (Array.isArray(key)) {
      if (key.length === 0) return real[method](...a);
      return v.call(this.#first(v, site, String(key[0]), (first) => real[method]([first, ...key.slice(1)], ...rest)), site);
    }
    key = String(key);
    if (refused(key) || method === "put" && rest.length === 0) return real[method](...a);
    return v.call(this.#first(v, site, key, (marked) => real[method](marked, ...rest)), site);
  }

  // first makes a call with a key that tells who calls.
  #first(v, site, key, send) {
    const marked = mark(v, site) + key;
    if (!long(marked)) return send(marked);
    return registered(v, site, key).then(send);
  }
}

// env has the namespaces so, and what is not here, which throws when it is used.
function wrapped() {
  const out = { ...bound };
  for (const name of config.bindings) out[name] = new KvNamespace(bound[name]);
  for (const [name, kind] of Object.entries(config.absent)) {
    const refuse = () => { throw new Error(`env.${name} is ${kind}, which is not here; the real runtime has it`); };
    out[name] = new Proxy({}, {
      get(_, member) {
        if (member === "then" || member === "toJSON" || typeof member === "symbol") return undefined;
        return refuse();
      },
      set: refuse,
    });
  }
  return out;
}

export const env = wrapped();

// fetch goes to the origins that the scenario models.
globalThis.fetch = function fetch(...a) {
  const v = invocations.getStore();
  if (v === undefined) return fetchOut(...a);
  let request;
  try {
    request = new Request(...a);
  } catch (e) {
    return Promise.reject(e);
  }
  const site = sites();
  request.headers.set(config.callHeader, mark(v, site));
  return v.call(fetchOut(request).then(async (response) => {
    if (!response.headers.has(config.failHeader)) return response;
    throw new TypeError(await response.text());
  }), site);
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
