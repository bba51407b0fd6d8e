package webapi

import "testing"

// Values of RFC 3394, sections 4.1 and 4.6, and what has no value there goes there and back.
func TestKeyWrap(t *testing.T) {
	vm, _ := testAPI(t)
	const lib = `
const hex = (s) => Uint8Array.from(s.match(/../g), (x) => parseInt(x, 16));
const text = (b) => Array.from(new Uint8Array(b), (x) => x.toString(16).padStart(2, '0')).join('');
const s = crypto.subtle;
const kek = (h, a = 'AES-KW') => s.importKey('raw', hex(h), a, false, ['wrapKey', 'unwrapKey']);
const aes = (h) => s.importKey('raw', hex(h), 'AES-GCM', true, ['encrypt']);
const data = '00112233445566778899aabbccddeeff';
const k128 = '000102030405060708090a0b0c0d0e0f', k256 = k128 + '101112131415161718191a1b1c1d1e1f';
`
	for _, test := range []struct{ name, expr, want string }{
		{"4.1", `text(await s.wrapKey('raw', await aes(data), await kek(k128), 'AES-KW'))`, "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5"},
		{
			"4.6", `text(await s.wrapKey('raw', await aes(data + '000102030405060708090a0b0c0d0e0f'), await kek(k256), 'AES-KW'))`,
			"28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21",
		},
		{
			"back", `text(await s.exportKey('raw', await s.unwrapKey('raw', hex('1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5'), await kek(k128), 'AES-KW', 'AES-GCM', true, ['encrypt'])))`,
			"00112233445566778899aabbccddeeff",
		},
		{
			"altered", `await s.unwrapKey('raw', hex('1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe6'), await kek(k128), 'AES-KW', 'AES-GCM', true, ['encrypt']).catch((e) => e.name)`,
			"OperationError",
		},
		{"an odd length", `await s.importKey('raw', new Uint8Array(20), {name: 'HMAC', hash: 'SHA-256'}, true, ['sign']).then(async (k) => s.wrapKey('raw', k, await kek(k128), 'AES-KW')).catch((e) => e.name)`, "OperationError"},
		{"a JWK in AES-GCM", `await (async () => {
			const by = await kek(k128, 'AES-GCM'), a = {name: 'AES-GCM', iv: new Uint8Array(12)};
			const w = await s.wrapKey('jwk', await aes(data), by, a);
			return text(await s.exportKey('raw', await s.unwrapKey('jwk', w, by, a, 'AES-GCM', true, ['encrypt'])));
		})()`, "00112233445566778899aabbccddeeff"},
		{"a key that may not", `await s.generateKey({name: 'AES-GCM', length: 128}, true, ['encrypt']).then(async (k) => s.wrapKey('raw', await aes(data), k, {name: 'AES-GCM', iv: new Uint8Array(12)})).catch((e) => e.name)`, "InvalidAccessError"},
		{"one that is not to be had", `await s.importKey('raw', hex(data), 'AES-GCM', false, ['encrypt']).then(async (k) => s.wrapKey('raw', k, await kek(k128), 'AES-KW')).catch((e) => e.name)`, "InvalidAccessError"},
	} {
		v, failed := settle(t, vm, "await (async () => {"+lib+"return "+test.expr+";})()")
		if failed || v.String() != test.want {
			t.Errorf("%s: got %v, want %s", test.name, v, test.want)
		}
	}
}
