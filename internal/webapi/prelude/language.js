// What the language has and goja has not. It runs before all else but base.
(function (host, lib) {
'use strict';

const put = (o, name, f) => {
	if (Object.prototype.hasOwnProperty.call(o, name)) return;
	Object.defineProperty(o, name, { value: f, writable: true, configurable: true, enumerable: false });
};
const methods = (o, all) => { for (const n of Object.keys(all)) put(o, n, all[n]); };

for (const n of ['asyncIterator', 'dispose', 'asyncDispose']) {
	if (Symbol[n] === undefined) Object.defineProperty(Symbol, n, { value: Symbol('Symbol.' + n) });
}

function group(items, f, add) {
	if (items === null || items === undefined) throw new TypeError('groupBy: the items are not iterable.');
	if (typeof f !== 'function') throw new TypeError('groupBy: the callback is no function.');
	let i = 0;
	for (const v of items) add(f(v, i++), v);
}
methods(Object, {
	groupBy(items, f) {
		const out = Object.create(null);
		group(items, f, (k, v) => {
			if (typeof k !== 'symbol') k = String(k);
			if (k in out) out[k].push(v);
			else out[k] = [v];
		});
		return out;
	},
});
methods(Map, {
	groupBy(items, f) {
		const out = new Map();
		group(items, f, (k, v) => {
			const a = out.get(k);
			if (a !== undefined) a.push(v);
			else out.set(k, [v]);
		});
		return out;
	},
});
methods(Promise, {
	withResolvers() {
		const d = {};
		d.promise = new this((ok, bad) => { d.resolve = ok; d.reject = bad; });
		return d;
	},
	try(f, ...args) { return new this((ok) => ok(f(...args))); },
});
methods(Array, {
	fromAsync(items, f, self) {
		const C = typeof this === 'function' ? this : Array;
		return (async () => {
			if (f !== undefined && typeof f !== 'function') throw new TypeError('Array.fromAsync: the callback is no function.');
			const out = new C();
			let i = 0;
			const take = async (v) => {
				if (f !== undefined) v = await f.call(self, v, i);
				Object.defineProperty(out, i++, { value: v, writable: true, enumerable: true, configurable: true });
			};
			if (items[Symbol.asyncIterator] !== undefined && items[Symbol.asyncIterator] !== null) {
				const it = items[Symbol.asyncIterator]();
				for (let r = await it.next(); !r.done; r = await it.next()) await take(r.value);
			} else if (items[Symbol.iterator] !== undefined && items[Symbol.iterator] !== null) {
				for (const v of items) await take(await v);
			} else {
				const n = Math.max(0, Math.trunc(Number(items.length)) || 0);
				for (let k = 0; k < n; k++) await take(await items[k]);
			}
			out.length = i;
			return out;
		})();
	},
});
methods(String.prototype, {
	isWellFormed() {
		const s = String(this);
		for (let i = 0; i < s.length; i++) {
			const c = s.charCodeAt(i);
			if (c < 0xD800 || c > 0xDFFF) continue;
			if (c > 0xDBFF || !(s.charCodeAt(i + 1) >= 0xDC00 && s.charCodeAt(i + 1) <= 0xDFFF)) return false;
			i++;
		}
		return true;
	},
	toWellFormed() { return host.wellFormed(String(this)); },
});
const html = (tag, attr) => function (v) {
	return '<' + tag + (attr === undefined ? '' : ' ' + attr + '="' + String(v).replace(/"/g, '&quot;') + '"') + '>' + String(this) + '</' + tag + '>';
};
methods(String.prototype, {
	anchor: html('a', 'name'), big: html('big'), blink: html('blink'), bold: html('b'), fixed: html('tt'), fontcolor: html('font', 'color'),
	fontsize: html('font', 'size'), italics: html('i'), link: html('a', 'href'), small: html('small'), strike: html('strike'), sub: html('sub'), sup: html('sup'),
});
methods(Date.prototype, {
	getYear() { return this.getFullYear() - 1900; },
	setYear(y) { return this.setFullYear(y >= 0 && y <= 99 ? 1900 + Math.trunc(y) : y); },
	toGMTString: Date.prototype.toUTCString,
});
const find = (o, k) => {
	for (; o !== null && o !== undefined; o = Object.getPrototypeOf(o)) {
		const d = Object.getOwnPropertyDescriptor(o, k);
		if (d !== undefined) return d;
	}
	return {};
};
methods(Object.prototype, {
	__defineGetter__(k, f) { Object.defineProperty(this, k, { get: f, enumerable: true, configurable: true }); },
	__defineSetter__(k, f) { Object.defineProperty(this, k, { set: f, enumerable: true, configurable: true }); },
	__lookupGetter__(k) { return find(this, k).get; },
	__lookupSetter__(k) { return find(this, k).set; },
});
methods(Error, {
	captureStackTrace(o) {
		if (typeof o !== 'object' || o === null) throw new TypeError('Error.captureStackTrace: the argument is no object.');
		const at = String(new Error().stack).split('\n').slice(2).join('\n');
		let head = 'Error';
		try { head = String(Error.prototype.toString.call(o)); } catch (e) { /* a head is all that is lost */ }
		Object.defineProperty(o, 'stack', { value: head + (at === '' ? '' : '\n' + at), writable: true, configurable: true });
	},
	stackTraceLimit: 10,
});

// A text of a Date names its zone as V8 does, and typed arrays are made from text, too.
for (const name of ['toString', 'toTimeString']) {
	const native = Date.prototype[name];
	const m = { [name]() { return native.call(this).replace('(UTC)', '(Coordinated Universal Time)'); } };
	Object.defineProperty(Date.prototype, name, { value: m[name], writable: true, configurable: true });
}
const typed = Object.getPrototypeOf(Uint8Array), typedFrom = typed.from;
Object.defineProperty(typed, 'from', {
	value: function from(items, ...rest) { return typedFrom.call(this, typeof items === 'string' ? Array.from(items) : items, ...rest); },
	writable: true, configurable: true,
});

// A buffer that is transferred is empty from then on; none can be resized.
methods(ArrayBuffer.prototype, {
	transfer(n) { return host.transfer(this, n === undefined ? this.byteLength : Number(n)); },
	transferToFixedLength(n) { return host.transfer(this, n === undefined ? this.byteLength : Number(n)); },
	resize() { throw new TypeError(lib.missing('ArrayBuffer.prototype.resize')); },
});
const getters = (o, all) => {
	for (const n of Object.keys(all)) if (!(n in o)) Object.defineProperty(o, n, { get: all[n], configurable: true, enumerable: false });
};
getters(ArrayBuffer.prototype, {
	resizable() { return false; },
	maxByteLength() { return this.byteLength; },
	detached() { return host.detached(this); },
});

// A reference may be kept as long as it pleases the runtime, and a finaliser need never
// be called.
if (typeof WeakRef === 'undefined') {
	lib.define({
		WeakRef: class WeakRef {
			#v;
			constructor(v) {
				if ((typeof v !== 'object' || v === null) && typeof v !== 'function') throw new TypeError('WeakRef: the target is no object.');
				this.#v = v;
			}
			deref() { return this.#v; }
			get [Symbol.toStringTag]() { return 'WeakRef'; }
		},
		FinalizationRegistry: class FinalizationRegistry {
			constructor(f) { if (typeof f !== 'function') throw new TypeError('FinalizationRegistry: the callback is no function.'); }
			register() {}
			unregister() { return false; }
			get [Symbol.toStringTag]() { return 'FinalizationRegistry'; }
		},
	});
}

lib.put = put;
lib.methods = methods;
})
