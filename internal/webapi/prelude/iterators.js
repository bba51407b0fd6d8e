// The helpers of iterators, which goja has not.
(function (host, lib) {
'use strict';

const put = lib.put, methods = lib.methods;
const proto = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));
const fn = (f) => {
	if (typeof f !== 'function') throw new TypeError('The callback of an iterator\'s helper is no function.');
	return f;
};
const count = (n) => {
	n = Number(n);
	if (n !== n) throw new RangeError('An iterator\'s limit is no number.');
	n = Math.trunc(n);
	if (n < 0) throw new RangeError('An iterator\'s limit is negative.');
	return n;
};
const over = (it) => ({ [Symbol.iterator]() { return { next: () => it.next(), return: (v) => typeof it.return === 'function' ? it.return(v) : { value: v, done: true } }; } });
methods(proto, {
	map(f) { fn(f); return (function* (it) { let i = 0; for (const v of over(it)) yield f(v, i++); })(this); },
	filter(f) { fn(f); return (function* (it) { let i = 0; for (const v of over(it)) if (f(v, i++)) yield v; })(this); },
	take(n) { n = count(n); return (function* (it) {
		if (n === 0) { if (typeof it.return === 'function') it.return(); return; }
		let left = n;
		for (const v of over(it)) { yield v; if (--left <= 0) return; }
	})(this); },
	drop(n) { n = count(n); return (function* (it) { let left = n; for (const v of over(it)) { if (left > 0) left--; else yield v; } })(this); },
	flatMap(f) { fn(f); return (function* (it) {
		let i = 0;
		for (const v of over(it)) {
			const r = f(v, i++);
			if (typeof r === 'string' || r === null || r === undefined || typeof r[Symbol.iterator] !== 'function') throw new TypeError('flatMap: the callback\'s answer is not iterable.');
			yield* r;
		}
	})(this); },
	reduce(f, ...start) {
		fn(f);
		let has = start.length > 0, acc = start[0], i = 0;
		for (const v of over(this)) {
			if (has) acc = f(acc, v, i);
			else { acc = v; has = true; }
			i++;
		}
		if (!has) throw new TypeError('Reduce of empty iterator with no initial value');
		return acc;
	},
	toArray() { return Array.from(over(this)); },
	forEach(f) { fn(f); let i = 0; for (const v of over(this)) f(v, i++); },
	some(f) { fn(f); let i = 0; for (const v of over(this)) if (f(v, i++)) return true; return false; },
	every(f) { fn(f); let i = 0; for (const v of over(this)) if (!f(v, i++)) return false; return true; },
	find(f) { fn(f); let i = 0; for (const v of over(this)) if (f(v, i++)) return v; return undefined; },
});
if (typeof Iterator === 'undefined') {
	const Iterator = function Iterator() {
		if (new.target === undefined || new.target === Iterator) throw new TypeError('Iterator is abstract.');
	};
	Object.defineProperty(Iterator, 'prototype', { value: proto });
	put(proto, 'constructor', Iterator);
	put(proto, Symbol.toStringTag, 'Iterator');
	put(Iterator, 'from', function from(o) {
		const it = typeof o[Symbol.iterator] === 'function' ? o[Symbol.iterator]() : o;
		if (it instanceof Iterator) return it;
		return Object.create(Object.create(proto, {
			next: { value: () => it.next() },
			return: { value: (v) => typeof it.return === 'function' ? it.return(v) : { value: v, done: true } },
		}));
	});
	lib.define({ Iterator: Iterator });
}
})
