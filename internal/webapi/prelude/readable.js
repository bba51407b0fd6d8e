// ReadableStream.
(function (host, lib) {
'use strict';

// A body is read up to so many bytes, in up to so many chunks: a stream that never ends
// has to end somewhere.
const maxBytes = 128 * 1024 * 1024, maxChunks = 1 << 16;

const { deferred, quiet, strategy, call } = lib;
const { pull: start, error: fail, cancel: stop } = lib.readable;

class ReadableStream {
	#s;
	static {
		lib.readableState = (stream) => stream.#s;
		lib.isReadable = (o) => typeof o === 'object' && o !== null && #s in o;
		lib.disturbed = (stream) => stream.#s.disturbed;
		lib.disturb = (stream) => { stream.#s.disturbed = true; };
	}
	constructor(source, strat) {
		if (source === undefined) source = {};
		if (source === null) throw new TypeError('ReadableStream: the source is null.');
		const bytes = source.type !== undefined;
		if (bytes && String(source.type) !== 'bytes') throw new TypeError('ReadableStream: the type is not "bytes".');
		const q = strategy(strat, bytes ? 0 : 1);
		const s = this.#s = {
			state: 'readable', queue: [], total: 0, hwm: q.hwm, size: q.size, bytes: bytes, src: source, reader: null,
			started: false, closing: false, pulling: false, again: false, disturbed: false, error: undefined, controller: null,
		};
		s.controller = new (bytes ? ReadableByteStreamController : ReadableStreamDefaultController)(lib.blank, s);
		const r = call(source, 'start', s.controller);
		Promise.resolve(r).then(() => {
			s.started = true;
			start(s);
		}, (e) => fail(s, e));
	}
	get locked() { return this.#s.reader !== null; }
	cancel(reason) {
		if (this.locked) return Promise.reject(new TypeError('This ReadableStream is currently locked to a reader.'));
		return stop(this.#s, reason);
	}
	getReader(options) {
		if (options !== undefined && options !== null && options.mode !== undefined) {
			if (String(options.mode) !== 'byob') throw new TypeError('getReader: the mode is not "byob".');
			return new ReadableStreamBYOBReader(this);
		}
		return new ReadableStreamDefaultReader(this);
	}
	tee() { return lib.tee(this, this.#s.bytes); }
	pipeTo(dest, options) { return lib.pipe(this, dest, options); }
	pipeThrough(pair, options) {
		if (this.locked) throw new TypeError('This ReadableStream is currently locked to a reader.');
		if (pair.writable.locked) throw new TypeError('This WritableStream is currently locked to a writer.');
		quiet(lib.pipe(this, pair.writable, options));
		return pair.readable;
	}
	values(options) {
		const reader = this.getReader();
		const keep = options !== undefined && options !== null && !!options.preventCancel;
		let last = Promise.resolve(), over = false;
		const next = () => over ? Promise.resolve({ value: undefined, done: true }) : reader.read().then((r) => {
			if (r.done) {
				over = true;
				reader.releaseLock();
			}
			return r;
		}, (e) => {
			over = true;
			reader.releaseLock();
			throw e;
		});
		const end = (v) => {
			if (over) return { value: v, done: true };
			over = true;
			const p = keep ? Promise.resolve() : reader.cancel(v);
			reader.releaseLock();
			return p.then(() => ({ value: v, done: true }));
		};
		return {
			next() { return last = last.then(next, next); },
			return(v) { return last = last.then(() => end(v), () => end(v)); },
			[Symbol.asyncIterator]() { return this; },
		};
	}
	[Symbol.asyncIterator](options) { return this.values(options); }
	static from(iterable) {
		if (iterable === null || iterable === undefined) throw new TypeError('ReadableStream.from: not iterable.');
		const f = iterable[Symbol.asyncIterator] || iterable[Symbol.iterator];
		if (typeof f !== 'function') throw new TypeError('ReadableStream.from: not iterable.');
		const it = f.call(iterable);
		return new ReadableStream({
			pull(c) {
				return Promise.resolve(it.next()).then((r) => {
					if (r.done) return c.close();
					return Promise.resolve(r.value).then((v) => c.enqueue(v));
				});
			},
			cancel(reason) { return call(it, 'return', reason); },
		}, { highWaterMark: 0 });
	}
	get [Symbol.toStringTag]() { return 'ReadableStream'; }
}

// streamOf is a stream of bytes that are there.
lib.streamOf = (bytes, used) => {
	const stream = new ReadableStream({
		type: 'bytes',
		start(c) {
			if (bytes.length > 0 && !used) c.enqueue(bytes);
			c.close();
		},
	});
	if (used) lib.disturb(stream);
	return stream;
};

// proxyStream takes a stream over: the old one is locked from then on.
lib.proxyStream = (stream) => {
	const reader = stream.getReader();
	lib.disturb(stream);
	return new ReadableStream({
		pull: (c) => reader.read().then((r) => r.done ? c.close() : c.enqueue(r.value)),
		cancel: (reason) => reader.cancel(reason),
	}, { highWaterMark: 0 });
};

// readAll is the promise of all bytes of a stream.
lib.readAll = (stream) => {
	const reader = stream.getReader();
	const chunks = [], all = deferred();
	let total = 0;
	const refuse = (e) => {
		quiet(reader.cancel(e));
		all.reject(e);
	};
	const next = () => { reader.read().then(take, all.reject); };
	const take = (r) => {
		if (r.done) return all.resolve(lib.join(chunks, total));
		let v = r.value;
		if (v instanceof ArrayBuffer) v = new Uint8Array(v);
		else if (!ArrayBuffer.isView(v)) {
			return refuse(new TypeError('This TransformStream is being used as a byte stream, but received an object of non-ArrayBuffer/ArrayBufferView type on its writable side.'));
		} else if (!(v instanceof Uint8Array)) v = new Uint8Array(v.buffer, v.byteOffset, v.byteLength);
		total += v.length;
		chunks.push(v);
		if (total > maxBytes) return refuse(new RangeError('The body is over 128 MiB, an isolate\'s memory.'));
		if (chunks.length > maxChunks) return refuse(new RangeError('The body has over ' + maxChunks + ' chunks.'));
		next();
	};
	next();
	return all.promise;
};

lib.define({ ReadableStream: ReadableStream });
})
