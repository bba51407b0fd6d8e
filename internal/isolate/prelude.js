// What an isolate has beside the web's APIs. host is what Go gives it.
(function (host) {
	'use strict';
	const listeners = {};
	const define = (all) => {
		for (const name of Object.keys(all)) {
			Object.defineProperty(globalThis, name, { value: all[name], writable: true, configurable: true });
		}
	};

	class KvNamespace {
		constructor() { throw new TypeError('Illegal constructor'); }
	}
	class ExecutionContext {
		constructor() { throw new TypeError('Illegal constructor'); }
	}
	class Cache {
		constructor() { throw new TypeError('Illegal constructor'); }
	}
	class CacheStorage {
		constructor() { throw new TypeError('Illegal constructor'); }
	}
	const methods = (type, all) => {
		for (const name of Object.keys(all)) {
			Object.defineProperty(type.prototype, name, { value: all[name], writable: true, configurable: true });
		}
	};
	methods(KvNamespace, host.kv);
	methods(ExecutionContext, host.context);
	methods(Cache, host.cache);
	methods(CacheStorage, host.caches);
	Object.defineProperty(ExecutionContext.prototype, 'props', { value: Object.freeze({}), configurable: true, writable: true });
	const caches = Object.create(CacheStorage.prototype, { default: { value: Object.create(Cache.prototype), enumerable: true } });

	const scheduler = Object.freeze({ wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) });
	const console = {};
	for (const level of ['debug', 'error', 'info', 'log', 'warn', 'trace', 'assert', 'dir', 'table', 'group', 'groupCollapsed', 'groupEnd',
		'time', 'timeEnd', 'timeLog', 'count', 'countReset', 'clear', 'dirxml', 'timeStamp']) {
		console[level] = (...values) => host.log(level, values);
	}
	define(host.globals);
	const { then } = Promise.prototype;
	const done = Promise.resolve();
	const { apply } = Reflect;
	const { now } = Date;
	define({
		queueMicrotask(f) {
			if (typeof f !== 'function') throw new TypeError("Failed to execute 'queueMicrotask': parameter 1 is not of type 'Function'.");
			apply(then, done, [() => {
				try { f(); } catch (e) { host.report(e); }
			}]);
		},
		caches, console, scheduler, Cache, CacheStorage, ExecutionContext,
		performance: Object.freeze({ timeOrigin: 0, now: () => now() }), // as of Workers: that of Date
		navigator: Object.freeze({ userAgent: 'Cloudflare-Workers', language: 'en', hardwareConcurrency: 1 }),
		addEventListener(type, listener) { listeners[type] = typeof listener === 'function' ? listener : (e) => listener.handleEvent(e); },
	});

	// A promise job that is a function of Go's own has no frame below it, and would run
	// what other jobs are due before its end; one of these has.
	const wrap = (react) => (value) => react(value);
	const reactions = {};
	for (const name of Object.keys(host.reactions)) reactions[name] = wrap(host.reactions[name]);
	const run = host.run;

	return {
		reactions, wrap,
		// abortable is what promise comes to, unless signal aborts it first.
		abortable: (signal, promise) => new Promise((resolve, reject) => {
			promise.then(resolve, reject);
			if (signal.aborted) reject(signal.reason);
			else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
		}),
		run() { run(); },
		// seal ends what may be done while a script is loaded and not later, as on Cloudflare:
		// code from strings (the flag allow_eval_during_startup, the default since 2025-06-01).
		seal() {
			const refuse = () => { throw new EvalError('Code generation from strings disallowed for this context'); };
			define({ eval: refuse });
			for (const f of [function () {}, async function () {}, function* () {}]) {
				const { prototype } = Object.getPrototypeOf(f).constructor;
				const refused = function () { refuse(); };
				Object.defineProperty(refused, 'name', { value: prototype.constructor.name });
				Object.defineProperty(refused, 'prototype', { value: prototype });
				if (prototype.constructor === globalThis.Function) define({ Function: refused });
				Object.defineProperty(prototype, 'constructor', { value: refused, configurable: true });
			}
		},
		namespace: () => Object.create(KvNamespace.prototype),
		context: ExecutionContext.prototype,
		cache: Cache.prototype,
		defaultCache: caches.default,
		openCache: () => Object.create(Cache.prototype),
		// listeners makes a handler of what service workers register.
		listeners(env) {
			if (listeners.fetch === undefined && listeners.scheduled === undefined) return undefined;
			for (const name of Object.keys(env)) define({ [name]: env[name] });
			const handler = {};
			if (listeners.fetch !== undefined) {
				handler.fetch = (request, env, ctx) => {
					let answer;
					listeners.fetch({
						type: 'fetch', request,
						respondWith(response) { answer = response; },
						waitUntil(promise) { ctx.waitUntil(promise); },
						passThroughOnException() { ctx.passThroughOnException(); },
					});
					if (answer === undefined) throw new Error('The fetch listener did not call respondWith().');
					return answer;
				};
			}
			if (listeners.scheduled !== undefined) {
				handler.scheduled = (event, env, ctx) => {
					event.waitUntil = (promise) => ctx.waitUntil(promise);
					return listeners.scheduled(event);
				};
			}
			return handler;
		},
	};
})
