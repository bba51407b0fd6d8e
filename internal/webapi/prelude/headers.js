// Headers.
(function (host, lib) {
'use strict';

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const names = new Map(); // valid names as written → lower-case; bounded

function headerName(name) {
	if (typeof name !== 'string') name = String(name);
	let lower = names.get(name);
	if (lower === undefined) {
		if (!token.test(name)) throw new TypeError('Invalid header name: ' + JSON.stringify(name));
		lower = name.toLowerCase();
		if (names.size < 512) names.set(name, lower);
	}
	return lower;
}

function headerValue(value) {
	value = String(value);
	// What is neither visible nor a space inside is rare: one test finds it.
	if (!/^[!-~](?:[ -~]*[!-~])?$/.test(value) && value !== '') {
		value = value.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, '');
		if (/[\0\r\n]/.test(value)) throw new TypeError('Invalid header value.');
		for (let i = 0; i < value.length; i++) {
			if (value.charCodeAt(i) > 255) throw new TypeError('Invalid header value: a character is above 255.');
		}
	}
	return value;
}

let headersMap, freezeHeaders, headersFlat, headersFromFlat;

class Headers {
	#m = new Map(); // lower-case name → value; set-cookie → array of values
	#locked = false;
	static {
		headersMap = (h) => h.#m;
		freezeHeaders = (h) => { h.#locked = true; return h; };
		headersFlat = (h) => {
			let s = '';
			for (const [n, v] of h.#m) {
				if (n === 'set-cookie') for (const c of v) s += n + '\n' + c + '\n';
				else s += n + '\n' + v + '\n';
			}
			return s;
		};
		headersFromFlat = (flat, locked) => {
			const h = new Headers();
			if (flat !== '') {
				const parts = flat.split('\n');
				for (let i = 0; i + 1 < parts.length; i += 2) h.#add(parts[i], parts[i + 1]);
			}
			h.#locked = locked;
			return h;
		};
		lib.isFrozen = (h) => h.#locked;
		lib.isHeaders = (o) => typeof o === 'object' && o !== null && #m in o;
	}
	constructor(init) {
		if (init === undefined) return;
		if (init === null || (typeof init !== 'object' && typeof init !== 'function')) {
			throw new TypeError('Headers: the argument is neither a Headers, an array of pairs nor an object.');
		}
		if (#m in init) {
			for (const [n, v] of init.#m) this.#m.set(n, n === 'set-cookie' ? v.slice() : v);
		} else if (typeof init[Symbol.iterator] === 'function') {
			for (const pair of init) {
				const p = Array.isArray(pair) ? pair : Array.from(pair);
				if (p.length !== 2) throw new TypeError('Headers: a header is a pair of name and value.');
				this.#add(headerName(p[0]), headerValue(p[1]));
			}
		} else {
			for (const key of Object.keys(init)) this.#add(headerName(key), headerValue(init[key]));
		}
	}
	#add(name, value) {
		const old = this.#m.get(name);
		if (name === 'set-cookie') {
			if (old === undefined) this.#m.set(name, [value]);
			else old.push(value);
		} else if (old === undefined) this.#m.set(name, value);
		else this.#m.set(name, old + (name === 'cookie' ? '; ' : ', ') + value);
	}
	#check() {
		if (this.#locked) throw new TypeError("Can't modify immutable headers.");
	}
	append(name, value) {
		name = headerName(name);
		value = headerValue(value);
		this.#check();
		this.#add(name, value);
	}
	set(name, value) {
		name = headerName(name);
		value = headerValue(value);
		this.#check();
		this.#m.set(name, name === 'set-cookie' ? [value] : value);
	}
	delete(name) {
		name = headerName(name);
		this.#check();
		this.#m.delete(name);
	}
	get(name) {
		name = headerName(name);
		const v = this.#m.get(name);
		if (v === undefined) return null;
		return name === 'set-cookie' ? v.join(', ') : v;
	}
	has(name) { return this.#m.has(headerName(name)); }
	getSetCookie() {
		const v = this.#m.get('set-cookie');
		return v === undefined ? [] : v.slice();
	}
	getAll(name) {
		if (headerName(name) !== 'set-cookie') {
			throw new TypeError('getAll() can only be used with the header name "Set-Cookie".');
		}
		return this.getSetCookie();
	}
	#pairs() {
		const out = [];
		for (const n of Array.from(this.#m.keys()).sort()) {
			const v = this.#m.get(n);
			if (n === 'set-cookie') for (const c of v) out.push([n, c]);
			else out.push([n, v]);
		}
		return out;
	}
	entries() { return this.#pairs().values(); }
	keys() { return this.#pairs().map((p) => p[0]).values(); }
	values() { return this.#pairs().map((p) => p[1]).values(); }
	forEach(f, self) {
		for (const p of this.#pairs()) f.call(self, p[1], p[0], this);
	}
	[Symbol.iterator]() { return this.entries(); }
	get [Symbol.toStringTag]() { return 'Headers'; }
}

Object.assign(lib, {
	headersMap: headersMap, freezeHeaders: freezeHeaders, headersFlat: headersFlat,
	headersFromFlat: headersFromFlat, token: token,
});
lib.define({ Headers: Headers });
})
