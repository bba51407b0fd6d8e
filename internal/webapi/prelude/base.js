// What the other files stand on.
(function (host, lib) {
'use strict';

// missing is what is said of an API that kvbench has not and the runtime has.
lib.missing = (name) => name + ' is not here; the real Workers runtime has it.';

const own = new Set(); // globals that a script has set before their file was loaded

// define puts globals where a script finds them, as the standards do: writable, and not
// enumerable.
lib.define = (all) => {
	for (const name of Object.keys(all)) {
		if (own.has(name)) continue;
		Object.defineProperty(globalThis, name, { value: all[name], writable: true, configurable: true, enumerable: false });
	}
};

// lazy has a file loaded when one of its globals is first asked for.
lib.lazy = (file, names) => {
	for (const name of names) {
		Object.defineProperty(globalThis, name, {
			configurable: true, enumerable: false,
			get() {
				host.load(file);
				return globalThis[name];
			},
			set(v) {
				own.add(name);
				Object.defineProperty(globalThis, name, { value: v, writable: true, configurable: true, enumerable: true });
			},
		});
	}
};

// Of a class whose file is not loaded there is no instance.
for (const name of ['isReadable', 'isWritable', 'isSignal', 'isBlob', 'isForm']) lib[name] = () => false;
for (const [name, file] of [['streamOf', 'readable'], ['parseForm', 'blob']]) {
	lib[name] = (...args) => {
		host.load(file);
		return lib[name](...args);
	};
}

lib.join = (chunks, total) => {
	const all = new Uint8Array(total);
	let at = 0;
	for (const c of chunks) {
		all.set(c, at);
		at += c.length;
	}
	return all;
};

lib.define({ self: globalThis });
})
