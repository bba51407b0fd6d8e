// What is known of invocations: which one runs, from where it calls, what it waits for.
import { Error, TypeError, Promise, Map, WeakMap, String, Number, captureStackTrace, stringify, defineProperty, isArray, all as whole, settled } from "./own.js";
import { AsyncLocalStorage } from "node:async_hooks";
import config from "./config.js";

const invocations = new AsyncLocalStorage();
export const fetchOut = globalThis.fetch; // as the runtime has it

// current is the invocation whose code runs; undefined where it is none's.
export const current = () => invocations.getStore();

export const run = (ctx, f) => invocations.run(Context.of(ctx), f);

// sites are places of the user's module, innermost first, as LINE:COLUMN in base 36, with
// slashes between: those where an error was made or, without one, where the caller is.
export function sites(error) {
  const { prepareStackTrace, stackTraceLimit } = Error;
  const from = error ?? {};
  let found;
  Error.prepareStackTrace = (_, all) => all;
  Error.stackTraceLimit = 50;
  try {
    if (error === undefined) captureStackTrace(from, sites);
    found = from.stack;
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  }
  const out = [];
  if (isArray(found)) {
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
  begun = 0; // calls
  waits = 0; // promises of waitUntil that have not settled
  failed = [];
  answered = false;
  over = false; // nothing of it runs any more
  pending = new Map(); // calls that have not settled, by their numbers

  constructor(number, real) {
    this.number = number;
    this.real = real;
  }

  // call makes a call with a mark that tells kvbench who calls, and from where. The user's
  // module hears of it until the invocation is over.
  call(site, send) {
    const number = this.begun + 1;
    const promise = send(`${this.number.toString(36)}.${number.toString(36)}@${site}~`);
    this.begun = number;
    this.pending.set(number, promise.then(() => {}, () => {}).then(() => { this.pending.delete(number); }));
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
    settled(promise).then(() => {}, (e) => { this.failed.push(exception(e)); }).then(() => {
      this.waits--;
      if (this.answered && this.waits === 0) this.end();
    });
  }

  // close is what there is to say when it is over. What is under way is sent all the same:
  // kvbench has to know of it.
  close() {
    this.over = true;
    if (this.pending.size > 0) this.real.waitUntil(whole(this.pending.values()));
    return { pending: [...this.pending.keys()], failed: this.failed };
  }

  // end tells kvbench, after the answer.
  async end() {
    if (this.over) return;
    const ended = this.close();
    try {
      await report("ended", { invocation: this.number, ended });
    } finally {
      this.done();
    }
  }
}

// report tells kvbench something beside an answer.
export async function report(what, body) {
  const answer = await fetchOut(config.report + what, { method: "POST", body: stringify(body) });
  return answer.json();
}

// finish is what there is to say when the handler has answered; null where the invocation
// goes on.
export function finish(ctx) {
  const v = Context.of(ctx);
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
  static of(ctx) { return ctx.#invocation; }
  waitUntil(promise) {
    if (arguments.length === 0) throw new TypeError("Failed to execute 'waitUntil' on 'ExecutionContext': 1 argument required, but only 0 present.");
    this.#invocation.wait(promise);
  }
  passThroughOnException() {}
  get props() { return this.#real.props; }
  get exports() { return this.#real.exports; }
}
defineProperty(Context, "name", { value: "ExecutionContext" });

export function waitUntil(promise) {
  const v = invocations.getStore();
  if (v === undefined) throw new Error("waitUntil is of no use outside of a handler.");
  v.wait(promise);
}
