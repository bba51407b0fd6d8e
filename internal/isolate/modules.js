// What the runtime's own modules export, as far as they are here: an object for each.
(function (host) {
'use strict';

const unknown = (what) => new Error(what + ' is not here; the real Workers runtime has it.');

// A frame is a Map of what each AsyncLocalStorage holds; it is never changed.
const within = (frame, f, self, args) => {
	const before = host.frame();
	host.enter(frame);
	try {
		return Reflect.apply(f, self, args);
	} finally {
		host.enter(before);
	}
};

class AsyncLocalStorage {
	#initial;
	#name;
	constructor(options = {}) {
		this.#initial = options.defaultValue;
		this.#name = options.name ?? '';
	}
	get name() { return this.#name; }
	getStore() {
		const frame = host.frame();
		return frame !== undefined && frame.has(this) ? frame.get(this) : this.#initial;
	}
	run(store, f, ...args) { return within(new Map(host.frame()).set(this, store), f, null, args); }
	exit(f, ...args) { return within(new Map(host.frame()).set(this, undefined), f, null, args); }
	enterWith() { throw new Error('asyncLocalStorage.enterWith() is not implemented'); } // there neither
	disable() { throw new Error('asyncLocalStorage.disable() is not implemented'); }
	static bind(f) {
		const frame = host.frame();
		return function (...args) { return within(frame, f, this, args); };
	}
	static snapshot() {
		const frame = host.frame();
		return (f, ...args) => within(frame, f, null, args);
	}
}

class AsyncResource {
	#frame = host.frame();
	constructor(type) { this.type = String(type); }
	runInAsyncScope(f, self, ...args) { return within(this.#frame, f, self, args); }
	bind(f, self) {
		const resource = this;
		return function (...args) { return resource.runInAsyncScope(f, self === undefined ? this : self, ...args); };
	}
	static bind(f, type, self) { return new AsyncResource(type ?? f.name).bind(f, self); }
	asyncId() { throw unknown('AsyncResource.asyncId'); }
	triggerAsyncId() { throw unknown('AsyncResource.triggerAsyncId'); }
	emitDestroy() { return this; }
}

// EventEmitter is a function, so that it can be called upon what inherits from it.
function EventEmitter(options) {
	if (options !== undefined && options.captureRejections) throw unknown('captureRejections of EventEmitter');
	if (!Object.prototype.hasOwnProperty.call(this, '_events')) this._events = new Map();
}
const listenersOf = (emitter, event) => {
	if (!Object.prototype.hasOwnProperty.call(emitter, '_events')) emitter._events = new Map();
	return emitter._events.get(event) ?? [];
};
const add = (emitter, event, f, first) => {
	if (typeof f !== 'function') throw new TypeError('The "listener" argument must be of type function.');
	if (listenersOf(emitter, 'newListener').length > 0) emitter.emit('newListener', event, f.listener ?? f);
	const before = listenersOf(emitter, event);
	emitter._events.set(event, first ? [f, ...before] : [...before, f]);
	return emitter;
};
const once = (emitter, event, f) => {
	if (typeof f !== 'function') throw new TypeError('The "listener" argument must be of type function.');
	const wrapped = function (...args) {
		emitter.removeListener(event, wrapped);
		return Reflect.apply(f, emitter, args);
	};
	wrapped.listener = f;
	return wrapped;
};
const methods = {
	on(event, f) { return add(this, event, f, false); },
	addListener(event, f) { return add(this, event, f, false); },
	prependListener(event, f) { return add(this, event, f, true); },
	once(event, f) { return add(this, event, once(this, event, f), false); },
	prependOnceListener(event, f) { return add(this, event, once(this, event, f), true); },
	off(event, f) { return this.removeListener(event, f); },
	removeListener(event, f) {
		const before = listenersOf(this, event);
		for (let n = before.length - 1; n >= 0; n--) {
			if (before[n] !== f && before[n].listener !== f) continue;
			if (before.length === 1) this._events.delete(event);
			else this._events.set(event, before.filter((_, at) => at !== n));
			if (listenersOf(this, 'removeListener').length > 0) this.emit('removeListener', event, before[n].listener ?? before[n]);
			break;
		}
		return this;
	},
	removeAllListeners(event) {
		const events = arguments.length === 0 ? this.eventNames().filter((e) => e !== 'removeListener') : [event];
		for (const e of events) for (const f of listenersOf(this, e).slice().reverse()) this.removeListener(e, f);
		if (arguments.length === 0) this._events.delete('removeListener');
		return this;
	},
	emit(event, ...args) {
		const all = listenersOf(this, event);
		if (all.length === 0 && event === 'error') {
			if (args[0] instanceof Error) throw args[0];
			throw Object.assign(new Error('Unhandled error. (' + String(args[0]) + ')'), { context: args[0], code: 'ERR_UNHANDLED_ERROR' });
		}
		for (const f of all) Reflect.apply(f, this, args);
		return all.length > 0;
	},
	listeners(event) { return listenersOf(this, event).map((f) => f.listener ?? f); },
	rawListeners(event) { return listenersOf(this, event).slice(); },
	listenerCount(event, f) { return f === undefined ? listenersOf(this, event).length : this.listeners(event).filter((l) => l === f).length; },
	eventNames() {
		listenersOf(this, '');
		return [...this._events.keys()];
	},
	setMaxListeners(n) {
		this._maxListeners = n;
		return this;
	},
	getMaxListeners() { return this._maxListeners ?? EventEmitter.defaultMaxListeners; },
};
for (const name of Object.keys(methods)) {
	Object.defineProperty(EventEmitter.prototype, name, { value: methods[name], writable: true, configurable: true });
}
EventEmitter.EventEmitter = EventEmitter;
EventEmitter.defaultMaxListeners = 10;

class Entrypoint {
	constructor(ctx, env) {
		this.ctx = ctx;
		this.env = env;
	}
}
const WorkerEntrypoint = class WorkerEntrypoint extends Entrypoint {};
const all = {
	'cloudflare:workers': {
		env: host.env, waitUntil: host.waitUntil, WorkerEntrypoint,
		DurableObject: class DurableObject extends Entrypoint {},
		WorkflowEntrypoint: class WorkflowEntrypoint extends Entrypoint {},
		RpcTarget: class RpcTarget {},
	},
	'node:async_hooks': { AsyncLocalStorage, AsyncResource },
	'node:events': { EventEmitter },
};
Object.defineProperty(globalThis, host.name, { value: all, configurable: true });
return WorkerEntrypoint.prototype;
})
