// What depends on a language: en-US is here, all else fails by name.
(function (host, lib) {
'use strict';

const english = (l) => {
	if (Array.isArray(l)) l = l[0];
	return l === undefined || l === 'en' || l === 'en-US';
};
function refuse(what, intl, locales, options) {
	const l = english(locales) ? '' : ' for the locale ' + JSON.stringify(locales);
	const o = options === undefined ? '' : ' with the options ' + JSON.stringify(options);
	throw new Error(what + l + o + ' (Intl.' + intl + ') is not here; the real Workers runtime has it.');
}
const replace = (o, name, f) => Object.defineProperty(o, name, { value: f, writable: true, configurable: true, enumerable: false });
const keys = (o) => o === undefined || o === null ? [] : Object.keys(o).filter((k) => o[k] !== undefined);
const only = (o, allowed) => keys(o).every((k) => allowed[k] !== undefined && (allowed[k] === true || allowed[k].indexOf(o[k]) >= 0));

const digits = (v, lo, hi, name) => {
	v = Number(v);
	if (!(v >= lo && v <= hi)) throw new RangeError(name + ' value is out of range.');
	return Math.floor(v);
};
const numberOptions = { minimumFractionDigits: true, maximumFractionDigits: true, useGrouping: [true, false], style: ['decimal', 'percent'] };
replace(Number.prototype, 'toLocaleString', function toLocaleString(locales, options) {
	let n = Number.prototype.valueOf.call(this);
	if (!english(locales) || !only(options, numberOptions)) refuse('Number.prototype.toLocaleString', 'NumberFormat', locales, options);
	const o = options === undefined || options === null ? {} : options;
	const percent = o.style === 'percent';
	let min = o.minimumFractionDigits, max = o.maximumFractionDigits;
	if (min !== undefined) min = digits(min, 0, 100, 'minimumFractionDigits');
	if (max !== undefined) max = digits(max, 0, 100, 'maximumFractionDigits');
	if (min === undefined) min = max === undefined ? 0 : 0;
	if (max === undefined) max = Math.max(min, percent ? 0 : 3);
	if (min > max) throw new RangeError('maximumFractionDigits value is out of range.');
	if (n !== n) return 'NaN' + (percent ? '%' : '');
	const neg = n < 0 || Object.is(n, -0);
	n = Math.abs(n);
	const s = n === Infinity ? '∞' : host.round(n, max, min, o.useGrouping !== false, percent);
	return (neg ? '-' : '') + s + (percent ? '%' : '');
});
replace(BigInt.prototype, 'toLocaleString', function toLocaleString(locales, options) {
	if (!english(locales) || !only(options, { useGrouping: [true] })) refuse('BigInt.prototype.toLocaleString', 'NumberFormat', locales, options);
	return String(BigInt.prototype.valueOf.call(this)).replace(/\B(?=(\d{3})+$)/g, ',');
});

const dateOptions = { timeZone: ['UTC', 'Etc/UTC', 'GMT'] };
const clock = (d) => {
	const h = d.getUTCHours(), two = (n) => (n < 10 ? '0' : '') + n;
	return (h % 12 === 0 ? 12 : h % 12) + ':' + two(d.getUTCMinutes()) + ':' + two(d.getUTCSeconds()) + ' ' + (h < 12 ? 'AM' : 'PM');
};
const day = (d) => {
	const y = d.getUTCFullYear();
	if (y <= 0) refuse('Date.prototype.toLocaleDateString of a year before 1', 'DateTimeFormat');
	return (d.getUTCMonth() + 1) + '/' + d.getUTCDate() + '/' + y;
};
for (const [name, f] of [['toLocaleString', (d) => day(d) + ', ' + clock(d)], ['toLocaleDateString', day], ['toLocaleTimeString', clock]]) {
	const m = { [name](locales, options) {
		const t = Date.prototype.getTime.call(this);
		if (!english(locales) || !only(options, dateOptions)) refuse('Date.prototype.' + name, 'DateTimeFormat', locales, options);
		return t !== t ? 'Invalid Date' : f(this);
	} };
	replace(Date.prototype, name, m[name]);
}

const nativeCompare = String.prototype.localeCompare;
const compareOptions = { numeric: [true, false], sensitivity: ['base', 'accent', 'case', 'variant'], usage: ['sort'] };
replace(String.prototype, 'localeCompare', function localeCompare(that, locales, options) {
	if (locales === undefined && options === undefined) return nativeCompare.call(this, that);
	if (!english(locales) || !only(options, compareOptions)) refuse('String.prototype.localeCompare', 'Collator', locales, options);
	const o = options === undefined || options === null ? {} : options;
	return host.collate(String(this), String(that), o.numeric === true, o.sensitivity === undefined ? 'variant' : o.sensitivity);
});
for (const name of ['toLocaleUpperCase', 'toLocaleLowerCase']) {
	const native = String.prototype[name];
	const m = { [name](locales) {
		const l = Array.isArray(locales) ? locales[0] : locales;
		if (l !== undefined && /^(tr|az|lt|el)\b/i.test(l)) refuse('String.prototype.' + name, 'Locale', locales);
		return native.call(this);
	} };
	replace(String.prototype, name, m[name]);
}

// Intl is there to be asked for, and says what it lacks.
const intl = {};
for (const n of ['Collator', 'DateTimeFormat', 'DisplayNames', 'DurationFormat', 'ListFormat', 'Locale', 'NumberFormat', 'PluralRules', 'RelativeTimeFormat', 'Segmenter']) {
	const c = function () { throw new Error(lib.missing('Intl.' + n)); };
	Object.defineProperty(c, 'name', { value: n });
	c.supportedLocalesOf = c;
	replace(intl, n, c);
}
for (const n of ['getCanonicalLocales', 'supportedValuesOf']) replace(intl, n, function () { throw new Error(lib.missing('Intl.' + n)); });
Object.defineProperty(intl, Symbol.toStringTag, { value: 'Intl', configurable: true });
lib.define({ Intl: intl });
})
