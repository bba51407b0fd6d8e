// Text and bytes: TextEncoder, TextDecoder, atob and btoa.
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

lib.define({
	TextEncoder: TextEncoder, TextDecoder: TextDecoder,
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
