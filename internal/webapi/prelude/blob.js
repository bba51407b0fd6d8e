// Blob, File and FormData.
(function (host, lib) {
'use strict';

function bytesOf(v) {
	if (v instanceof ArrayBuffer) return new Uint8Array(v);
	if (ArrayBuffer.isView(v)) return new Uint8Array(v.buffer, v.byteOffset, v.byteLength);
	if (lib.isBlob(v)) return lib.blobBytes(v);
	return new Uint8Array(host.encode(String(v)));
}
const mime = (t) => t === undefined || /[^ -~]/.test(t = String(t)) ? '' : t.toLowerCase();

class Blob {
	#b; #type;
	static {
		lib.isBlob = (o) => typeof o === 'object' && o !== null && #b in o;
		lib.blobBytes = (o) => o.#b;
	}
	constructor(parts, options) {
		const o = options === undefined || options === null ? {} : options;
		let all = [], total = 0;
		if (parts !== undefined) {
			if (parts === null || typeof parts !== 'object' || typeof parts[Symbol.iterator] !== 'function') throw new TypeError('Blob: the parts are no sequence.');
			all = Array.from(parts, bytesOf);
			for (const p of all) total += p.length;
		}
		this.#b = lib.join(all, total);
		this.#type = mime(o.type);
	}
	get size() { return this.#b.length; }
	get type() { return this.#type; }
	slice(from, to, type) {
		const b = new Blob([], { type: type });
		b.#b = this.#b.slice(from, to);
		return b;
	}
	text() { return Promise.resolve(lib.toText(this.#b)); }
	arrayBuffer() { return Promise.resolve(this.#b.slice().buffer); }
	bytes() { return Promise.resolve(this.#b.slice()); }
	stream() { return lib.streamOf(this.#b.slice(), false); }
	get [Symbol.toStringTag]() { return 'Blob'; }
}
class File extends Blob {
	#name; #time;
	constructor(parts, name, options) {
		if (arguments.length < 2) throw new TypeError('File: it takes parts and a name.');
		super(parts, options);
		this.#name = host.wellFormed(String(name));
		this.#time = options === undefined || options === null || options.lastModified === undefined ? Date.now() : Math.trunc(Number(options.lastModified));
	}
	get name() { return this.#name; }
	get lastModified() { return this.#time; }
	get [Symbol.toStringTag]() { return 'File'; }
}

function entry(name, value, filename) {
	name = host.wellFormed(String(name));
	if (!lib.isBlob(value)) {
		if (filename !== undefined) throw new TypeError('FormData: a value with a filename is a Blob.');
		return [name, host.wellFormed(String(value))];
	}
	if (!(value instanceof File) || filename !== undefined) {
		const n = filename !== undefined ? String(filename) : 'blob';
		value = new File([value], n, { type: value.type, lastModified: value.lastModified });
	}
	return [name, value];
}

class FormData {
	#list = [];
	static {
		lib.isForm = (o) => typeof o === 'object' && o !== null && #list in o;
		lib.formEntries = (o) => o.#list;
	}
	constructor(form) { if (form !== undefined) throw new TypeError('FormData: there are no forms here.'); }
	append(name, value, filename) {
		if (arguments.length < 2) throw new TypeError('FormData.append takes a name and a value.');
		this.#list.push(entry(name, value, filename));
	}
	set(name, value, filename) {
		if (arguments.length < 2) throw new TypeError('FormData.set takes a name and a value.');
		const e = entry(name, value, filename);
		const i = this.#list.findIndex((p) => p[0] === e[0]);
		if (i < 0) this.#list.push(e);
		else {
			this.#list[i] = e;
			this.#list = this.#list.filter((p, j) => j <= i || p[0] !== e[0]);
		}
	}
	delete(name) { this.#list = this.#list.filter((p) => p[0] !== String(name)); }
	get(name) {
		const p = this.#list.find((e) => e[0] === String(name));
		return p === undefined ? null : p[1];
	}
	getAll(name) { return this.#list.filter((p) => p[0] === String(name)).map((p) => p[1]); }
	has(name) { return this.#list.some((p) => p[0] === String(name)); }
	*entries() { for (let i = 0; i < this.#list.length; i++) yield [this.#list[i][0], this.#list[i][1]]; }
	*keys() { for (let i = 0; i < this.#list.length; i++) yield this.#list[i][0]; }
	*values() { for (let i = 0; i < this.#list.length; i++) yield this.#list[i][1]; }
	[Symbol.iterator]() { return this.entries(); }
	forEach(f, self) { for (const p of this) f.call(self, p[1], p[0], this); }
	get [Symbol.toStringTag]() { return 'FormData'; }
}

const lines = (s) => s.replace(/\r\n|\r|\n/g, '\r\n');
const quoted = (s) => s.replace(/\r\n|\r|\n/g, '%0D%0A').replace(/"/g, '%22');

function multipart(form) {
	const boundary = '----kvbench' + host.hex(12);
	const chunks = [];
	let total = 0;
	const add = (b) => {
		chunks.push(b);
		total += b.length;
	};
	const text = (s) => add(new Uint8Array(host.encode(s)));
	for (const [name, value] of lib.formEntries(form)) {
		let head = '--' + boundary + '\r\nContent-Disposition: form-data; name="' + quoted(lines(name)) + '"';
		if (typeof value === 'string') {
			text(head + '\r\n\r\n' + lines(value) + '\r\n');
			continue;
		}
		head += '; filename="' + quoted(value.name) + '"\r\nContent-Type: ' + (value.type === '' ? 'application/octet-stream' : value.type);
		text(head + '\r\n\r\n');
		add(lib.blobBytes(value));
		text('\r\n');
	}
	text('--' + boundary + '--\r\n');
	return [lib.join(chunks, total), 'multipart/form-data; boundary=' + boundary];
}

// parseForm is the FormData of a body.
lib.parseForm = (bytes, type) => {
	const form = new FormData();
	const essence = type.split(';')[0].trim().toLowerCase();
	if (essence === 'application/x-www-form-urlencoded') {
		for (const p of host.formDecode(host.decode(bytes))) form.append(p[0], p[1]);
		return form;
	}
	if (essence !== 'multipart/form-data') {
		throw new TypeError('Unrecognized Content-Type header value. FormData can only parse the following MIME types: multipart/form-data, application/x-www-form-urlencoded.');
	}
	for (const [name, filename, partType, content] of host.multipart(bytes, type)) {
		if (filename === null) form.append(name, host.decode(content));
		else form.append(name, new File([content], filename, { type: partType }));
	}
	return form;
};

lib.multipart = multipart;
lib.define({ Blob: Blob, File: File, FormData: FormData });
})
