// TransformStream, and what is made of it.
(function (host, lib) {
'use strict';

const { deferred, strategy, call } = lib;

class TransformStreamDefaultController {
	#t;
	constructor(key, t) {
		if (key !== lib.blank) throw new TypeError('Illegal constructor');
		this.#t = t;
	}
	get desiredSize() { return this.#t.out.desiredSize; }
	enqueue(chunk) {
		const t = this.#t;
		t.out.enqueue(chunk);
		if (!t.full && !lib.shouldPull(t.readable)) t.setFull(true);
	}
	error(e) { this.#t.fail(e); }
	terminate() { this.#t.end(); }
}

class TransformStream {
	#readable; #writable;
	constructor(transformer, wstrat, rstrat) {
		const tr = transformer === undefined || transformer === null ? {} : transformer;
		if (tr.readableType !== undefined || tr.writableType !== undefined) throw new RangeError('TransformStream: types are not supported.');
		const q = strategy(rstrat, 0);
		// full: the readable side wants nothing now; a write waits for that to change.
		const t = { out: null, into: null, readable: null, full: true, change: deferred() };
		t.setFull = (v) => {
			t.full = v;
			t.change.resolve();
			t.change = deferred();
		};
		const go = () => { if (t.full) t.setFull(false); };
		t.fail = (e) => {
			t.out.error(e);
			t.into.error(e);
			go();
		};
		t.end = () => {
			if (t.out.desiredSize !== null) try { t.out.close(); } catch (e) { /* it was closed */ }
			t.into.error(new TypeError('This TransformStream has been terminated.'));
			go();
		};
		const c = new TransformStreamDefaultController(lib.blank, t);
		const started = deferred();
		t.readable = this.#readable = new ReadableStream({
			start(out) { t.out = out; return started.promise; },
			pull() {
				t.setFull(false);
				return t.change.promise;
			},
			cancel(reason) {
				t.into.error(reason);
				go();
				return call(tr, 'cancel', reason);
			},
		}, { highWaterMark: q.hwm, size: q.size });
		const transform = (chunk) => {
			try {
				if (typeof tr.transform !== 'function') c.enqueue(chunk);
				else return Promise.resolve(tr.transform(chunk, c)).catch(bad);
			} catch (e) {
				bad(e);
			}
		};
		const bad = (e) => {
			t.out.error(e);
			throw e;
		};
		this.#writable = new WritableStream({
			start(w) { t.into = w; return started.promise; },
			write(chunk) { return t.full ? t.change.promise.then(() => transform(chunk)) : transform(chunk); },
			close() {
				return Promise.resolve().then(() => call(tr, 'flush', c)).then(() => {
					if (t.out.desiredSize === null) throw new TypeError('This TransformStream has failed.');
					try { t.out.close(); } catch (e) { /* it was closed */ }
				}).catch(bad);
			},
			abort(reason) {
				t.out.error(reason);
				return call(tr, 'cancel', reason);
			},
		}, wstrat);
		started.resolve(call(tr, 'start', c));
	}
	get readable() { return this.#readable; }
	get writable() { return this.#writable; }
	get [Symbol.toStringTag]() { return 'TransformStream'; }
}

class IdentityTransformStream extends TransformStream {
	constructor() {
		super({
			transform(chunk, c) {
				if (chunk instanceof ArrayBuffer) chunk = new Uint8Array(chunk);
				if (!ArrayBuffer.isView(chunk)) {
					throw new TypeError('This TransformStream is being used as a byte stream, but received an object of non-ArrayBuffer/ArrayBufferView type on its writable side.');
				}
				if (chunk.byteLength > 0) c.enqueue(chunk);
			},
		});
	}
}
class FixedLengthStream extends TransformStream {
	constructor(length) {
		const want = Number(length);
		let got = 0;
		if (!(want >= 0)) throw new TypeError('FixedLengthStream: the length is not a number of bytes.');
		super({
			transform(chunk, c) {
				if (!ArrayBuffer.isView(chunk)) throw new TypeError('FixedLengthStream takes bytes.');
				got += chunk.byteLength;
				if (got > want) throw new TypeError('Attempt to write too many bytes through a FixedLengthStream.');
				c.enqueue(chunk);
			},
			flush() { if (got < want) throw new TypeError('FixedLengthStream did not see all expected bytes before close().'); },
		});
	}
}
class CountQueuingStrategy {
	#n;
	constructor(o) { this.#n = Number(o.highWaterMark); }
	get highWaterMark() { return this.#n; }
	get size() { return () => 1; }
}
class ByteLengthQueuingStrategy {
	#n;
	constructor(o) { this.#n = Number(o.highWaterMark); }
	get highWaterMark() { return this.#n; }
	get size() { return (c) => c.byteLength; }
}

lib.define({
	TransformStream: TransformStream,
	TransformStreamDefaultController: TransformStreamDefaultController, IdentityTransformStream: IdentityTransformStream,
	FixedLengthStream: FixedLengthStream, CountQueuingStrategy: CountQueuingStrategy, ByteLengthQueuingStrategy: ByteLengthQueuingStrategy,
});
})
