// What moves chunks from a stream to others: pipes and tee.
(function (host, lib) {
'use strict';

const { deferred, quiet } = lib;
const st = lib.writableState;

lib.pipe = (from, to, options) => {
	const o = options === undefined || options === null ? {} : options;
	if (!lib.isWritable(to)) return Promise.reject(new TypeError('pipeTo: the destination is no WritableStream.'));
	if (from.locked) return Promise.reject(new TypeError('This ReadableStream is currently locked to a reader.'));
	if (to.locked) return Promise.reject(new TypeError('This WritableStream is currently locked to a writer.'));
	if (o.signal !== undefined && !lib.isSignal(o.signal)) return Promise.reject(new TypeError('pipeTo: the signal is no AbortSignal.'));
	const r = from.getReader(), w = to.getWriter(), s = st(to);
	lib.disturb(from);
	let off = () => {}, last = Promise.resolve();
	const release = () => {
		off();
		r.releaseLock();
		w.releaseLock();
	};
	const result = deferred();
	let over = false;
	const end = (work, e, bad) => {
		if (over) return;
		over = true;
		last.catch(() => {}).then(work).then(() => { release(); bad ? result.reject(e) : result.resolve(); }, (e2) => { release(); result.reject(e2); });
	};
	if (o.signal !== undefined) {
		const stop = (reason) => end(() => Promise.all([o.preventAbort ? undefined : w.abort(reason), o.preventCancel ? undefined : r.cancel(reason)]), reason, true);
		if (o.signal.aborted) {
			stop(o.signal.reason);
			return result.promise;
		}
		off = lib.onAbort(o.signal, stop);
	}
	const lost = (e) => end(() => o.preventCancel ? undefined : r.cancel(e), e, true);
	w.closed.then(() => lost(new TypeError('This WritableStream has been closed.')), lost);
	const step = () => {
		if (over) return;
		w.ready.then(() => over ? undefined : r.read().then((got) => {
			if (over && !got.done) return quiet(w.write(got.value));
			if (got.done) return end(() => o.preventClose || s.closing ? undefined : w.close());
			last = quiet(w.write(got.value));
			step();
		}, (e) => end(() => o.preventAbort ? undefined : w.abort(e), e, true)), () => {});
	};
	step();
	return result.promise;
};

lib.tee = (stream, bytes) => {
	const r = stream.getReader();
	const outs = [], gone = [false, false], reasons = [];
	const all = deferred();
	let reading = false, again = false;
	const pull = () => {
		if (reading) {
			again = true;
			return;
		}
		reading = true;
		r.read().then((got) => {
			reading = false;
			for (let i = 0; i < 2; i++) {
				if (gone[i]) continue;
				if (got.done) outs[i].close();
				else outs[i].enqueue(got.value);
			}
			if (got.done && (gone[0] || gone[1])) all.resolve();
			if (!got.done && again) {
				again = false;
				pull();
			}
		}, (e) => {
			outs[0].error(e);
			outs[1].error(e);
			all.resolve();
		});
	};
	const branch = (i) => new ReadableStream({
		type: bytes ? 'bytes' : undefined,
		start(c) { outs[i] = c; },
		pull: pull,
		cancel(reason) {
			gone[i] = true;
			reasons[i] = reason;
			if (gone[0] && gone[1]) r.cancel(reasons).then(all.resolve, all.reject);
			return all.promise;
		},
	}, { highWaterMark: 0 });
	return [branch(0), branch(1)];
};
})
