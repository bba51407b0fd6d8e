// URL and URLSearchParams. What parses is in Go.
(function (host, lib) {
'use strict';

const form = (s) => host.formEncode(s);
let linkParams, paramsSet;

class URLSearchParams {
	#list = []; // pairs of name and value
	#changed;   // tells a URL
	static {
		linkParams = (query, changed) => {
			const p = new URLSearchParams();
			p.#list = query === '' ? [] : host.formDecode(query);
			p.#changed = changed;
			return p;
		};
		paramsSet = (p, query) => { p.#list = query === '' ? [] : host.formDecode(query); };
		lib.isParams = (o) => typeof o === 'object' && o !== null && #list in o;
	}
	constructor(init) {
		if (init === undefined || init === '') return;
		if (init !== null && (typeof init === 'object' || typeof init === 'function')) {
			if (#list in init) this.#list = init.#list.map((p) => [p[0], p[1]]);
			else if (typeof init[Symbol.iterator] === 'function') {
				for (const pair of init) {
					const p = Array.from(pair);
					if (p.length !== 2) throw new TypeError('URLSearchParams: an entry is a pair of name and value.');
					this.#list.push([host.wellFormed(String(p[0])), host.wellFormed(String(p[1]))]);
				}
			} else {
				for (const k of Reflect.ownKeys(init)) {
					const d = Object.getOwnPropertyDescriptor(init, k);
					if (d === undefined || !d.enumerable) continue;
					if (typeof k === 'symbol') throw new TypeError('URLSearchParams: a name is a symbol.');
					this.#list.push([host.wellFormed(k), host.wellFormed(String(init[k]))]);
				}
			}
			return;
		}
		let s = String(init);
		if (s.charAt(0) === '?') s = s.slice(1);
		this.#list = s === '' ? [] : host.formDecode(s);
	}
	#tell() { if (this.#changed !== undefined) this.#changed(this.toString()); }
	get size() { return this.#list.length; }
	append(name, value) {
		if (arguments.length < 2) throw new TypeError('URLSearchParams.append takes a name and a value.');
		this.#list.push([host.wellFormed(String(name)), host.wellFormed(String(value))]);
		this.#tell();
	}
	delete(name, value) {
		name = host.wellFormed(String(name));
		if (value === undefined) this.#list = this.#list.filter((p) => p[0] !== name);
		else {
			value = String(value);
			this.#list = this.#list.filter((p) => p[0] !== name || p[1] !== value);
		}
		this.#tell();
	}
	get(name) {
		name = host.wellFormed(String(name));
		for (const p of this.#list) if (p[0] === name) return p[1];
		return null;
	}
	getAll(name) {
		name = host.wellFormed(String(name));
		return this.#list.filter((p) => p[0] === name).map((p) => p[1]);
	}
	has(name, value) {
		name = host.wellFormed(String(name));
		if (value !== undefined) value = String(value);
		return this.#list.some((p) => p[0] === name && (value === undefined || p[1] === value));
	}
	set(name, value) {
		if (arguments.length < 2) throw new TypeError('URLSearchParams.set takes a name and a value.');
		name = host.wellFormed(String(name));
		value = host.wellFormed(String(value));
		const i = this.#list.findIndex((p) => p[0] === name);
		if (i < 0) this.#list.push([name, value]);
		else {
			this.#list[i][1] = value;
			this.#list = this.#list.filter((p, j) => j <= i || p[0] !== name);
		}
		this.#tell();
	}
	sort() {
		this.#list.sort((a, b) => a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0);
		this.#tell();
	}
	forEach(f, self) { for (const p of this) f.call(self, p[1], p[0], this); }
	*entries() { for (let i = 0; i < this.#list.length; i++) yield [this.#list[i][0], this.#list[i][1]]; }
	*keys() { for (let i = 0; i < this.#list.length; i++) yield this.#list[i][0]; }
	*values() { for (let i = 0; i < this.#list.length; i++) yield this.#list[i][1]; }
	[Symbol.iterator]() { return this.entries(); }
	toString() { return this.#list.map((p) => form(p[0]) + '=' + form(p[1])).join('&'); }
	get [Symbol.toStringTag]() { return 'URLSearchParams'; }
}

// The places in what host.url answers.
const HREF = 0, PROTOCOL = 1, USERNAME = 2, PASSWORD = 3, HOST = 4, HOSTNAME = 5, PORT = 6, PATHNAME = 7, SEARCH = 8, HASH = 9, ORIGIN = 10;

class URL {
	#u; #params;
	constructor(url, base) {
		if (arguments.length === 0) throw new TypeError('URL: the URL is missing.');
		const u = host.url(String(url), base === undefined ? undefined : String(base));
		if (u === undefined) throw new TypeError('Invalid URL string.');
		this.#u = u;
	}
	static canParse(url, base) { return host.url(String(url), base === undefined ? undefined : String(base)) !== undefined; }
	static parse(url, base) {
		try {
			return new URL(url, base);
		} catch (e) {
			return null;
		}
	}
	#set(part, value) {
		const u = host.urlSet(this.#u[HREF], part, String(value));
		this.#u = u;
		if (this.#params !== undefined && (part === SEARCH || part === HREF)) paramsSet(this.#params, u[SEARCH].slice(1));
	}
	get href() { return this.#u[HREF]; }
	set href(v) {
		const u = host.url(String(v), undefined);
		if (u === undefined) throw new TypeError('Invalid URL string.');
		this.#u = u;
		if (this.#params !== undefined) paramsSet(this.#params, u[SEARCH].slice(1));
	}
	get origin() { return this.#u[ORIGIN]; }
	get protocol() { return this.#u[PROTOCOL]; }
	set protocol(v) { this.#set(PROTOCOL, v); }
	get username() { return this.#u[USERNAME]; }
	set username(v) { this.#set(USERNAME, v); }
	get password() { return this.#u[PASSWORD]; }
	set password(v) { this.#set(PASSWORD, v); }
	get host() { return this.#u[HOST]; }
	set host(v) { this.#set(HOST, v); }
	get hostname() { return this.#u[HOSTNAME]; }
	set hostname(v) { this.#set(HOSTNAME, v); }
	get port() { return this.#u[PORT]; }
	set port(v) { this.#set(PORT, v); }
	get pathname() { return this.#u[PATHNAME]; }
	set pathname(v) { this.#set(PATHNAME, v); }
	get search() { return this.#u[SEARCH]; }
	set search(v) { this.#set(SEARCH, v); }
	get hash() { return this.#u[HASH]; }
	set hash(v) { this.#set(HASH, v); }
	get searchParams() {
		if (this.#params === undefined) {
			this.#params = linkParams(this.#u[SEARCH].slice(1), (query) => { this.#u = host.urlSet(this.#u[HREF], SEARCH, query); });
		}
		return this.#params;
	}
	toString() { return this.#u[HREF]; }
	toJSON() { return this.#u[HREF]; }
	get [Symbol.toStringTag]() { return 'URL'; }
}

lib.define({ URL: URL, URLSearchParams: URLSearchParams });
})
