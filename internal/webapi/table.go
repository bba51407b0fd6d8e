package webapi

// How says how far an API is here.
type How string

const (
	Standard How = "as the standard has it"
	Limited  How = "limited"
	Missing  How = "missing"
)

// Entry is a line of the table of APIs.
type Entry struct {
	Name  string // as a script writes it
	Group string // the heading that it stands below
	How   How
	Note  string // what the limit is; "" if How is Standard

	probe string // what a test runs: true if it is there, an error that has its name if it is missing
}

// Table is every API of a Worker that this package has to do with, in the order in which
// it is shown. What is missing throws an error that names it when it is used. Those of KV,
// of caches, timers and the invocation are not in it.
func Table() []Entry {
	var all []Entry
	for _, t := range [][]Entry{messages, platform, builtins, missing} {
		for _, e := range t {
			if e.How == "" {
				e.How = Standard
			}
			all = append(all, e)
		}
	}
	return all
}

var messages = []Entry{
	{Name: "Headers", Group: "Requests and responses"},
	{Name: "Request", Group: "Requests and responses", How: Limited, Note: "no integrity, keepalive, mode, credentials; redirect is follow or manual, as on Cloudflare"},
	{Name: "Response", Group: "Requests and responses", How: Limited, Note: "no WebSocket, no encodeBody"},
	{Name: "Body (text, json, arrayBuffer, bytes, blob, formData)", Group: "Requests and responses", How: Limited, Note: "up to 128 MiB, and of a stream up to 65,536 chunks", probe: "typeof Response.prototype.bytes === 'function'"},
	{Name: "FormData", Group: "Requests and responses", How: Limited, Note: "a multipart body has up to 10,000 parts"},
	{Name: "Blob", Group: "Requests and responses"},
	{Name: "File", Group: "Requests and responses"},
	{Name: "URL", Group: "URLs", How: Limited, Note: "no createObjectURL"},
	{Name: "URLSearchParams", Group: "URLs"},
	{Name: "ReadableStream", Group: "Streams", How: Limited, Note: "a stream of bytes has no byobRequest and no autoAllocateChunkSize"},
	{Name: "ReadableStreamDefaultReader", Group: "Streams"},
	{Name: "ReadableStreamBYOBReader", Group: "Streams", How: Limited, Note: "no readAtLeast; a chunk that cuts an element is an error"},
	{Name: "WritableStream", Group: "Streams"},
	{Name: "WritableStreamDefaultWriter", Group: "Streams"},
	{Name: "TransformStream", Group: "Streams"},
	{Name: "IdentityTransformStream", Group: "Streams"},
	{Name: "FixedLengthStream", Group: "Streams"},
	{Name: "CountQueuingStrategy", Group: "Streams"},
	{Name: "ByteLengthQueuingStrategy", Group: "Streams"},
	{Name: "CompressionStream", Group: "Streams", How: Limited, Note: "all comes out at the end; gzip, deflate, deflate-raw"},
	{Name: "DecompressionStream", Group: "Streams", How: Limited, Note: "all comes out at the end, up to 128 MiB"},
	{Name: "TextEncoderStream", Group: "Streams"},
	{Name: "TextDecoderStream", Group: "Streams"},
}

var platform = []Entry{
	{Name: "TextEncoder", Group: "Text and bytes"},
	{Name: "TextDecoder", Group: "Text and bytes", How: Limited, Note: "UTF-8, UTF-16LE and the encodings of one byte a character"},
	{Name: "atob", Group: "Text and bytes"},
	{Name: "btoa", Group: "Text and bytes"},
	{Name: "structuredClone", Group: "Text and bytes", How: Limited, Note: "transfers ArrayBuffers alone"},
	{Name: "Event", Group: "Events", How: Limited, Note: "timeStamp is 0"},
	{Name: "CustomEvent", Group: "Events"},
	{Name: "ErrorEvent", Group: "Events"},
	{Name: "MessageEvent", Group: "Events"},
	{Name: "EventTarget", Group: "Events"},
	{Name: "AbortController", Group: "Events"},
	{Name: "AbortSignal", Group: "Events"},
	{Name: "DOMException", Group: "Events"},
	{Name: "reportError", Group: "Events"},
	{Name: "navigator", Group: "Events", How: Limited, Note: "userAgent alone"},
	{Name: "crypto.getRandomValues", Group: "Crypto", How: Limited, Note: "from the run's seed"},
	{Name: "crypto.randomUUID", Group: "Crypto", How: Limited, Note: "from the run's seed"},
	{Name: "crypto.DigestStream", Group: "Crypto"},
	{Name: "crypto.subtle.digest", Group: "Crypto"},
	{Name: "crypto.subtle.timingSafeEqual", Group: "Crypto"},
	{Name: "crypto.subtle.sign", Group: "Crypto", How: Limited, Note: "HMAC"},
	{Name: "crypto.subtle.verify", Group: "Crypto", How: Limited, Note: "HMAC"},
	{Name: "crypto.subtle.encrypt", Group: "Crypto", How: Limited, Note: "AES-GCM and AES-CBC"},
	{Name: "crypto.subtle.decrypt", Group: "Crypto", How: Limited, Note: "AES-GCM and AES-CBC"},
	{Name: "crypto.subtle.deriveBits", Group: "Crypto", How: Limited, Note: "PBKDF2 and HKDF"},
	{Name: "crypto.subtle.deriveKey", Group: "Crypto", How: Limited, Note: "PBKDF2 and HKDF, to HMAC and AES"},
	{Name: "crypto.subtle.generateKey", Group: "Crypto", How: Limited, Note: "HMAC and AES"},
	{Name: "crypto.subtle.importKey", Group: "Crypto", How: Limited, Note: "raw and jwk, of secret keys"},
	{Name: "crypto.subtle.exportKey", Group: "Crypto", How: Limited, Note: "raw and jwk, of secret keys"},
	{Name: "crypto.subtle.wrapKey", Group: "Crypto", How: Limited, Note: "raw and jwk, of secret keys; AES-KW, AES-GCM and AES-CBC"},
	{Name: "crypto.subtle.unwrapKey", Group: "Crypto", How: Limited, Note: "raw and jwk, of secret keys; AES-KW, AES-GCM and AES-CBC"},
	{Name: "crypto.subtle.sign with ECDSA", Group: "Crypto", How: Missing, probe: "crypto.subtle.sign({name: 'ECDSA', hash: 'SHA-256'}, null, new Uint8Array(1))"},
	{Name: "crypto.subtle.importKey with RSASSA-PKCS1-V1_5", Group: "Crypto", How: Missing, probe: "crypto.subtle.importKey('raw', new Uint8Array(1), 'RSASSA-PKCS1-v1_5', false, ['verify'])"},
	{Name: "crypto.subtle.importKey of the format spki", Group: "Crypto", How: Missing, probe: "crypto.subtle.importKey('spki', new Uint8Array(1), 'HMAC', false, ['verify'])"},
}

