package isolate

import "kvbench/internal/webapi"

// Table is every API of a Worker and how far it is here: first what an isolate gives, then
// what the web has.
func Table() []webapi.Entry {
	const kv, invocation, time = "Workers KV", "The invocation", "Time"
	limited := func(group, name, note string) webapi.Entry {
		return webapi.Entry{Group: group, Name: name, How: webapi.Limited, Note: note}
	}
	standard := func(group, name string) webapi.Entry {
		return webapi.Entry{Group: group, Name: name, How: webapi.Standard}
	}
	return append([]webapi.Entry{
		standard(kv, "KVNamespace.get"),
		standard(kv, "KVNamespace.getWithMetadata"),
		standard(kv, "KVNamespace.put"),
		standard(kv, "KVNamespace.delete"),
		limited(kv, "KVNamespace.list", "cacheStatus is null"),
		standard(invocation, "fetch handler"),
		limited(invocation, "scheduled handler", "called by the crons of the scenario; no cron's UTC offset"),
		standard(invocation, "ctx.waitUntil"),
		limited(invocation, "ctx.passThroughOnException", "does nothing: there is no origin behind the Worker"),
		limited(invocation, "request.cf", "colo alone: the location"),
		limited(invocation, "fetch", "goes to the origins that the scenario models, and to no network"),
		limited(invocation, "caches", "a cache a location; max-age, s-maxage, no-store and private of Cache-Control count, and GET alone"),
		limited(invocation, "console", "what is logged goes to console.log in the folder of the run, the first 1,000 lines of a variant"),
		limited(invocation, "eval", "while the script is loaded; in a handler eval and Function throw an EvalError, as on Cloudflare"),
		limited(invocation, "navigator", "userAgent, language, hardwareConcurrency"),
		limited(time, "Date", "stands still between two calls that wait, as on Cloudflare; the zone is UTC"),
		limited(time, "performance", "now and timeOrigin, which is 0 as on Cloudflare; stands still as Date does"),
		standard(time, "setTimeout"),
		standard(time, "setInterval"),
		standard(time, "clearTimeout"),
		standard(time, "clearInterval"),
		standard(time, "queueMicrotask"),
		standard(time, "scheduler.wait"),
	}, webapi.Table()...)
}
