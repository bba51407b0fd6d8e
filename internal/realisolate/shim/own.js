// The globals as the runtime has them: this module is loaded before the user's, which may
// redefine them.
const { Error, TypeError, Promise, Map, WeakMap, JSON, Request, Response, Blob, Uint8Array, Number, String, Object, Array, Proxy, encodeURIComponent } = globalThis;
const { captureStackTrace } = Error;
const { stringify, parse } = JSON;
const { defineProperty, freeze, keys, entries } = Object;
const { isArray } = Array;
const encoder = new TextEncoder(), encode = encoder.encode.bind(encoder);
const all = Promise.all.bind(Promise), settled = Promise.resolve.bind(Promise), json = Response.json.bind(Response);

export {
  Error, TypeError, Promise, Map, WeakMap, Request, Response, Blob, Uint8Array, Number, String, Proxy, encodeURIComponent,
  captureStackTrace, stringify, parse, defineProperty, freeze, keys, entries, isArray, encode, all, settled, json,
};