const lang = "Language"

// builtins are what ECMAScript has had since 2015 and goja has not by itself.
var builtins = []Entry{
	{Name: "Object.groupBy", Group: lang},
	{Name: "Map.groupBy", Group: lang},
	{Name: "Promise.withResolvers", Group: lang},
	{Name: "Promise.try", Group: lang},
	{Name: "Array.fromAsync", Group: lang},
	{Name: "Symbol.asyncIterator", Group: lang},
	{Name: "String.prototype.isWellFormed", Group: lang},
	{Name: "String.prototype.toWellFormed", Group: lang},
	{Name: "ArrayBuffer.prototype.transfer", Group: lang},
	{Name: "ArrayBuffer.prototype.resize", Group: lang, How: Missing, probe: "new ArrayBuffer(1, {maxByteLength: 2}).resize(2)"},
	{Name: "WeakRef", Group: lang, How: Limited, Note: "keeps its target as long as it is there itself"},
	{Name: "FinalizationRegistry", Group: lang, How: Limited, Note: "never calls back"},
	{Name: "Iterator", Group: lang, How: Limited, Note: "helpers answer generators"},
	{Name: "Error.captureStackTrace", Group: lang},
	{Name: "RegExp.escape", Group: lang},
	{Name: `\p{…} of regular expressions`, Group: lang, How: Limited, Note: "categories, scripts, and the binary properties of Unicode's main table; no Script_Extensions, which throws", probe: `new RegExp('^\\p{L}$', 'u').test('ä')`},
	{Name: `\b of regular expressions`, Group: lang, How: Limited, Note: "in a text with letters beyond ASCII these count as letters of a word", probe: `/\bb/.test('a b')`},
	{Name: "JSON.parse", Group: lang, How: Limited, Note: "a surrogate that stands alone becomes U+FFFD"},
	{Name: "Number.prototype.toLocaleString", Group: lang, How: Limited, Note: "en-US, decimal and percent, digits of the fraction; all else throws"},
	{Name: "Date.prototype.toLocaleString", Group: lang, How: Limited, Note: "en-US in UTC, without options; all else throws"},
	{Name: "String.prototype.localeCompare", Group: lang, How: Limited, Note: "en, numeric and sensitivity; all else throws"},
	{Name: "String.prototype.toLocaleUpperCase", Group: lang, How: Limited, Note: "throws for az, el, lt and tr"},
	{Name: "Intl.Collator", Group: lang, How: Missing},
	{Name: "Intl.DateTimeFormat", Group: lang, How: Missing},
	{Name: "Intl.DisplayNames", Group: lang, How: Missing},
	{Name: "Intl.DurationFormat", Group: lang, How: Missing},
	{Name: "Intl.ListFormat", Group: lang, How: Missing},
	{Name: "Intl.Locale", Group: lang, How: Missing},
	{Name: "Intl.NumberFormat", Group: lang, How: Missing},
	{Name: "Intl.PluralRules", Group: lang, How: Missing},
	{Name: "Intl.RelativeTimeFormat", Group: lang, How: Missing},
	{Name: "Intl.Segmenter", Group: lang, How: Missing},
	{Name: "Intl.getCanonicalLocales", Group: lang, How: Missing},
	{Name: "Atomics.add", Group: lang, How: Missing},
	{Name: "The flag v of a regular expression", Group: lang, How: Missing, probe: "new RegExp('a', 'v')"},
	{Name: "The flag d of a regular expression", Group: lang, How: Missing, probe: "new RegExp('a', 'd')"},
}

const other = "Other"

// missing are the globals that Workers have and kvbench has not.
var missing = []Entry{
	{Name: "BroadcastChannel", Group: other, How: Missing},
	{Name: "EventSource", Group: other, How: Missing},
	{Name: "HTMLRewriter", Group: other, How: Missing},
	{Name: "MessageChannel", Group: other, How: Missing},
	{Name: "MessagePort", Group: other, How: Missing},
	{Name: "SharedArrayBuffer", Group: other, How: Missing},
	{Name: "URLPattern", Group: other, How: Missing},
	{Name: "WebAssembly.Module", Group: other, How: Missing},
	{Name: "WebAssembly.Instance", Group: other, How: Missing},
	{Name: "WebAssembly.instantiate", Group: other, How: Missing},
	{Name: "WebSocket", Group: other, How: Missing},
	{Name: "WebSocketPair", Group: other, How: Missing},
	{Name: "WebSocketRequestResponsePair", Group: other, How: Missing},
}
