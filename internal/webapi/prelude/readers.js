// What a ReadableStream does, its controllers and its readers.
(function (host, lib) {
'use strict';

function deferred() {
	const d = {};
	d.promise = new Promise((ok, bad) => { d.resolve = ok; d.reject = bad; });
	return d;
}
const quiet = (p) => { p.catch(() => {}); return p; };

function strategy(st, hwm) {
	if (st === undefined || st === null) st = {};
	let n = st.highWaterMark === undefined ? hwm : Number(st.highWaterMark);
	if (!(n >= 0)) throw new RangeError('A highWaterMark is a number that is not negative.');
	if (st.size !== undefined && typeof st.size !== 'function') throw new TypeError('A strategy\'s size is a function.');
	return { hwm: n, size: st.size === undefined ? () => 1 : (c) => st.size(c) };
}

const st = (stream) => lib.readableState(stream);

const call = (o, name, ...args) => typeof o[name] === 'function' ? o[name](...args) : undefined;

function shouldPull(s) {
	if (s.state !== 'readable' || s.closing || !s.started) return false;
	return (s.reader !== null && s.reader.reads.length > 0) || s.hwm - s.total > 0;
}
function pull(s) {
	if (!shouldPull(s)) return;
	if (s.pulling) {
		s.again = true;
		return;
	}
	if (s.src.pull === undefined) return;
	s.pulling = true;
	let p;
	try {
		p = s.src.pull(s.controller);
	} catch (e) {
		return error(s, e);
	}
	Promise.resolve(p).then(() => {
		s.pulling = false;
		if (s.again) {
			s.again = false;
			pull(s);
		}
	}, (e) => error(s, e));
}
function finish(s) {
	s.state = 'closed';
	if (s.reader !== null) {
		for (const d of s.reader.reads.splice(0)) d.resolve({ value: undefined, done: true });
		s.reader.closed.resolve();
	}
}
function error(s, e) {
	if (s.state !== 'readable') return;
	s.state = 'errored';
	s.error = e;
	s.queue = [];
	s.total = 0;
	if (s.reader !== null) {
		for (const d of s.reader.reads.splice(0)) d.reject(e);
		s.reader.closed.reject(e);
	}
}
function enqueue(s, chunk) {
	if (s.state !== 'readable' || s.closing) throw new TypeError('The stream is not in a state that permits enqueue.');
	if (s.bytes) {
		if (!ArrayBuffer.isView(chunk)) throw new TypeError('enqueue: a stream of bytes takes an ArrayBufferView.');
		if (chunk.byteLength === 0) throw new TypeError('enqueue: the chunk is empty.');
		chunk = new Uint8Array(chunk.buffer.slice(chunk.byteOffset, chunk.byteOffset + chunk.byteLength));
	}
	if (s.reader !== null && s.reader.reads.length > 0) s.reader.reads.shift().resolve({ value: chunk, done: false });
	else {
		let n;
		try {
			n = s.bytes ? chunk.byteLength : Number(s.size(chunk));
			if (!(n >= 0) || n === Infinity) throw new RangeError('A chunk\'s size is a number that is not negative.');
		} catch (e) {
			error(s, e);
			throw e;
		}
		s.queue.push({ chunk: chunk, n: n });
		s.total += n;
	}
	pull(s);
}
function close(s) {
	if (s.state !== 'readable' || s.closing) throw new TypeError('The stream is not in a state that permits close.');
	s.closing = true;
	if (s.queue.length === 0) finish(s);
}
function read(s) {
	s.disturbed = true;
	if (s.queue.length > 0) {
		const e = s.queue.shift();
		s.total -= e.n;
		if (s.closing && s.queue.length === 0) finish(s);
		else pull(s);
		return Promise.resolve({ value: e.chunk, done: false });
	}
	if (s.state === 'closed') return Promise.resolve({ value: undefined, done: true });
	if (s.state === 'errored') return Promise.reject(s.error);
	const d = deferred();
	s.reader.reads.push(d);
	pull(s);
	return d.promise;
}
function cancel(s, reason) {
	s.disturbed = true;
	if (s.state === 'closed') return Promise.resolve();
	if (s.state === 'errored') return Promise.reject(s.error);
	s.queue = [];
	s.total = 0;
	finish(s);
	try {
		return Promise.resolve(call(s.src, 'cancel', reason)).then(() => undefined);
	} catch (e) {
		return Promise.reject(e);
	}
}

class ReadableStreamDefaultController {
	#s;
	constructor(key, s) {
		if (key !== lib.blank) throw new TypeError('Illegal constructor');
		this.#s = s;
	}
	get desiredSize() {
		const s = this.#s;
		return s.state === 'errored' ? null : s.state === 'closed' ? 0 : s.hwm - s.total;
	}
	enqueue(chunk) { enqueue(this.#s, chunk); }
	close() { close(this.#s); }
	error(e) { error(this.#s, e); }
}
class ReadableByteStreamController extends ReadableStreamDefaultController {
	get byobRequest() { return null; }
}

function attach(stream, reader) {
	const s = st(stream);
	if (s.reader !== null) throw new TypeError('This ReadableStream is currently locked to a reader.');
	const r = { reads: [], closed: deferred(), s: s };
	quiet(r.closed.promise);
	s.reader = r;
	if (s.state === 'closed') r.closed.resolve();
	else if (s.state === 'errored') r.closed.reject(s.error);
	return r;
}
function release(r) {
	const e = new TypeError('This ReadableStream reader has been released.');
	for (const d of r.reads.splice(0)) d.reject(e);
	if (r.s.state !== 'readable') {
		r.closed = deferred();
		quiet(r.closed.promise);
	}
	r.closed.reject(e);
	r.s.reader = null;
	r.s = null;
}
const gone = () => Promise.reject(new TypeError('This ReadableStream reader has been released.'));

class ReadableStreamDefaultReader {
	#r;
	constructor(stream) {
		if (!lib.isReadable(stream)) throw new TypeError('The argument is no ReadableStream.');
		this.#r = attach(stream);
	}
	get closed() { return this.#r.closed.promise; }
	read() { return this.#r.s === null ? gone() : read(this.#r.s); }
	cancel(reason) { return this.#r.s === null ? gone() : cancel(this.#r.s, reason); }
	releaseLock() { if (this.#r.s !== null) release(this.#r); }
}
class ReadableStreamBYOBReader {
	#r;
	constructor(stream) {
		if (!lib.isReadable(stream)) throw new TypeError('The argument is no ReadableStream.');
		if (!st(stream).bytes) throw new TypeError('This ReadableStream does not support BYOB reads.');
		this.#r = attach(stream);
	}
	get closed() { return this.#r.closed.promise; }
	read(view) {
		const s = this.#r.s;
		if (s === null) return gone();
		if (!ArrayBuffer.isView(view)) return Promise.reject(new TypeError('read: the argument is no ArrayBufferView.'));
		if (view.byteLength === 0) return Promise.reject(new TypeError('read: the view is empty.'));
		return read(s).then((got) => {
			const make = (n) => new view.constructor(view.buffer, view.byteOffset, n / (view.BYTES_PER_ELEMENT || 1));
			if (got.done) return { value: make(0), done: true };
			const n = Math.min(got.value.length, view.byteLength);
			if (n % (view.BYTES_PER_ELEMENT || 1) !== 0) throw new Error(lib.missing('A BYOB read of elements that the chunks cut'));
			new Uint8Array(view.buffer, view.byteOffset, n).set(got.value.subarray(0, n));
			if (n < got.value.length) {
				s.queue.unshift({ chunk: got.value.subarray(n), n: got.value.length - n });
				s.total += got.value.length - n;
				if (s.state === 'closed') {
					s.state = 'readable';
					s.closing = true;
				}
			}
			return { value: make(n), done: false };
		});
	}
	cancel(reason) { return this.#r.s === null ? gone() : cancel(this.#r.s, reason); }
	releaseLock() { if (this.#r.s !== null) release(this.#r); }
}

Object.assign(lib, {
	deferred: deferred, quiet: quiet, strategy: strategy, call: call,
	readable: { pull: pull, error: error, cancel: cancel },
	shouldPull: (stream) => shouldPull(st(stream)),
});
lib.define({
	ReadableStreamDefaultReader: ReadableStreamDefaultReader, ReadableStreamBYOBReader: ReadableStreamBYOBReader,
	ReadableStreamDefaultController: ReadableStreamDefaultController, ReadableByteStreamController: ReadableByteStreamController,
});
})
