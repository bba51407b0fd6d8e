// env: the bindings, whose calls tell kvbench who calls, and from where.
import { Error, Proxy, String, encode, entries, isArray } from "./own.js";
import { env as bound } from "cloudflare:workers";
import { current, report, sites } from "./invocation.js";
import config from "./config.js";

// tooLong tells what is longer than a key may be.
const tooLong = (text) => text.length * 3 > config.mostKey && encode(text).byteLength > config.mostKey;

// refused tells the keys that the runtime refuses itself.
const refused = (key) => key === "" || key === "." || key === ".." || tooLong(key);

// marked makes a call with a key that has the mark before it. Where that would be too long,
// kvbench is told the key before, and gives it a name.
const marked = (key, send) => (mark) => tooLong(mark + key)
  ? report("key", { key }).then(({ name }) => send(mark + config.nameMark + name))
  : send(mark + key);

// of is a namespace that a method was called of.
const of = (namespace) => {
  if (KvNamespace.is(namespace)) return namespace;
  throw new TypeError("Illegal invocation: function called with incorrect `this` reference. See https://developers.cloudflare.com/workers/observability/errors/#illegal-invocation-errors for details.");
};

class KvNamespace {
  static is = (v) => typeof v === "object" && v !== null && #real in v;
  #real;
  constructor(real) { this.#real = real; }

  get(...a) { return of(this).#one("get", a); }
  getWithMetadata(...a) { return of(this).#one("getWithMetadata", a); }
  put(...a) { return of(this).#one("put", a); }
  delete(...a) { return of(this).#one("delete", a); }

  list(...a) {
    of(this);
    const v = current(), [options] = a;
    if (v === undefined || v.over) return this.#real.list(...a);
    return v.call(sites(), (mark) => this.#real.list({ ...options, prefix: mark + (options?.prefix ?? "") }, ...a.slice(1)));
  }

  #one(method, a) {
    const v = current(), real = this.#real;
    if (v === undefined || a.length === 0 || typeof a[0] === "symbol") return real[method](...a);
    let [key, ...rest] = a;
    if (isArray(key)) {
      if (key.length === 0) return real[method](...a);
      return v.call(sites(), marked(String(key[0]), (first) => real[method]([first, ...key.slice(1)], ...rest)));
    }
    key = String(key);
    if (refused(key) || method === "put" && rest.length === 0) return real[method](...a);
    return v.call(sites(), marked(key, (first) => real[method](first, ...rest)));
  }
}

// env has the namespaces so, and what is not here, which throws when it is used.
function wrapped() {
  const out = { ...bound };
  for (const name of config.bindings) out[name] = new KvNamespace(bound[name]);
  for (const [name, kind] of entries(config.absent)) {
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

