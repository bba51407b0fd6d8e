// What the other files stand on.
(function (host, lib) {
'use strict';

// missing is what is said of an API that kvbench has not and the runtime has.
lib.missing = (name) => name + ' is not here; the real Workers runtime has it.';

// define puts globals where a script finds them, as the standards do: writable, and not
// enumerable.
lib.define = (all) => {
	for (const name of Object.keys(all)) {
		Object.defineProperty(globalThis, name, { value: all[name], writable: true, configurable: true, enumerable: false });
	}
};

lib.define({ self: globalThis });
})
