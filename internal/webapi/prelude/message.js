// What Request and Response share: a body and headers. All state of both is in private
// fields of one class, which is what goja makes fastest; a field that is undefined has its
// default.
(function (host, lib) {
'use strict';

const { headersMap, headersFlat, headersFromFlat, freezeHeaders } = lib;

let type = ''; // the content type of what extract was last given

// special is the body and the type of an object that is more than its text.
function special(v) {
	if (lib.isReadable(v)) {
		if (lib.disturbed(v)) throw new TypeError(usedText);
		if (v.locked) throw new TypeError('This ReadableStream is currently locked to a reader.');
		return [v, ''];
	}
	if (lib.isBlob(v)) return [lib.blobBytes(v).slice(), v.type];
	if (lib.isForm(v)) return lib.multipart(v);
	if (lib.isParams(v)) return [v.toString(), 'application/x-www-form-urlencoded;charset=UTF-8'];
	return undefined;
}

// extract is the body of a value: null, a string, a Uint8Array or a ReadableStream.
function extract(v) {
	type = '';
	if (typeof v === 'string') {
		type = 'text/plain;charset=UTF-8';
		return v;
	}
	if (v === null || v === undefined) return null;
	if (typeof v === 'object') {
		if (v instanceof ArrayBuffer) return new Uint8Array(v.slice(0));
		if (ArrayBuffer.isView(v)) {
			return new Uint8Array(v.buffer.slice(v.byteOffset, v.byteOffset + v.byteLength));
		}
		const more = special(v);
		if (more !== undefined) {
			type = more[1];
			return more[0];
		}
	}
	type = 'text/plain;charset=UTF-8';
	return String(v);
}

const usedText = 'Body has already been used. It can only be used once. Use tee() first if you need to read it twice.';
const isStream = (b) => b !== null && typeof b === 'object' && !(b instanceof Uint8Array);

const plain = (s) => host.wellFormed(s.charCodeAt(0) === 0xFEFF ? s.slice(1) : s);
const toText = (b) => b === null ? '' : typeof b === 'string' ? plain(b) : host.decode(b);
const toJSON = (b) => JSON.parse(toText(b));
const toBuffer = (b) => {
	if (b === null) return new ArrayBuffer(0);
	if (typeof b === 'string') return host.encode(b);
	return b.byteLength === b.buffer.byteLength ? b.buffer : b.buffer.slice(b.byteOffset, b.byteOffset + b.byteLength);
};
const toBytes = (b) => new Uint8Array(toBuffer(b));

let take, consume, state, contentType;

class Message {
	#b;       // null, a string, a Uint8Array or a ReadableStream
	#used;    // the body was read
	#flat;    // the headers, unless #headers is there
	#headers;
	#locked;  // the headers can't be changed
	#kind;    // of a request its method, of a response its status
	#text;    // of a request its URL, of a response its status text
	#more;    // an object of what is rarely there, or undefined

	constructor(b, flat, kind, text, more, locked) {
		this.#b = b;
		this.#flat = flat;
		this.#kind = kind;
		this.#text = text;
		if (more !== undefined) this.#more = more;
		if (locked === true) this.#locked = true;
	}
	get headers() {
		let h = this.#headers;
		if (h === undefined) h = this.#headers = headersFromFlat(this.#flat, this.#locked === true);
		return h;
	}
	get body() {
		const b = this.#b;
		if (typeof b === 'string' || b instanceof Uint8Array) {
			this.#b = lib.streamOf(toBytes(b), this.#used === true);
			this.#used = undefined;
		}
		return this.#b;
	}
	get bodyUsed() {
		return this.#used === true || (isStream(this.#b) && lib.disturbed(this.#b));
	}
	get cf() { return this.#more === undefined ? undefined : this.#more.cf; }
	text() { return consume(this, toText); }
	json() { return consume(this, toJSON); }
	arrayBuffer() { return consume(this, toBuffer); }
	bytes() { return consume(this, toBytes); }
	blob() { return consume(this, (b) => new Blob([toBuffer(b)], { type: contentType(this) })); }
	formData() { return consume(this, (b) => lib.parseForm(toBytes(b), contentType(this))); }

	static {
		// state is what the two classes know of each other's instances.
		state = {
			is: (m) => typeof m === 'object' && m !== null && #kind in m,
			kind: (m) => m.#kind,
			text: (m) => m.#text,
			setText: (m, v) => { m.#text = v; },
			more: (m) => m.#more,
			body: (m) => m.#b,
			lock: (m) => { m.#locked = true; return m; },
			locked: (m) => m.#locked === true,
			use: (m) => { m.#used = true; },
			has: (m) => m.#headers !== undefined,
			setHeaders: (m, h) => { m.#headers = h; },
			// cloneBody makes two bodies of one.
			cloneBody: (m) => {
				if (m.bodyUsed) throw new TypeError(usedText);
				const b = m.#b;
				if (!isStream(b)) return b === null || typeof b === 'string' ? b : b.slice();
				if (b.locked) throw new TypeError(usedText);
				const two = b.tee();
				m.#b = two[0];
				return two[1];
			},
			cloneHeaders: (m, c) => {
				c.#headers = new Headers(m.headers);
				if (m.#locked === true || lib.isFrozen(m.#headers)) freezeHeaders(c.#headers);
			},
		};
		// take marks a body as used and gives what it holds: null, a string, a Uint8Array, or
		// the promise of a Uint8Array.
		take = (m) => {
			const b = m.#b;
			if (b === null) return null;
			if (m.#used === true) throw new TypeError(usedText);
			if (typeof b !== 'string' && !(b instanceof Uint8Array)) {
				if (lib.disturbed(b) || b.locked) throw new TypeError(usedText);
				m.#used = true;
				return lib.readAll(b);
			}
			m.#used = true;
			return b;
		};
		consume = (m, f) => {
			try {
				const b = take(m);
				if (b !== null && typeof b === 'object' && !(b instanceof Uint8Array)) return b.then(f);
				return Promise.resolve(f(b));
			} catch (e) {
				return Promise.reject(e);
			}
		};
		contentType = (m) => {
			const v = m.headers.get('content-type');
			return v === null ? '' : v;
		};
		// out is what Go reads of a message: the same object each time.
		const out = { kind: 0, text: '', flat: '', body: null, signal: undefined };
		lib.peek = (m) => {
			if (typeof m !== 'object' || m === null || !(#kind in m)) return undefined;
			out.body = take(m);
			const h = m.#headers;
			out.flat = h === undefined ? m.#flat : headersFlat(h);
			out.kind = m.#kind;
			out.text = typeof m.#kind === 'string' ? m.url : m.#text;
			out.signal = m.#more === undefined ? undefined : m.#more.signal;
			return out;
		};
	}
}

// fill gives a message the headers of its init, and its content type.
state.fill = (m, init, type) => {
	const h = new Headers(init);
	if (type !== '') {
		const map = headersMap(h);
		if (!map.has('content-type')) map.set('content-type', type);
	}
	state.setHeaders(m, h);
};

Object.assign(lib, {
	Message: Message, state: state, blank: {}, bodyOf: extract, typeOf: () => type,
	usedText: usedText, isStream: isStream, toBytes: toBytes, toText: toText,
});
})
