// DOMException, events and their targets, AbortController.
(function (host, lib) {
'use strict';

const codes = {
	IndexSizeError: 1, HierarchyRequestError: 3, WrongDocumentError: 4, InvalidCharacterError: 5,
	NoModificationAllowedError: 7, NotFoundError: 8, NotSupportedError: 9, InUseAttributeError: 10,
	InvalidStateError: 11, SyntaxError: 12, InvalidModificationError: 13, NamespaceError: 14,
	InvalidAccessError: 15, TypeMismatchError: 17, SecurityError: 18, NetworkError: 19, AbortError: 20,
	URLMismatchError: 21, QuotaExceededError: 22, TimeoutError: 23, InvalidNodeTypeError: 24, DataCloneError: 25,
};

class DOMException extends Error {
	#name;
	constructor(message, name) {
		super(message === undefined ? '' : String(message));
		this.#name = name === undefined ? 'Error' : name !== null && typeof name === 'object' && name.name !== undefined ? String(name.name) : String(name);
		if (name !== null && typeof name === 'object' && 'cause' in name) {
			Object.defineProperty(this, 'cause', { value: name.cause, writable: true, configurable: true });
		}
	}
	get name() { return this.#name; }
	get code() { return codes[this.#name] === undefined ? 0 : codes[this.#name]; }
	get [Symbol.toStringTag]() { return 'DOMException'; }
}
for (const n of Object.keys(codes)) {
	const at = n.replace(/Error$/, '').replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase() + '_ERR';
	const d = { value: codes[n], enumerable: true };
	Object.defineProperty(DOMException, at, d);
	Object.defineProperty(DOMException.prototype, at, d);
}

let dispatching;

class Event {
	#type; #o; #target = null; #current = null; #phase = 0; #stop = false; #now = false; #prevented = false; #passive = false; #busy = false; #trusted = false;
	static {
		dispatching = {
			busy: (e) => e.#busy,
			begin: (e, t, trusted) => { e.#busy = true; e.#target = t; e.#current = t; e.#phase = 2; e.#trusted = trusted; },
			end: (e) => { e.#busy = false; e.#current = null; e.#phase = 0; e.#stop = false; e.#now = false; },
			now: (e) => e.#now,
			passive: (e, p) => { e.#passive = p; },
		};
	}
	constructor(type, init) {
		if (arguments.length === 0) throw new TypeError('Event: its type is missing.');
		this.#type = String(type);
		this.#o = init === undefined || init === null ? {} : init;
	}
	get type() { return this.#type; }
	get target() { return this.#target; }
	get srcElement() { return this.#target; }
	get currentTarget() { return this.#current; }
	get eventPhase() { return this.#phase; }
	get bubbles() { return !!this.#o.bubbles; }
	get cancelable() { return !!this.#o.cancelable; }
	get composed() { return !!this.#o.composed; }
	get defaultPrevented() { return this.#prevented; }
	get returnValue() { return !this.#prevented; }
	get isTrusted() { return this.#trusted; }
	get timeStamp() { return 0; }
	get cancelBubble() { return this.#stop; }
	set cancelBubble(v) { if (v) this.#stop = true; }
	preventDefault() { if (this.cancelable && !this.#passive) this.#prevented = true; }
	stopPropagation() { this.#stop = true; }
	stopImmediatePropagation() { this.#stop = this.#now = true; }
	composedPath() { return this.#current === null ? [] : [this.#current]; }
	get [Symbol.toStringTag]() { return 'Event'; }
}
['NONE', 'CAPTURING_PHASE', 'AT_TARGET', 'BUBBLING_PHASE'].forEach((n, i) => {
	Object.defineProperty(Event, n, { value: i, enumerable: true });
	Object.defineProperty(Event.prototype, n, { value: i, enumerable: true });
});

class CustomEvent extends Event {
	#detail;
	constructor(type, init) {
		super(type, init);
		this.#detail = init === undefined || init === null || init.detail === undefined ? null : init.detail;
	}
	get detail() { return this.#detail; }
	get [Symbol.toStringTag]() { return 'CustomEvent'; }
}

class ErrorEvent extends Event {
	#i;
	constructor(type, init) {
		super(type, init);
		this.#i = init === undefined || init === null ? {} : init;
	}
	get message() { return this.#i.message === undefined ? '' : String(this.#i.message); }
	get filename() { return this.#i.filename === undefined ? '' : String(this.#i.filename); }
	get lineno() { return this.#i.lineno === undefined ? 0 : this.#i.lineno; }
	get colno() { return this.#i.colno === undefined ? 0 : this.#i.colno; }
	get error() { return this.#i.error; }
}

class MessageEvent extends Event {
	#i;
	constructor(type, init) {
		super(type, init);
		this.#i = init === undefined || init === null ? {} : init;
	}
	get data() { return this.#i.data === undefined ? null : this.#i.data; }
	get origin() { return this.#i.origin === undefined ? '' : String(this.#i.origin); }
	get lastEventId() { return ''; }
	get source() { return null; }
	get ports() { return []; }
}

let dispatch;

class EventTarget {
	#l; // type → listeners
	static {
		dispatch = (t, e, trusted) => {
			dispatching.begin(e, t, trusted);
			const all = t.#l === undefined ? undefined : t.#l.get(e.type);
			if (all !== undefined) {
				for (const l of all.slice()) {
					if (l.gone) continue;
					if (l.once) t.removeEventListener(e.type, l.f, l.capture);
					dispatching.passive(e, l.passive);
					try {
						if (typeof l.f === 'function') l.f.call(t, e);
						else l.f.handleEvent(e);
					} catch (err) {
						host.report(err);
					}
					dispatching.passive(e, false);
					if (dispatching.now(e)) break;
				}
			}
			dispatching.end(e);
			return !e.defaultPrevented;
		};
	}
	addEventListener(type, f, options) {
		if (f === null || f === undefined) return;
		if (typeof f !== 'function' && typeof f !== 'object') throw new TypeError('addEventListener: the listener is neither a function nor an object.');
		const o = typeof options === 'boolean' ? { capture: options } : options === undefined || options === null ? {} : options;
		if (o.signal !== undefined && o.signal.aborted) return;
		type = String(type);
		if (this.#l === undefined) this.#l = new Map();
		let all = this.#l.get(type);
		if (all === undefined) this.#l.set(type, all = []);
		const capture = !!o.capture;
		if (all.some((l) => l.f === f && l.capture === capture)) return;
		all.push({ f: f, capture: capture, once: !!o.once, passive: !!o.passive, gone: false });
		if (o.signal !== undefined) o.signal.addEventListener('abort', () => this.removeEventListener(type, f, capture), { once: true });
	}
	removeEventListener(type, f, options) {
		const capture = typeof options === 'boolean' ? options : options !== undefined && options !== null && !!options.capture;
		const all = this.#l === undefined ? undefined : this.#l.get(String(type));
		if (all === undefined) return;
		const i = all.findIndex((l) => l.f === f && l.capture === capture);
		if (i >= 0) all.splice(i, 1)[0].gone = true;
	}
	dispatchEvent(e) {
		if (!(e instanceof Event)) throw new TypeError('dispatchEvent: the argument is no Event.');
		if (dispatching.busy(e)) throw new DOMException('The event is being dispatched.', 'InvalidStateError');
		return dispatch(this, e, false);
	}
	get [Symbol.toStringTag]() { return 'EventTarget'; }
}

// handler gives a class an on… property.
function handler(proto, type) {
	const at = new WeakMap();
	Object.defineProperty(proto, 'on' + type, {
		configurable: true, enumerable: true,
		get() { return at.has(this) ? at.get(this).f : null; },
		set(f) {
			const old = at.get(this);
			if (old !== undefined) this.removeEventListener(type, old.call);
			at.delete(this);
			if (typeof f !== 'function') return;
			const call = (e) => f.call(this, e);
			at.set(this, { f: f, call: call });
			this.addEventListener(type, call);
		},
	});
}

let makeSignal, abort;

class AbortSignal extends EventTarget {
	#aborted = false; #reason; #dependents; #first;
	static {
		makeSignal = () => new AbortSignal(lib.blank);
		abort = (s, reason) => {
			if (s.#aborted) return;
			s.#aborted = true;
			s.#reason = reason === undefined ? new DOMException('The operation was aborted', 'AbortError') : reason;
			const deps = s.#dependents;
			s.#dependents = undefined;
			if (s.#first !== undefined) for (const f of s.#first) f(s.#reason);
			s.#first = undefined;
			dispatch(s, new Event('abort'), true);
			if (deps !== undefined) for (const d of deps) abort(d, s.#reason);
		};
		// onAbort runs f(reason) before the listeners; what it returns takes that back.
		lib.onAbort = (s, f) => {
			if (s.#first === undefined) s.#first = new Set();
			s.#first.add(f);
			return () => { if (s.#first !== undefined) s.#first.delete(f); };
		};
		lib.isSignal = (s) => typeof s === 'object' && s !== null && #aborted in s;
	}
	constructor(key) {
		if (key !== lib.blank) throw new TypeError('Illegal constructor');
		super();
	}
	get aborted() { return this.#aborted; }
	get reason() { return this.#reason; }
	throwIfAborted() { if (this.#aborted) throw this.#reason; }
	static abort(reason) {
		const s = makeSignal();
		s.#aborted = true;
		s.#reason = reason === undefined ? new DOMException('The operation was aborted', 'AbortError') : reason;
		return s;
	}
	static timeout(ms) {
		ms = Number(ms);
		if (!(ms >= 0 && ms <= Number.MAX_SAFE_INTEGER)) throw new TypeError('AbortSignal.timeout: the time is not a number of milliseconds.');
		const s = makeSignal();
		host.timer(ms, () => abort(s, new DOMException('The operation was aborted due to timeout', 'TimeoutError')));
		return s;
	}
	static any(signals) {
		const s = makeSignal();
		const all = Array.from(signals);
		for (const x of all) if (!lib.isSignal(x)) throw new TypeError('AbortSignal.any: not an AbortSignal.');
		for (const x of all) {
			if (x.#aborted) {
				s.#aborted = true;
				s.#reason = x.#reason;
				return s;
			}
		}
		for (const x of all) {
			if (x.#dependents === undefined) x.#dependents = new Set();
			x.#dependents.add(s);
		}
		return s;
	}
	get [Symbol.toStringTag]() { return 'AbortSignal'; }
}
handler(AbortSignal.prototype, 'abort');

class AbortController {
	#signal;
	get signal() {
		if (this.#signal === undefined) this.#signal = makeSignal();
		return this.#signal;
	}
	abort(reason) { abort(this.signal, reason); }
	get [Symbol.toStringTag]() { return 'AbortController'; }
}

lib.define({
	DOMException: DOMException, Event: Event, CustomEvent: CustomEvent, ErrorEvent: ErrorEvent, MessageEvent: MessageEvent,
	EventTarget: EventTarget, AbortSignal: AbortSignal, AbortController: AbortController,
	reportError: function reportError(e) { host.report(e); },
});
})
