// Request.
(function (host, lib) {
'use strict';

const { Message, state, blank, token } = lib;
const methods = { GET: 1, HEAD: 1, POST: 1, PUT: 1, DELETE: 1, OPTIONS: 1 };

function methodName(m) {
	m = String(m);
	if (methods[m] === 1) return m;
	if (!token.test(m)) throw new TypeError('Invalid HTTP method: ' + JSON.stringify(m));
	const upper = m.toUpperCase();
	if (upper === 'CONNECT' || upper === 'TRACE' || upper === 'TRACK') throw new TypeError('Invalid HTTP method: ' + m);
	return methods[upper] === 1 ? upper : m;
}

const redirects = 'Invalid redirect value, must be one of "follow" or "manual" ("error" won\'t be implemented since it does not make sense at the edge; use "manual" and check the response status code).';

// rare reads from an init what is rarely there.
function rare(init, old) {
	const m = old === undefined ? {} : Object.assign({}, old);
	if (init.cf !== undefined && init.cf !== null) m.cf = init.cf;
	if (init.signal !== undefined) m.signal = init.signal === null ? undefined : init.signal;
	if (init.cache !== undefined) m.cache = init.cache;
	if (init.redirect !== undefined) {
		m.redirect = String(init.redirect);
		if (m.redirect !== 'follow' && m.redirect !== 'manual') throw new TypeError(redirects);
	}
	return m;
}

const isRequest = (v) => state.is(v) && typeof state.kind(v) === 'string';

class Request extends Message {
	constructor(input, init, b0, flat, kind, text, more0) {
		if (input === blank) {
			super(b0, flat, kind, text, more0);
			return;
		}
		if (arguments.length === 0) throw new TypeError('Request: a URL or a Request is missing.');
		if (init === undefined || init === null) init = {};
		const from = isRequest(input) ? input : undefined;
		const url = from !== undefined ? from.url : host.href(String(input));
		let method = from !== undefined ? from.method : 'GET';
		if (init.method !== undefined) method = methodName(init.method);
		const more = rare(init, from === undefined ? undefined : state.more(from));
		let b = null, type = '', source;
		if (isRequest(init)) source = init; // new Request(url, request)
		else if (init.body !== undefined && init.body !== null) {
			b = lib.bodyOf(init.body);
			type = lib.typeOf();
		} else source = from;
		if (source !== undefined && state.body(source) !== null) {
			if (source.bodyUsed) throw new TypeError(lib.usedText);
			b = state.body(source);
			if (lib.isStream(b)) b = lib.proxyStream(b);
		}
		if (b !== null && (method === 'GET' || method === 'HEAD')) {
			throw new TypeError('Request with a GET or HEAD method cannot have a body.');
		}
		super(b, type === '' ? '' : 'content-type\n' + type + '\n', method, url, more);
		if (source !== undefined && b !== null) state.use(source);
		if (init.headers !== undefined) state.fill(this, init.headers, type);
		else if (from !== undefined) state.fill(this, from.headers, type);
	}
	get method() { return state.kind(this); }
	get url() {
		// An incoming request's URL is parsed when it is asked for.
		const url = state.text(this);
		const more = state.more(this);
		if (more !== undefined && more.raw !== true) return url;
		const href = host.href(url);
		state.setText(this, href);
		if (more !== undefined) more.raw = false;
		return href;
	}
	get redirect() {
		const m = state.more(this);
		return m === undefined || m.redirect === undefined ? 'follow' : m.redirect;
	}
	get cache() { return state.more(this) === undefined ? undefined : state.more(this).cache; }
	get fetcher() { return null; }
	get integrity() { return ''; }
	get keepalive() { return false; }
	get signal() {
		const m = state.more(this);
		if (m === undefined) return new AbortController().signal;
		if (m.signal === undefined) m.signal = new AbortController().signal;
		return m.signal;
	}
	clone() {
		const more = state.more(this);
		const c = new Request(blank, undefined, state.cloneBody(this), '', this.method, this.url, more === undefined ? undefined : Object.assign({}, more));
		state.cloneHeaders(this, c);
		return c;
	}
	get [Symbol.toStringTag]() { return 'Request'; }
}

lib.peekRequest = (v) => isRequest(v) ? lib.peek(v) : undefined;
Object.defineProperty(Request, 'length', { value: 1 });
lib.isRequest = isRequest;
lib.Request = Request; // Go makes those that come in, by way of Message's constructor
lib.asRequest = (input, init) => isRequest(input) && init === undefined ? input : new Request(input, init);

lib.define({ Request: Request });
})
