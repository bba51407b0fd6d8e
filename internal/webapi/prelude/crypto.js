// crypto. The algorithms are Go's.
(function (host, lib) {
'use strict';

const hashes = { 'SHA-1': 20, 'SHA-256': 32, 'SHA-384': 48, 'SHA-512': 64, MD5: 16 };
const blocks = { 'SHA-1': 64, 'SHA-256': 64, 'SHA-384': 128, 'SHA-512': 128 };
const err = (name, message) => new DOMException(message, name);
const missing = (what) => err('NotSupportedError', lib.missing(what));

// bytes is a copy of what a buffer holds.
function bytes(v) {
	if (v instanceof ArrayBuffer) return v.slice(0);
	if (ArrayBuffer.isView(v)) return v.buffer.slice(v.byteOffset, v.byteOffset + v.byteLength);
	throw new TypeError('The data are no ArrayBuffer or ArrayBufferView.');
}
function algorithm(a) {
	if (typeof a === 'string') a = { name: a };
	if (a === null || typeof a !== 'object' || a.name === undefined) throw new TypeError('The algorithm has no name.');
	const o = {};
	for (const k in a) o[k] = a[k];
	o.name = String(a.name).toUpperCase();
	return o;
}
function hash(h, where) {
	const n = algorithm(h).name;
	if (hashes[n] === undefined) throw missing('crypto.subtle.' + where + ' with ' + n);
	return n;
}

let raw;
class CryptoKey {
	#k;
	static { raw = (k) => {
		if (typeof k !== 'object' || k === null || !(#k in k)) throw new TypeError('The key is no CryptoKey.');
		return k.#k;
	}; }
	constructor(key, k) {
		if (key !== lib.blank) throw new TypeError('Illegal constructor');
		this.#k = k;
	}
	get type() { return 'secret'; }
	get extractable() { return this.#k.extractable; }
	get algorithm() { return this.#k.algorithm; }
	get usages() { return this.#k.usages.slice(); }
	get [Symbol.toStringTag]() { return 'CryptoKey'; }
}

const uses = {
	HMAC: ['sign', 'verify'], 'AES-GCM': ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey'], 'AES-CBC': ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey'],
	'AES-KW': ['wrapKey', 'unwrapKey'], PBKDF2: ['deriveKey', 'deriveBits'], HKDF: ['deriveKey', 'deriveBits'],
};
const order = ['encrypt', 'decrypt', 'sign', 'verify', 'deriveKey', 'deriveBits', 'wrapKey', 'unwrapKey'];

const isAES = (a) => a.name === 'AES-GCM' || a.name === 'AES-CBC' || a.name === 'AES-KW';

function makeKey(a, data, extractable, usages, where) {
	if (uses[a.name] === undefined) throw missing('crypto.subtle.' + where + ' with ' + a.name);
	const list = Array.from(usages, String);
	for (const u of list) if (uses[a.name].indexOf(u) < 0) throw err('SyntaxError', 'A key for ' + a.name + ' can\'t be used to ' + u + '.');
	if (list.length === 0) throw err('SyntaxError', 'Usages cannot be empty when importing a secret key.');
	const n = data.byteLength;
	const alg = { name: a.name };
	if (a.name === 'HMAC') {
		if (n === 0) throw err('DataError', 'The key is empty.');
		alg.hash = { name: hash(a.hash, where) };
		alg.length = a.length === undefined ? n * 8 : a.length;
		if (alg.length > n * 8 || alg.length <= n * 8 - 8) throw err('DataError', 'The key\'s length does not fit its data.');
	} else if (isAES(a)) {
		if (n !== 16 && n !== 24 && n !== 32) throw err('DataError', 'An AES key has 128, 192 or 256 bits.');
		alg.length = n * 8;
	} else if (extractable) throw err('SyntaxError', 'A key for ' + a.name + ' can\'t be extractable.');
	return new CryptoKey(lib.blank, { data: data, extractable: !!extractable, algorithm: alg, usages: order.filter((u) => list.indexOf(u) >= 0) });
}
function keyFor(key, name, use) {
	const k = raw(key);
	if (k.algorithm.name !== name) throw err('InvalidAccessError', 'The key is for ' + k.algorithm.name + ', not for ' + name + '.');
	if (k.usages.indexOf(use) < 0) throw err('InvalidAccessError', 'The key can\'t be used to ' + use + '.');
	return k;
}
const toURL = (b) => btoa(Array.from(new Uint8Array(b), (c) => String.fromCharCode(c)).join('')).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
const fromURL = (s) => Uint8Array.from(atob(String(s).replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0)).buffer;
const jwkAlg = (a) => a.name === 'HMAC' ? 'HS' + a.hash.name.slice(4) : 'A' + a.length + a.name.slice(4);

function derive(a, key, bits, use) {
	a = algorithm(a);
	if (a.name !== 'PBKDF2' && a.name !== 'HKDF') throw missing('crypto.subtle.' + use + ' with ' + a.name);
	const k = keyFor(key, a.name, use);
	if (typeof bits !== 'number' || bits <= 0 || bits % 8 !== 0 || bits > 1 << 20) throw err('OperationError', 'The length is no number of whole bytes.');
	const h = hash(a.hash, use);
	if (a.name === 'HKDF') return host.hkdf(h, k.data, bytes(a.salt), bytes(a.info), bits / 8);
	if (!(a.iterations >= 1)) throw err('OperationError', 'PBKDF2 needs iterations.');
	if (a.iterations > 100000) throw err('NotSupportedError', 'Pbkdf2 failed: iteration counts above 100000 are not supported (requested ' + a.iterations + ').');
	return host.pbkdf2(h, k.data, bytes(a.salt), a.iterations, bits / 8);
}

// cipher does what use says; with a key for what is allowed.
function cipher(a, key, data, use, allowed = use) {
	a = algorithm(a);
	if (a.name === 'AES-KW' && allowed !== use) {
		const r = host.aesKW(use === 'encrypt', keyFor(key, a.name, allowed).data, bytes(data));
		if (typeof r === 'string') throw err('OperationError', r);
		return r;
	}
	if (a.name !== 'AES-GCM' && a.name !== 'AES-CBC') throw missing('crypto.subtle.' + use + ' with ' + a.name);
	const k = keyFor(key, a.name, allowed);
	const tag = a.tagLength === undefined ? 128 : a.tagLength;
	if (a.name === 'AES-GCM' && [96, 104, 112, 120, 128].indexOf(tag) < 0) {
		if (tag === 32 || tag === 64) throw missing('AES-GCM with a tag of ' + tag + ' bits');
		throw err('OperationError', 'The tag\'s length is not valid.');
	}
	const r = host.aes(a.name, use === 'encrypt', k.data, bytes(a.iv), bytes(data), a.additionalData === undefined ? new ArrayBuffer(0) : bytes(a.additionalData), tag / 8);
	if (typeof r === 'string') throw err('OperationError', r);
	return r;
}

const operations = {
	digest(a, data) { return host.digest(hash(a, 'digest'), bytes(data)); },
	importKey(format, data, a, extractable, usages) {
		a = algorithm(a);
		if (format === 'raw') return makeKey(a, bytes(data), extractable, usages, 'importKey');
		if (format !== 'jwk') throw missing('crypto.subtle.importKey of the format ' + format);
		if (uses[a.name] === undefined || a.name === 'PBKDF2' || a.name === 'HKDF') throw missing('crypto.subtle.importKey of a JWK for ' + a.name);
		if (data === null || typeof data !== 'object' || data.kty !== 'oct' || typeof data.k !== 'string') throw err('DataError', 'The JWK is no secret key ("kty": "oct").');
		if (data.ext === false && extractable) throw err('DataError', 'The JWK is not extractable.');
		if (data.key_ops !== undefined && !Array.from(usages).every((u) => data.key_ops.indexOf(u) >= 0)) throw err('DataError', 'The JWK\'s key_ops don\'t allow these usages.');
		const key = makeKey(a, fromURL(data.k), extractable, usages, 'importKey');
		if (data.alg !== undefined && data.alg !== jwkAlg(key.algorithm)) throw err('DataError', 'The JWK\'s alg is ' + data.alg + ', not ' + jwkAlg(key.algorithm) + '.');
		return key;
	},
	exportKey(format, key) {
		const k = raw(key);
		if (!k.extractable) throw err('InvalidAccessError', 'The key is not extractable.');
		if (format === 'raw') return k.data.slice(0);
		if (format !== 'jwk') throw missing('crypto.subtle.exportKey of the format ' + format);
		return { kty: 'oct', k: toURL(k.data), alg: jwkAlg(k.algorithm), key_ops: k.usages.slice(), ext: true };
	},
	generateKey(a, extractable, usages) {
		a = algorithm(a);
		let n;
		if (a.name === 'HMAC') n = a.length === undefined ? blocks[hash(a.hash, 'generateKey')] : Math.ceil(a.length / 8);
		else if (isAES(a)) {
			if (a.length !== 128 && a.length !== 192 && a.length !== 256) throw err('OperationError', 'An AES key has 128, 192 or 256 bits.');
			n = a.length / 8;
		} else throw missing('crypto.subtle.generateKey with ' + a.name);
		if (!(n > 0 && n <= 65536)) throw err('OperationError', 'The key\'s length is not valid.');
		return makeKey(a, crypto.getRandomValues(new Uint8Array(n)).buffer, extractable, usages, 'generateKey');
	},
	sign(a, key, data) {
		a = algorithm(a);
		if (a.name !== 'HMAC') throw missing('crypto.subtle.sign with ' + a.name);
		const k = keyFor(key, 'HMAC', 'sign');
		return host.hmac(k.algorithm.hash.name, k.data, bytes(data));
	},
	verify(a, key, signature, data) {
		a = algorithm(a);
		if (a.name !== 'HMAC') throw missing('crypto.subtle.verify with ' + a.name);
		const k = keyFor(key, 'HMAC', 'verify');
		return host.equal(host.hmac(k.algorithm.hash.name, k.data, bytes(data)), bytes(signature));
	},
	encrypt(a, key, data) { return cipher(a, key, data, 'encrypt'); },
	decrypt(a, key, data) { return cipher(a, key, data, 'decrypt'); },
	deriveBits(a, key, bits) { return derive(a, key, bits, 'deriveBits'); },
	deriveKey(a, key, want, extractable, usages) {
		want = algorithm(want);
		const n = want.length !== undefined ? want.length : want.name === 'HMAC' ? blocks[hash(want.hash, 'deriveKey')] * 8 : 0;
		return makeKey(want, derive(a, key, n, 'deriveKey'), extractable, usages, 'deriveKey');
	},
	wrapKey(format, key, by, a) {
		const data = operations.exportKey(format, key);
		return cipher(a, by, format === 'jwk' ? host.encode(JSON.stringify(data)) : data, 'encrypt', 'wrapKey');
	},
	unwrapKey(format, data, by, a, want, extractable, usages) {
		if (format !== 'raw' && format !== 'jwk') throw missing('crypto.subtle.unwrapKey of the format ' + format);
		let plain = cipher(a, by, data, 'decrypt', 'unwrapKey');
		if (format === 'jwk') {
			try {
				plain = JSON.parse(new TextDecoder().decode(plain));
			} catch {
				throw err('DataError', 'What was wrapped is no JWK.');
			}
		}
		return operations.importKey(format, plain, want, extractable, usages);
	},
};

class SubtleCrypto {
	constructor(key) { if (key !== lib.blank) throw new TypeError('Illegal constructor'); }
	timingSafeEqual(a, b) {
		a = bytes(a);
		b = bytes(b);
		if (a.byteLength !== b.byteLength) throw new TypeError('Input buffers must have the same byte length.');
		return host.equal(a, b);
	}
	get [Symbol.toStringTag]() { return 'SubtleCrypto'; }
}
for (const name of Object.keys(operations)) {
	const f = operations[name];
	const m = { [name](...args) {
		try {
			return Promise.resolve(f.apply(this, args));
		} catch (e) {
			return Promise.reject(e);
		}
	} };
	Object.defineProperty(SubtleCrypto.prototype, name, { value: m[name], writable: true, configurable: true });
}

// Made when it is asked for, since it needs streams.
let digestStream;
const makeDigestStream = () => class DigestStream extends WritableStream {
	#digest;
	constructor(a) {
		const name = hash(a, 'DigestStream');
		const chunks = [], d = lib.deferred();
		let total = 0;
		lib.quiet(d.promise);
		super({
			write(chunk) {
				const b = new Uint8Array(typeof chunk === 'string' ? host.encode(chunk) : bytes(chunk));
				total += b.length;
				if (total > 128 * 1024 * 1024) throw new RangeError('The data are over 128 MiB, an isolate\'s memory.');
				chunks.push(b);
			},
			close() { d.resolve(host.digest(name, lib.join(chunks, total).buffer)); },
			abort(e) { d.reject(e); },
		});
		this.#digest = d.promise;
	}
	get digest() { return this.#digest; }
};

class Crypto {
	constructor(key) { if (key !== lib.blank) throw new TypeError('Illegal constructor'); }
	get subtle() { return subtle; }
	getRandomValues(v) {
		if (!ArrayBuffer.isView(v) || v instanceof Float32Array || v instanceof Float64Array || v instanceof DataView) {
			throw err('TypeMismatchError', 'getRandomValues() takes an array of integers.');
		}
		if (v.byteLength > 65536) throw err('QuotaExceededError', 'getRandomValues() only accepts buffers of size <= 64K but provided ' + v.byteLength + ' bytes.');
		host.random(v);
		return v;
	}
	get DigestStream() {
		if (digestStream === undefined) digestStream = makeDigestStream();
		return digestStream;
	}
	randomUUID() { return host.uuid(); }
	get [Symbol.toStringTag]() { return 'Crypto'; }
}
const subtle = new SubtleCrypto(lib.blank);
const crypto = new Crypto(lib.blank);
lib.define({ Crypto: Crypto, SubtleCrypto: SubtleCrypto, CryptoKey: CryptoKey, crypto: crypto });
})
