// What every invocation touches: Headers, Request and Response.
(function (host, lib) {
'use strict';

const nullBody = { 101: true, 103: true, 204: true, 205: true, 304: true };
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

// A body's state: b is null, a string, a Uint8Array or a ReadableStream; used says that
// it has been read.
class Body {
	constructor(b, type) {
		this.b = b;
		this.type = type;
		this.used = false;
	}
}

function extract(v) {
	if (typeof v === 'string') return new Body(v, 'text/plain;charset=UTF-8');
	if (v === null || v === undefined) return new Body(null, '');
	if (typeof v === 'object') {
		if (v instanceof ArrayBuffer) return new Body(new Uint8Array(v.slice(0)), '');
		if (ArrayBuffer.isView(v)) {
			return new Body(new Uint8Array(v.buffer.slice(v.byteOffset, v.byteOffset + v.byteLength)), '');
		}
		const more = lib.extract === undefined ? undefined : lib.extract(v);
		if (more !== undefined) return new Body(more[0], more[1]);
	}
	return new Body(String(v), 'text/plain;charset=UTF-8');
}

const usedText = 'Body has already been used. It can only be used once. Use tee() first if you need to read it twice.';

// take marks a body as used and gives what it holds: null, a string, a Uint8Array, or the
// promise of a Uint8Array.
function take(body) {
	if (body.used) throw new TypeError(usedText);
	const b = body.b;
	if (b === null) return null;
	if (typeof b === 'object' && !(b instanceof Uint8Array)) {
		if (lib.disturbed(b) || b.locked) throw new TypeError(usedText);
		body.used = true;
		return lib.readAll(b);
	}
	body.used = true;
	return b;
}

function consume(body, f) {
	try {
		const b = take(body);
		if (b !== null && typeof b === 'object' && !(b instanceof Uint8Array)) return b.then(f);
		return Promise.resolve(f(b));
	} catch (e) {
		return Promise.reject(e);
	}
}

const toText = (b) => b === null ? '' : typeof b === 'string' ? b : host.decode(b);
const toJSON = (b) => JSON.parse(toText(b));
const toBuffer = (b) => {
	if (b === null) return new ArrayBuffer(0);
	if (typeof b === 'string') return host.encode(b);
	return b.byteLength === b.buffer.byteLength ? b.buffer : b.buffer.slice(b.byteOffset, b.byteOffset + b.byteLength);
};
const toBytes = (b) => new Uint8Array(toBuffer(b));

function bodyStream(body) {
	const b = body.b;
	if (b === null) return null;
	if (typeof b === 'string' || b instanceof Uint8Array) {
		body.b = lib.streamOf(toBytes(b), body.used);
		body.used = false;
	}
	return body.b;
}

function bodyUsed(body) {
	return body.used || (body.b !== null && typeof body.b === 'object' && !(body.b instanceof Uint8Array) && lib.disturbed(body.b));
}

function cloneBody(body) {
	if (bodyUsed(body)) throw new TypeError(usedText);
	const b = body.b;
	if (b !== null && typeof b === 'object' && !(b instanceof Uint8Array)) {
		if (b.locked) throw new TypeError(usedText);
		const two = b.tee();
		body.b = two[0];
		return new Body(two[1], body.type);
	}
	return new Body(b === null || typeof b === 'string' ? b : b.slice(), body.type);
}

let requestState, responseState;

function stateHeaders(s) {
	if (s.headers === null) s.headers = headersFromFlat(s.flat, s.locked);
	return s.headers;
}

// fill gives a request or a response its headers and their content type.
function fill(s, init) {
	const type = s.body.type;
	if (init === undefined || init === null) {
		if (type !== '') s.flat = 'content-type\n' + type + '\n';
		return;
	}
	const h = s.headers = new Headers(init);
	if (type !== '') {
		const m = headersMap(h);
		if (!m.has('content-type')) m.set('content-type', type);
	}
}

function contentType(s) {
	const v = stateHeaders(s).get('content-type');
	return v === null ? '' : v;
}

const methods = { GET: 1, HEAD: 1, POST: 1, PUT: 1, DELETE: 1, OPTIONS: 1 };

function methodName(m) {
	m = String(m);
	if (methods[m] === 1) return m;
	if (!token.test(m)) throw new TypeError('Invalid HTTP method: ' + JSON.stringify(m));
	const upper = m.toUpperCase();
	if (upper === 'CONNECT' || upper === 'TRACE' || upper === 'TRACK') throw new TypeError('Invalid HTTP method: ' + m);
	return methods[upper] === 1 || upper === 'PATCH' ? upper : m;
}

const blank = {}; // tells a constructor that the state is made for it

class Request {
	#s;
	static {
		requestState = (r) => typeof r === 'object' && r !== null && #s in r ? r.#s : undefined;
		lib.newRequest = (method, url, flat, body, cf) => {
			const r = new Request(blank);
			r.#s = {
				method: method, url: url, raw: true, flat: flat, headers: null, locked: true,
				body: new Body(body === null ? null : new Uint8Array(body), ''), cf: cf, signal: undefined, redirect: 'manual', cache: undefined,
			};
			return r;
		};
	}
	constructor(input, init) {
		if (input === blank) return;
		if (arguments.length === 0) throw new TypeError('Request: a URL or a Request is missing.');
		if (init === undefined || init === null) init = {};
		const from = requestState(input);
		const s = this.#s = {
			method: 'GET', url: '', raw: false, flat: '', headers: null, locked: false,
			body: null, cf: undefined, signal: undefined, redirect: 'follow', cache: undefined,
		};
		const old = requestState(init); // new Request(url, request)
		if (from !== undefined) {
			s.method = from.method;
			s.url = input.url;
			s.cf = from.cf;
			s.signal = from.signal;
			s.redirect = from.redirect;
			s.cache = from.cache;
		} else s.url = host.href(String(input));
		if (init.method !== undefined) s.method = methodName(init.method);
		if (init.cf !== undefined && init.cf !== null) s.cf = init.cf;
		if (init.signal !== undefined) s.signal = init.signal === null ? undefined : init.signal;
		if (init.redirect !== undefined) {
			s.redirect = String(init.redirect);
			if (s.redirect !== 'follow' && s.redirect !== 'manual') {
				throw new TypeError('Invalid redirect value, must be one of "follow" or "manual" ("error" won\'t be implemented since it does not make sense at the edge; use "manual" and check the response status code).');
			}
		}
		if (init.cache !== undefined) s.cache = init.cache;
		let body = old !== undefined ? old.body : undefined;
		let given = body === undefined ? init.body : undefined;
		if (body === undefined && (given === undefined || given === null) && from !== undefined) body = from.body;
		if (body !== undefined && body.b !== null) {
			if (bodyUsed(body)) throw new TypeError(usedText);
			s.body = new Body(body.b, '');
			body.used = true;
			if (typeof body.b !== 'string' && !(body.b instanceof Uint8Array)) {
				s.body.b = lib.proxyStream(body.b);
			}
		} else s.body = extract(given);
		if (s.body.b !== null && (s.method === 'GET' || s.method === 'HEAD')) {
			throw new TypeError('Request with a GET or HEAD method cannot have a body.');
		}
		if (init.headers !== undefined) fill(s, init.headers);
		else if (from !== undefined) fill(s, input.headers);
		else fill(s, undefined);
	}
	get method() { return this.#s.method; }
	get url() {
		const s = this.#s;
		if (s.raw) {
			s.url = host.href(s.url);
			s.raw = false;
		}
		return s.url;
	}
	get headers() { return stateHeaders(this.#s); }
	get body() { return bodyStream(this.#s.body); }
	get bodyUsed() { return bodyUsed(this.#s.body); }
	get cf() { return this.#s.cf; }
	get redirect() { return this.#s.redirect; }
	get cache() { return this.#s.cache; }
	get fetcher() { return null; }
	get integrity() { return ''; }
	get keepalive() { return false; }
	get signal() {
		if (this.#s.signal === undefined) this.#s.signal = new AbortController().signal;
		return this.#s.signal;
	}
	clone() {
		const s = this.#s;
		const r = new Request(blank);
		r.#s = Object.assign({}, s, { body: cloneBody(s.body), headers: new Headers(this.headers), locked: false });
		if (s.locked) freezeHeaders(r.#s.headers);
		return r;
	}
	text() { return consume(this.#s.body, toText); }
	json() { return consume(this.#s.body, toJSON); }
	arrayBuffer() { return consume(this.#s.body, toBuffer); }
	bytes() { return consume(this.#s.body, toBytes); }
	blob() { return consume(this.#s.body, (b) => new Blob([toBuffer(b)], { type: contentType(this.#s) })); }
	formData() { return consume(this.#s.body, (b) => lib.parseForm(toBytes(b), contentType(this.#s))); }
	get [Symbol.toStringTag]() { return 'Request'; }
}

class Response {
	#s;
	static {
		responseState = (r) => typeof r === 'object' && r !== null && #s in r ? r.#s : undefined;
		lib.newResponse = (status, statusText, flat, body, url) => {
			const r = new Response(blank);
			r.#s = {
				status: status, statusText: statusText, flat: flat, headers: null, locked: true, url: url,
				redirected: false, type: 'default', body: new Body(body === null ? null : new Uint8Array(body), ''), cf: undefined, webSocket: null,
			};
			return r;
		};
	}
	constructor(body, init) {
		if (body === blank) return;
		const s = this.#s = {
			status: 200, statusText: '', flat: '', headers: null, locked: false, url: '',
			redirected: false, type: 'default', body: null, cf: undefined, webSocket: null,
		};
		if (init === undefined || init === null) {
			s.body = extract(body);
			if (s.body.type !== '') s.flat = 'content-type\n' + s.body.type + '\n';
			return;
		}
		this.#init(body, init);
	}
	#init(body, init) {
		const s = this.#s;
		if (typeof init !== 'object' && typeof init !== 'function') throw new TypeError('Response: init is not an object.');
		if (init.status !== undefined) {
			const n = Number(init.status);
			if (!(n >= 200 && n <= 599) && n !== 101) {
				throw new RangeError('Responses may only be constructed with status codes in the range 200 to 599, inclusive.');
			}
			s.status = Math.trunc(n);
		}
		if (init.statusText !== undefined) {
			s.statusText = String(init.statusText);
			if (/[^\t -~\x80-\xff]/.test(s.statusText)) throw new TypeError('Invalid statusText.');
		}
		if (init.webSocket !== undefined && init.webSocket !== null) {
			throw new Error(lib.missing('WebSocket'));
		}
		if (init.cf !== undefined) s.cf = init.cf;
		s.body = extract(body);
		if (nullBody[s.status] === true && s.body.b !== null) {
			if (s.body.b !== '' && s.body.b.byteLength !== 0) {
				throw new TypeError('Response with null body status (101, 204, 205, or 304) cannot have a body.');
			}
			s.body = new Body(null, '');
		}
		fill(s, init.headers);
	}
	static json(data, init) {
		const text = JSON.stringify(data);
		if (text === undefined) throw new TypeError('Response.json: the value has no JSON.');
		const r = new Response(text, init);
		const s = r.#s;
		if (s.headers === null) s.flat = 'content-type\napplication/json\n';
		else if (init.headers === undefined || init.headers === null || !new Headers(init.headers).has('content-type')) {
			headersMap(s.headers).set('content-type', 'application/json');
		}
		return r;
	}
	static redirect(url, status) {
		const href = host.href(String(url));
		status = status === undefined ? 302 : Number(status);
		if (status !== 301 && status !== 302 && status !== 303 && status !== 307 && status !== 308) {
			throw new RangeError('Invalid redirect status code: ' + status);
		}
		const r = new Response(null, { status: status, headers: { location: href } });
		freezeHeaders(r.#s.headers);
		return r;
	}
	static error() {
		const r = new Response(null);
		r.#s.status = 0;
		r.#s.type = 'error';
		r.#s.locked = true;
		return r;
	}
	get status() { return this.#s.status; }
	get ok() { return this.#s.status >= 200 && this.#s.status < 300; }
	get statusText() { return this.#s.statusText; }
	get headers() { return stateHeaders(this.#s); }
	get body() { return bodyStream(this.#s.body); }
	get bodyUsed() { return bodyUsed(this.#s.body); }
	get url() { return this.#s.url; }
	get redirected() { return this.#s.redirected; }
	get type() { return this.#s.type; }
	get cf() { return this.#s.cf; }
	get webSocket() { return null; }
	clone() {
		const s = this.#s;
		const r = new Response(blank);
		r.#s = Object.assign({}, s, { body: cloneBody(s.body), headers: new Headers(this.headers) });
		if (s.locked) freezeHeaders(r.#s.headers);
		return r;
	}
	text() { return consume(this.#s.body, toText); }
	json() { return consume(this.#s.body, toJSON); }
	arrayBuffer() { return consume(this.#s.body, toBuffer); }
	bytes() { return consume(this.#s.body, toBytes); }
	blob() { return consume(this.#s.body, (b) => new Blob([toBuffer(b)], { type: contentType(this.#s) })); }
	formData() { return consume(this.#s.body, (b) => lib.parseForm(toBytes(b), contentType(this.#s))); }
	get [Symbol.toStringTag]() { return 'Response'; }
}

lib.toBytes = toBytes;
lib.toText = toText;

// peek gives Go a message's state, its body taken: state.out is null, a string, a
// Uint8Array, or the promise of a Uint8Array.
function peek(s) {
	if (s === undefined) return undefined;
	s.out = take(s.body);
	if (s.headers !== null) s.flat = headersFlat(s.headers);
	return s;
}
lib.peekResponse = (v) => peek(responseState(v));
lib.peekRequest = (v) => {
	const s = peek(requestState(v));
	if (s !== undefined) v.url;
	return s;
};

lib.define({ Headers: Headers, Request: Request, Response: Response });
})
