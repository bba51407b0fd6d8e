// Text and bytes: TextEncoder, TextDecoder, their streams, atob and btoa.
(function (host, lib) {
'use strict';

class TextEncoder {
	get encoding() { return 'utf-8'; }
	encode(s) { return new Uint8Array(host.encode(s === undefined ? '' : String(s))); }
	encodeInto(s, into) {
		if (!(into instanceof Uint8Array)) throw new TypeError('encodeInto: the destination is no Uint8Array.');
		const r = host.encodeInto(String(s), into);
		return { read: r[0], written: r[1] };
	}
	get [Symbol.toStringTag]() { return 'TextEncoder'; }
}

class TextDecoder {
	#enc; #fatal; #keep; #rest = new Uint8Array(0); #begun = false;
	constructor(label, options) {
		const name = host.encoding(label === undefined ? 'utf-8' : String(label));
		if (name === '') throw new RangeError('"' + label + '" is not a valid encoding.');
		if (name.charAt(0) === '!') throw new RangeError(lib.missing('TextDecoder for ' + name.slice(1)));
		this.#enc = name;
		this.#fatal = options !== undefined && options !== null && !!options.fatal;
		this.#keep = options !== undefined && options !== null && !!options.ignoreBOM;
	}
	get encoding() { return this.#enc; }
	get fatal() { return this.#fatal; }
	get ignoreBOM() { return this.#keep; }
	decode(input, options) {
		if (input !== undefined && !(input instanceof ArrayBuffer) && !ArrayBuffer.isView(input)) {
			throw new TypeError('TextDecoder.decode: the input is no ArrayBuffer or ArrayBufferView.');
		}
		const more = options !== undefined && options !== null && !!options.stream;
		// host.decodeWith answers the text and the bytes that wait for more.
		const r = host.decodeWith(this.#enc, this.#rest, input, more, this.#fatal);
		if (r === undefined) {
			this.#rest = new Uint8Array(0);
			this.#begun = false;
			throw new TypeError('Failed to decode input.');
		}
		let s = r[0];
		this.#rest = new Uint8Array(r[1]);
		if (!this.#begun && s !== '') {
			if (!this.#keep && this.#enc !== 'windows-1252' && s.charCodeAt(0) === 0xFEFF) s = s.slice(1);
			this.#begun = true;
		}
		if (!more) this.#begun = false;
		return s;
	}
	get [Symbol.toStringTag]() { return 'TextDecoder'; }
}

class TextEncoderStream extends TransformStream {
	constructor() {
		let high = '';
		const e = new TextEncoder();
		super({
			transform(chunk, c) {
				let s = high + String(chunk);
				high = '';
				const last = s.charCodeAt(s.length - 1);
				if (last >= 0xD800 && last <= 0xDBFF) {
					high = s.slice(-1);
					s = s.slice(0, -1);
				}
				if (s !== '') c.enqueue(e.encode(s));
			},
			flush(c) { if (high !== '') c.enqueue(e.encode(high)); },
		});
	}
	get encoding() { return 'utf-8'; }
}
class TextDecoderStream extends TransformStream {
	#d;
	constructor(label, options) {
		const d = new TextDecoder(label, options);
		super({
			transform(chunk, c) {
				const s = d.decode(chunk, { stream: true });
				if (s !== '') c.enqueue(s);
			},
			flush(c) {
				const s = d.decode();
				if (s !== '') c.enqueue(s);
			},
		});
		this.#d = d;
	}
	get encoding() { return this.#d.encoding; }
	get fatal() { return this.#d.fatal; }
	get ignoreBOM() { return this.#d.ignoreBOM; }
}

// packer makes a class of a function of all bytes: what comes out comes at the end.
const packer = (f) => class extends TransformStream {
	constructor(format) {
		format = String(format);
		if (format !== 'gzip' && format !== 'deflate' && format !== 'deflate-raw') {
			throw new TypeError('The compression format must be one of "gzip", "deflate" or "deflate-raw".');
		}
		const chunks = [];
		let total = 0;
		super({
			transform(chunk) {
				if (chunk instanceof ArrayBuffer) chunk = new Uint8Array(chunk);
				if (!ArrayBuffer.isView(chunk)) throw new TypeError('The chunk is no ArrayBuffer or ArrayBufferView.');
				total += chunk.byteLength;
				if (total > 128 * 1024 * 1024) throw new RangeError('The data are over 128 MiB, an isolate\'s memory.');
				chunks.push(new Uint8Array(chunk.buffer.slice(chunk.byteOffset, chunk.byteOffset + chunk.byteLength)));
			},
			flush(c) {
				const all = new Uint8Array(f(lib.join(chunks, total), format));
				if (all.length > 0) c.enqueue(all);
			},
		});
	}
};
const CompressionStream = packer((b, format) => host.compress(b, format));
const DecompressionStream = packer((b, format) => host.decompress(b, format));
Object.defineProperty(CompressionStream, 'name', { value: 'CompressionStream' });
Object.defineProperty(DecompressionStream, 'name', { value: 'DecompressionStream' });

lib.define({
	TextEncoder: TextEncoder, TextDecoder: TextDecoder, TextEncoderStream: TextEncoderStream, TextDecoderStream: TextDecoderStream,
	CompressionStream: CompressionStream, DecompressionStream: DecompressionStream,
	atob: function atob(s) {
		if (arguments.length === 0) throw new TypeError('atob: the text is missing.');
		const r = host.atob(String(s));
		if (r === undefined) throw new DOMException('atob() called with invalid base64-encoded data. (Only whitespace, \'+\', \'/\', alphanumeric ASCII, and up to two terminal \'=\' signs when the input data length is divisible by 4 are allowed.)', 'InvalidCharacterError');
		return r;
	},
	btoa: function btoa(s) {
		if (arguments.length === 0) throw new TypeError('btoa: the text is missing.');
		const r = host.btoa(String(s));
		if (r === undefined) throw new DOMException('btoa() can only operate on characters in the Latin1 (ISO/IEC 8859-1) range.', 'InvalidCharacterError');
		return r;
	},
});
})
