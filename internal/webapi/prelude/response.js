// Response.
(function (host, lib) {
'use strict';

const { Message, state, blank, headersMap, freezeHeaders } = lib;
const nullBody = { 101: true, 103: true, 204: true, 205: true, 304: true };
const nullText = 'Response with null body status (101, 204, 205, or 304) cannot have a body.';

class Response extends Message {
	constructor(body, init, b0, flat, kind, text, more0) {
		if (body === blank) {
			super(b0, flat, kind, text, more0);
			return;
		}
		let b = lib.bodyOf(body);
		const type = lib.typeOf();
		if (init === undefined || init === null) {
			super(b, type === '' ? '' : 'content-type\n' + type + '\n', 200, '', undefined);
			return;
		}
		if (typeof init !== 'object' && typeof init !== 'function') throw new TypeError('Response: init is not an object.');
		let status = init.status, statusText = init.statusText, more;
		if (status === undefined) status = 200;
		else if (!(status >= 200 && status <= 599) || status !== Math.floor(status)) {
			const n = Math.trunc(Number(status));
			if (!(n >= 200 && n <= 599)) {
				throw new RangeError('Responses may only be constructed with status codes in the range 200 to 599, inclusive.');
			}
			status = n;
		}
		if (statusText === undefined) statusText = '';
		else {
			statusText = String(statusText);
			if (/[^\t -~\x80-\xff]/.test(statusText)) throw new TypeError('Invalid statusText.');
		}
		if (init.webSocket !== undefined && init.webSocket !== null) throw new Error(lib.missing('WebSocket'));
		if (init.cf !== undefined) more = { cf: init.cf };
		if (b !== null && nullBody[status] === true) {
			if (b !== '' && b.byteLength !== 0) throw new TypeError(nullText);
			b = null;
		}
		const given = init.headers;
		super(b, type === '' ? '' : 'content-type\n' + type + '\n', status, statusText, more);
		if (given !== undefined && given !== null) state.fill(this, given, type);
	}
	static json(data, init) {
		const text = JSON.stringify(data);
		if (text === undefined) throw new TypeError('Response.json: the value has no JSON.');
		const plain = init === undefined || init === null;
		if (plain) return new Response(blank, undefined, text, 'content-type\napplication/json\n', 200, '', undefined);
		const own = init.headers !== undefined && init.headers !== null && new Headers(init.headers).has('content-type');
		const r = new Response(text, init);
		if (!own) headersMap(r.headers).set('content-type', 'application/json');
		return r;
	}
	static redirect(url, status) {
		const href = host.href(String(url));
		status = status === undefined ? 302 : Number(status);
		if (status !== 301 && status !== 302 && status !== 303 && status !== 307 && status !== 308) {
			throw new RangeError('Invalid redirect status code: ' + status);
		}
		const r = new Response(null, { status: status, headers: { location: href } });
		freezeHeaders(r.headers);
		return r;
	}
	static error() {
		return state.lock(new Response(blank, undefined, null, '', 0, '', { type: 'error' }));
	}
	get status() { return state.kind(this); }
	get ok() {
		const n = state.kind(this);
		return n >= 200 && n < 300;
	}
	get statusText() { return state.text(this); }
	get url() { return state.more(this) === undefined || state.more(this).url === undefined ? '' : state.more(this).url; }
	get redirected() { return false; }
	get type() { return state.more(this) === undefined || state.more(this).type === undefined ? 'default' : state.more(this).type; }
	get webSocket() { return null; }
	clone() {
		const c = new Response(blank, undefined, state.cloneBody(this), '', this.status, this.statusText, state.more(this));
		state.cloneHeaders(this, c);
		return c;
	}
	get [Symbol.toStringTag]() { return 'Response'; }
}

lib.newResponse = (status, statusText, flat, body, url) => state.lock(new Response(blank, undefined,
	body === null ? null : new Uint8Array(body), flat, status, statusText, { url: url }));
Object.defineProperty(Response, 'length', { value: 0 });
lib.peekResponse = (v) => state.is(v) && typeof state.kind(v) === 'number' ? lib.peek(v) : undefined;

lib.define({ Response: Response });
})
