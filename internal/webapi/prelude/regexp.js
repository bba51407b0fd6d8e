// RegExp: property escapes (\p{L}), which goja takes for a plain p, are put into words.
// The bundler writes what is newer than ES2017 in a regular expression as a call of
// RegExp, so that all of it comes by here.
(function (host, lib) {
'use strict';

const Native = RegExp;
const sources = new WeakMap(); // of a rewritten expression its source as it was given

function RegExp2(pattern, flags) {
	const isRE = pattern instanceof Native;
	if (new.target === undefined && isRE && flags === undefined && pattern.constructor === RegExp2) return pattern;
	const from = isRE ? sources.get(pattern) : undefined;
	const source = from !== undefined ? from : isRE ? pattern.source : pattern === undefined ? '' : String(pattern);
	const f = flags === undefined ? (isRE ? pattern.flags : '') : String(flags);
	if (/[dv]/.test(f)) throw new SyntaxError(lib.missing('The flag ' + (f.indexOf('v') >= 0 ? 'v' : 'd') + ' of a regular expression'));
	const target = new.target === undefined ? RegExp2 : new.target;
	if (f.indexOf('u') < 0 || !/\\[pP]/.test(source)) return Reflect.construct(Native, [source, f], target);
	const r = host.regexp(source);
	if (r[1] !== '') throw new SyntaxError(r[1]);
	const re = Reflect.construct(Native, [r[0], f], target);
	if (r[0] !== source) {
		sources.set(re, source);
		Object.defineProperty(re, 'source', { value: source, configurable: true });
	}
	return re;
}
Object.defineProperty(RegExp2, 'name', { value: 'RegExp', configurable: true });
Object.defineProperty(RegExp2, 'prototype', { value: Native.prototype, writable: false });
Object.defineProperty(RegExp2, Symbol.species, { get() { return this; }, configurable: true });
for (const k of Reflect.ownKeys(Native)) {
	if (!Object.prototype.hasOwnProperty.call(RegExp2, k)) Object.defineProperty(RegExp2, k, Object.getOwnPropertyDescriptor(Native, k));
}
Object.defineProperty(Native.prototype, 'constructor', { value: RegExp2, writable: true, configurable: true });
lib.put(RegExp2, 'escape', function escape(s) {
	if (typeof s !== 'string') throw new TypeError('RegExp.escape: the argument is no string.');
	let out = '';
	for (const c of s) {
		if (out === '' && /[0-9A-Za-z]/.test(c)) out += '\\x' + c.charCodeAt(0).toString(16);
		else if (/[\^$\\.*+?()[\]{}|/]/.test(c)) out += '\\' + c;
		else if ('\t\n\v\f\r'.indexOf(c) >= 0) out += '\\' + 'tnvfr'.charAt('\t\n\v\f\r'.indexOf(c));
		else if (/[,\-=<>#&!%:;@~'`"]/.test(c)) out += '\\x' + c.charCodeAt(0).toString(16);
		else if (c.length === 1 && (/\s/.test(c) || (c >= '\uD800' && c <= '\uDFFF'))) {
			const n = c.charCodeAt(0);
			out += n < 256 ? '\\x' + (n < 16 ? '0' : '') + n.toString(16) : '\\u' + ('000' + n.toString(16)).slice(-4);
		} else out += c;
	}
	return out;
});
for (const n of ['hasIndices', 'unicodeSets']) {
	if (!(n in Native.prototype)) Object.defineProperty(Native.prototype, n, { get() { return false; }, configurable: true });
}
lib.define({ RegExp: RegExp2 });
})
