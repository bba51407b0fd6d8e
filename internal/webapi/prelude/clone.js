// structuredClone.
(function (host, lib) {
'use strict';

const errors = { Error: Error, EvalError: EvalError, RangeError: RangeError, ReferenceError: ReferenceError, SyntaxError: SyntaxError, TypeError: TypeError, URIError: URIError };
const tag = (v) => Object.prototype.toString.call(v).slice(8, -1);
const refused = new Set(['Promise', 'WeakMap', 'WeakSet', 'WeakRef', 'FinalizationRegistry', 'Headers', 'Request', 'Response', 'URL', 'URLSearchParams', 'FormData', 'ReadableStream', 'WritableStream', 'TransformStream', 'EventTarget', 'Event', 'CustomEvent', 'AbortSignal', 'AbortController', 'TextEncoder', 'TextDecoder', 'Crypto', 'SubtleCrypto', 'CryptoKey', 'Generator', 'Intl']);
const refuse = (what) => { throw new DOMException(what + ' could not be cloned.', 'DataCloneError'); };
const brand = (f) => (v) => {
	try {
		f.call(v);
		return true;
	} catch (e) {
		return false;
	}
};
const getter = (c, name) => Object.getOwnPropertyDescriptor(c.prototype, name).get;
const isMap = brand(getter(Map, 'size')), isSet = brand(getter(Set, 'size')), isDate = brand(Date.prototype.getTime);

function cloneBuffer(b, seen) {
	let c = seen.get(b);
	if (c === undefined) {
		c = seen.moved.has(b) ? b.transfer() : b.slice(0);
		seen.set(b, c);
	}
	return c;
}

function clone(v, seen, depth) {
	if (typeof v === 'function') refuse(v.name === '' ? String(v) : v.name);
	if (typeof v === 'symbol') refuse(String(v));
	if (typeof v !== 'object' || v === null) return v;
	if (seen.has(v)) return seen.get(v);
	if (depth > 4096) throw new RangeError('structuredClone: the value is nested over 4096 deep.');
	const keep = (c) => {
		seen.set(v, c);
		return c;
	};
	if (v instanceof ArrayBuffer) return cloneBuffer(v, seen);
	if (ArrayBuffer.isView(v)) {
		const b = cloneBuffer(v.buffer, seen);
		return keep(v instanceof DataView ? new DataView(b, v.byteOffset, v.byteLength) : new globalThis[tag(v)](b, v.byteOffset, v.length));
	}
	if (isDate(v)) return keep(new Date(v.getTime()));
	if (v instanceof RegExp) return keep(new RegExp(v.source, v.flags));
	if (v instanceof Boolean || v instanceof Number || v instanceof String || v instanceof BigInt) return keep(Object(v.valueOf()));
	if (isMap(v)) {
		const c = keep(new Map());
		for (const [k, x] of Array.from(Map.prototype.entries.call(v))) c.set(clone(k, seen, depth + 1), clone(x, seen, depth + 1));
		return c;
	}
	if (isSet(v)) {
		const c = keep(new Set());
		for (const x of Array.from(Set.prototype.values.call(v))) c.add(clone(x, seen, depth + 1));
		return c;
	}
	if (tag(v) === 'DOMException') return keep(new DOMException(v.message, v.name));
	if (v instanceof Error) {
		const name = typeof v.name === 'string' && Object.prototype.hasOwnProperty.call(errors, v.name) ? v.name : 'Error';
		const e = keep(new errors[name]());
		if ('message' in v) Object.defineProperty(e, 'message', { value: String(v.message), writable: true, configurable: true });
		if (typeof v.stack === 'string') Object.defineProperty(e, 'stack', { value: v.stack, writable: true, configurable: true });
		if ('cause' in v) Object.defineProperty(e, 'cause', { value: clone(v.cause, seen, depth + 1), writable: true, configurable: true });
		return e;
	}
	if (lib.isBlob(v)) {
		return keep(v instanceof File ? new File([v], v.name, { type: v.type, lastModified: v.lastModified }) : new Blob([v], { type: v.type }));
	}
	if (Array.isArray(v)) {
		const c = keep(new Array(v.length));
		for (const k of Object.keys(v)) c[k] = clone(v[k], seen, depth + 1);
		return c;
	}
	const t = tag(v);
	if (refused.has(t)) refuse('#<' + t + '>');
	const c = keep({});
	for (const k of Object.keys(v)) Object.defineProperty(c, k, { value: clone(v[k], seen, depth + 1), writable: true, enumerable: true, configurable: true });
	return c;
}

lib.define({
	structuredClone: function structuredClone(value, options) {
		if (arguments.length === 0) throw new TypeError('structuredClone: the value is missing.');
		const list = options !== undefined && options !== null && options.transfer !== undefined ? Array.from(options.transfer) : [];
		const seen = new Map();
		seen.moved = new Set(list);
		for (const b of list) {
			if (!(b instanceof ArrayBuffer)) throw new DOMException(lib.missing('structuredClone that transfers what is no ArrayBuffer'), 'DataCloneError');
		}
		const c = clone(value, seen, 0);
		for (const b of list) if (!seen.has(b)) b.transfer();
		return c;
	},
});
})
