// Streams that encode, decode, compress and decompress.
(function (host, lib) {
'use strict';

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
	TextEncoderStream: TextEncoderStream, TextDecoderStream: TextDecoderStream,
	CompressionStream: CompressionStream, DecompressionStream: DecompressionStream,
});
})
