// What the runtime has and kvbench has not: a name that can be asked for, and that throws
// when it is used.
(function (host, lib) {
'use strict';

for (const name of host.missingClasses()) {
	const c = function () { throw new Error(lib.missing(name)); };
	const [space, member] = name.split('.');
	Object.defineProperty(c, 'name', { value: member === undefined ? space : member });
	if (member === undefined) lib.define({ [name]: c });
	else {
		if (!(space in globalThis)) lib.define({ [space]: {} });
		lib.put(globalThis[space], member, c);
	}
}
const atomics = {};
for (const n of ['add', 'and', 'compareExchange', 'exchange', 'isLockFree', 'load', 'notify', 'or', 'store', 'sub', 'wait', 'waitAsync', 'xor']) {
	lib.put(atomics, n, function () { throw new Error(lib.missing('Atomics.' + n)); });
}
lib.define({
	Atomics: atomics,
	navigator: Object.freeze({ userAgent: 'Cloudflare-Workers' }),
});
})
