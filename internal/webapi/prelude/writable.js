// WritableStream.
(function (host, lib) {
'use strict';

const { deferred, quiet, strategy, call } = lib;
let st, ctl;

function pressure(s) {
	const full = s.hwm - s.total <= 0;
	if (full === s.full) return;
	s.full = full;
	if (s.state !== 'writable' || s.closing) return;
	if (full) s.ready = deferred();
	else s.ready.resolve();
}
function fail(s, e) { // no more is written; what is on its way comes to its end
	if (s.state !== 'writable') return;
	s.state = 'erroring';
	s.error = e;
	quiet(s.ready.promise);
	s.ready.reject(e);
	const again = deferred();
	quiet(again.promise);
	again.reject(e);
	s.ready = again;
	ctl.signal(s, e);
	if (s.started && !s.busy) failed(s);
}
function failed(s) {
	if (s.state !== 'erroring') return;
	s.state = 'errored';
	for (const w of s.queue.splice(0)) w.d.reject(s.error);
	const a = s.aborting;
	const end = () => {
		if (s.closing && s.closeDone !== undefined) s.closeDone.reject(s.error);
		s.closed.reject(s.error);
	};
	if (a === undefined) return end();
	Promise.resolve().then(() => call(s.sink, 'abort', s.error)).then(() => { a.resolve(); end(); }, (e) => { a.reject(e); end(); });
}
function advance(s) {
	if (!s.started || s.busy) return;
	if (s.state === 'erroring') return failed(s);
	if (s.state !== 'writable') return;
	if (s.queue.length === 0) {
		if (!s.closing) return;
		s.busy = true;
		Promise.resolve().then(() => call(s.sink, 'close')).then(() => {
			s.busy = false;
			s.state = 'closed';
			s.closeDone.resolve();
			s.closed.resolve();
			if (s.aborting !== undefined) s.aborting.resolve();
		}, (e) => {
			s.busy = false;
			s.closeDone.reject(e);
			s.closeDone = undefined;
			fail(s, e);
			failed(s);
		});
		return;
	}
	const w = s.queue[0];
	s.busy = true;
	let p;
	try {
		p = Promise.resolve(call(s.sink, 'write', w.chunk, s.controller));
	} catch (e) {
		p = Promise.reject(e);
	}
	p.then(() => {
		s.busy = false;
		s.queue.shift();
		s.total -= w.n;
		w.d.resolve();
		if (s.state === 'writable') pressure(s);
		advance(s);
	}, (e) => {
		s.busy = false;
		s.queue.shift();
		w.d.reject(e);
		fail(s, e);
		failed(s);
	});
}
function write(s, chunk) {
	let n;
	try {
		n = Number(s.size(chunk));
		if (!(n >= 0) || n === Infinity) throw new RangeError('A chunk\'s size is a number that is not negative.');
	} catch (e) {
		fail(s, e);
		return Promise.reject(e);
	}
	if (s.state === 'errored' || s.state === 'erroring') return Promise.reject(s.error);
	if (s.closing || s.state === 'closed') return Promise.reject(new TypeError('This WritableStream has been closed.'));
	const d = deferred();
	s.queue.push({ chunk: chunk, n: n, d: d });
	s.total += n;
	pressure(s);
	advance(s);
	return d.promise;
}
function close(s) {
	if (s.state === 'errored' || s.state === 'erroring') return Promise.reject(s.error);
	if (s.closing || s.state === 'closed') return Promise.reject(new TypeError('This WritableStream has been closed.'));
	s.closing = true;
	s.closeDone = deferred();
	if (s.full) s.ready.resolve();
	advance(s);
	return s.closeDone.promise;
}
function abort(s, reason) {
	if (s.state === 'closed' || s.state === 'errored') return Promise.resolve();
	if (s.aborting !== undefined) return s.aborting.promise;
	s.aborting = deferred();
	quiet(s.aborting.promise);
	if (s.state === 'writable') fail(s, reason);
	return s.aborting.promise;
}

class WritableStreamDefaultController {
	#s; #abort;
	static {
		ctl = { signal: (s, e) => { if (s.aborting !== undefined) s.controller.#controller().abort(e); } };
	}
	constructor(key, s) {
		if (key !== lib.blank) throw new TypeError('Illegal constructor');
		this.#s = s;
	}
	#controller() {
		if (this.#abort === undefined) this.#abort = new AbortController();
		return this.#abort;
	}
	get signal() { return this.#controller().signal; }
	error(e) { fail(this.#s, e); }
}

class WritableStream {
	#s;
	static {
		st = (w) => w.#s;
		lib.isWritable = (o) => typeof o === 'object' && o !== null && #s in o;
	}
	constructor(sink, strat) {
		if (sink === undefined) sink = {};
		if (sink === null) throw new TypeError('WritableStream: the sink is null.');
		if (sink.type !== undefined) throw new RangeError('WritableStream: the type is not supported.');
		const q = strategy(strat, 1);
		const s = this.#s = {
			state: 'writable', queue: [], total: 0, hwm: q.hwm, size: q.size, sink: sink, writer: null, started: false, busy: false,
			closing: false, closeDone: undefined, aborting: undefined, error: undefined, full: false, ready: deferred(), closed: deferred(), controller: null,
		};
		quiet(s.closed.promise);
		s.ready.resolve();
		if (s.hwm === 0) pressure(s);
		s.controller = new WritableStreamDefaultController(lib.blank, s);
		Promise.resolve(call(sink, 'start', s.controller)).then(() => {
			s.started = true;
			advance(s);
		}, (e) => {
			s.started = true;
			fail(s, e);
			failed(s);
		});
	}
	get locked() { return this.#s.writer !== null; }
	abort(reason) { return this.locked ? Promise.reject(new TypeError('This WritableStream is currently locked to a writer.')) : abort(this.#s, reason); }
	close() { return this.locked ? Promise.reject(new TypeError('This WritableStream is currently locked to a writer.')) : close(this.#s); }
	getWriter() { return new WritableStreamDefaultWriter(this); }
	get [Symbol.toStringTag]() { return 'WritableStream'; }
}

const released = () => Promise.reject(new TypeError('This WritableStream writer has been released.'));

class WritableStreamDefaultWriter {
	#s;
	constructor(stream) {
		if (!lib.isWritable(stream)) throw new TypeError('The argument is no WritableStream.');
		if (stream.locked) throw new TypeError('This WritableStream is currently locked to a writer.');
		this.#s = st(stream);
		this.#s.writer = this;
	}
	get ready() { return this.#s === null ? released() : this.#s.ready.promise; }
	get closed() { return this.#s === null ? released() : this.#s.closed.promise; }
	get desiredSize() {
		const s = this.#s;
		if (s === null) throw new TypeError('This WritableStream writer has been released.');
		return s.state === 'errored' || s.state === 'erroring' ? null : s.state === 'closed' ? 0 : s.hwm - s.total;
	}
	write(chunk) { return this.#s === null ? released() : write(this.#s, chunk); }
	close() { return this.#s === null ? released() : close(this.#s); }
	abort(reason) { return this.#s === null ? released() : abort(this.#s, reason); }
	releaseLock() {
		if (this.#s === null) return;
		this.#s.writer = null;
		this.#s = null;
	}
}

lib.writableState = st;
lib.define({
	WritableStream: WritableStream, WritableStreamDefaultWriter: WritableStreamDefaultWriter,
	WritableStreamDefaultController: WritableStreamDefaultController,
});
})
