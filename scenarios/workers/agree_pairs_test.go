package workers

import "time"

// pair is a variant of a Go pattern and the script that does the same.
type pair struct {
	pattern, variant string
	script           string
	mix              string // what tells it from another pair of both; empty where there is none
	// shared are the fields of both scenarios, with are the pattern's own, and fields
	// the script's.
	shared, with, fields string
	once                 time.Duration // that a load is measured, times effort.times
	outcomes             []match       // how both may end, beside an error
	more                 []match       // what both count, beside calls, errors and findings
}

// match is what one figure is on each side.
type match struct {
	name            string
	pattern, script count
}

// ends is an outcome that has the same name on both sides.
func ends(name string) match { return match{name, outcomes(name), outcomes(name)} }

// The loads, each of some 500 to 700 transactions where it runs once. No pair has a warm-up: how
// caches fill is compared too.
const (
	// Long enough for KV to let expire what was put first.
	caches   = "load: {rate: 2/s, arrivals: poisson, duration: %v}\nkeys: {count: 12, distribution: zipfian(0.99), size: 1KiB}"
	profiles = "load: {rate: 50/s, arrivals: poisson, duration: %v}\nkeys: {count: 50, distribution: zipfian(0.8), size: 512B}"
	// More names than a page has.
	listed = "load: {rate: 20/s, arrivals: poisson, duration: %v}\nkeys: {count: 1_200, size: 128B}"
	data   = "load: {rate: 50/s, arrivals: poisson, duration: %v}\nkeys: {count: 500, distribution: zipfian(0.99), size: 256B}"
	// Long enough for a log-out to be seen everywhere.
	logins   = "load: {rate: 10/s, arrivals: poisson, duration: %v}\nkeys: {count: 100, distribution: zipfian(0.8), size: 128B}"
	failures = "driver: embedded://?locations=3&profile=edge&fault=blips&fault-share=20%%\n" +
		"load: {rate: 50/s, arrivals: poisson, duration: %v}\nkeys: {count: 50, size: 256B}\nisolates: 2"
)

var (
	staleAnswers = match{"stale answers", observed("stale-read"), observed("stale-origin")}
	fetches      = match{"fetches", observed("fetch"), observed("fetch")}
	lostUpdates  = match{"lost updates beside clobbered writes", observed("lost-update"), found("clobbered-write")}
	rejected     = match{"puts refused", observed("put-rejected"), failed("429")}
)

// pairs are all that are compared: the seven patterns as published, and what of the mended
// scripts is a variant in Go too.
//
// Where there is an origin it changes each second, so that what is put twice is not the same
// twice: the detector takes what equals the newest value for that, and the pattern's values
// are never equal, since they have the time in them.
var pairs = []pair{
	{
		pattern: "multi-tier", variant: "seed", script: "multi-tier.ts", shared: caches + "\nisolates: 2", once: 6 * time.Minute,
		with:     "{origin: {changes: 1s, errors: 1%}}",
		fields:   "bindings: [CACHE]\noutcomes: [memory, kv, origin]\nrequests: [{path: \"/{key}\"}]\norigins: {api.example.com: {changes: 1s, errors: 1%}}",
		outcomes: []match{ends("memory"), ends("kv"), ends("origin")},
		more:     []match{fetches, staleAnswers, {"puts refused", observed("backfill-rejected"), failed("429")}},
	},
	{
		pattern: "api-cache", variant: "seed", script: "api-cache.ts", shared: caches, once: 6 * time.Minute,
		with:     "{origin: {changes: 1s, errors: 1%}}",
		fields:   "bindings: [MY_KV]\noutcomes: [kv, origin, absent]\nrequests: [{path: \"/{key}\"}]\norigins: {api.example.com: {changes: 1s, errors: 1%}}",
		outcomes: []match{ends("kv"), ends("origin"), ends("absent")},
		more:     []match{fetches, staleAnswers, rejected},
	},
	{
		pattern: "api-cache", variant: "background-put", script: "api-cache-mended.ts", shared: caches, once: 6 * time.Minute,
		with:     "{origin: {changes: 1s}}",
		fields:   "bindings: [MY_KV]\noutcomes: [kv, origin, absent]\nrequests: [{path: \"/{key}\"}]\norigins: {api.example.com: {changes: 1s}}",
		outcomes: []match{ends("kv"), ends("origin"), ends("absent")},
		more:     []match{fetches, staleAnswers, rejected},
	},
	{
		pattern: "session", variant: "seed", script: "session.ts", mix: "look-ups and log-outs", shared: logins, once: time.Minute,
		with: "{create: 0%, logout: 5%}",
		fields: "bindings: [SESSIONS]\noutcomes: [live, absent, created, logged-out]\n" +
			"kv: [{key: \"session:{key}\", value: {userId: Ada, expiresAt: 9999999999999}, ttl: 24h}]\n" +
			"requests: [{path: \"/session/{key}\", weight: 19}, {method: DELETE, path: \"/session/{key}\"}]",
		outcomes: []match{ends("live"), ends("absent"), ends("logged-out")},
		more:     []match{{"logged-out sessions served beside gets of deleted keys", observed("revoked-served"), found("deleted-get")}},
	},
	{
		pattern: "session", variant: "seed", script: "session.ts", mix: "creations", shared: logins, once: time.Minute,
		with:     "{create: 100%, logout: 0%}",
		fields:   "bindings: [SESSIONS]\noutcomes: [live, absent, created, logged-out]\nrequests: [{method: POST, path: \"/session/{key}\"}]",
		outcomes: []match{ends("created")},
	},
	{
		pattern: "coalesce", variant: "seed", script: "coalesce.ts", shared: profiles, once: 10 * time.Second,
		with: "{update: 20%, fields: 4, update-fields: 2}",
		fields: "bindings: [USERS]\noutcomes: [read, updated, created]\n" +
			"kv: [{key: \"user:{key}:profile\", value: {name: Ada, email: ada@example.com, role: admin, team: red}}]\n" + patches,
		outcomes: []match{ends("read"), ends("updated"), ends("created")},
		more:     []match{lostUpdates, rejected},
	},
	{
		pattern: "coalesce", variant: "seed", script: "coalesce.ts", mix: "nothing there at first", shared: profiles, once: 10 * time.Second,
		with:     "{update: 20%, fields: 4, update-fields: 2, absent: 100%}",
		fields:   "bindings: [USERS]\noutcomes: [read, updated, created]\n" + patches,
		outcomes: []match{ends("read"), ends("updated"), ends("created")},
		more: []match{
			{"lost updates beside clobbered writes and duplicate fills", observed("lost-update"), found("clobbered-write", "duplicate-fill")},
			rejected,
		},
	},
	{
		// One field an update, so that it does not matter whether its puts wait for each other.
		pattern: "coalesce", variant: "per-field-bulk", script: "coalesce-mended.ts", shared: profiles, once: 10 * time.Second,
		with: "{update: 20%, fields: 4, update-fields: 1}",
		fields: `bindings: [USERS]
outcomes: [read, updated, created]
kv: [{key: "user:{key}:name", value: Ada}, {key: "user:{key}:email", value: ada@example.com}, {key: "user:{key}:role", value: admin}, {key: "user:{key}:team", value: red}]
requests:
  - {path: "/user/{key}", weight: 16}
  - {method: PATCH, path: "/user/{key}", body: {name: "Ada {random}"}}
  - {method: PATCH, path: "/user/{key}", body: {email: "{random}@example.com"}}
  - {method: PATCH, path: "/user/{key}", body: {role: "role {random}"}}
  - {method: PATCH, path: "/user/{key}", body: {team: "team {random}"}}`,
		outcomes: []match{ends("read"), ends("updated"), ends("created")},
		more:     []match{lostUpdates, rejected},
	},
	{
		pattern: "prefix", variant: "seed", script: "prefix.ts", shared: listed, once: 25 * time.Second,
		with: "{set: 10%, get: 85%}", fields: users,
		outcomes: listings,
		more:     []match{listsEach},
	},
	{
		pattern: "prefix", variant: "paginate", script: "prefix-mended.ts", shared: listed, once: 25 * time.Second,
		with: "{set: 10%, get: 85%}", fields: users,
		outcomes: listings,
		more:     []match{listsEach},
	},
	{
		pattern: "versioned", variant: "seed", script: "versioned.ts", shared: data, once: 10 * time.Second,
		with: "{old: 100%, expiring: 100%, ttl: 24h, update: 5%}", fields: documents,
		outcomes: versions, more: []match{rejected},
	},
	{
		pattern: "versioned", variant: "transform-only", script: "versioned-mended.ts", shared: data, once: 10 * time.Second,
		with: "{old: 100%, expiring: 100%, ttl: 24h, update: 5%}", fields: documents,
		outcomes: versions, more: []match{rejected},
	},
	{
		pattern: "fallback", variant: "seed", script: "fallback.ts", shared: failures, once: 10 * time.Second,
		fields: "bindings: [KV]\noutcomes: [value, fallback, last-known, failed]\n" + configs,
		outcomes: []match{
			ends("value"),
			{"fallback", outcomes("fallback-absent", "fallback-null", "fallback-error", "fallback-corrupt"), outcomes("fallback")},
		},
	},
	{
		pattern: "fallback", variant: "last-known-good", script: "fallback-mended.ts", shared: failures, once: 10 * time.Second,
		fields: "bindings: [KV]\noutcomes: [value, fallback, last-known, failed]\n" + configs,
		outcomes: []match{
			{"value, known or read", outcomes("value"), outcomes("value", "last-known")},
			{"fallback, failed", outcomes("fallback-error", "fallback-corrupt"), outcomes("failed")},
			{"fallback, absent", outcomes("fallback-absent", "fallback-null"), outcomes("fallback")},
		},
		more: []match{{"failures hidden, but for those told", observed("masked-error"), outcomes("last-known", "failed")}},
	},
}

// Parts of scenarios that several pairs have.
const (
	patches = `requests:
  - {path: "/user/{key}", weight: 8}
  - {method: PATCH, path: "/user/{key}", body: {name: "Ada {random}", email: "{random}@example.com"}}
  - {method: PATCH, path: "/user/{key}", body: {role: "role {random}", team: "team {random}"}}`
	// Every other set is of a new user, as the pattern has it.
	users = `bindings: [KV]
outcomes: [listed, read, set]
kv: [{key: "user:{key}"}]
requests:
  - {path: /users/}
  - {path: "/users/{key}", weight: 17}
  - {method: PUT, path: "/users/{key}", body: {name: "Ada {random}"}}
  - {method: PUT, path: "/users/new-{n}", body: {name: "Ada {random}"}}`
	documents = `bindings: [DATA]
outcomes: [current, migrated, absent, updated]
kv: [{key: "{key}", value: {name: Ada}, metadata: {version: 1, owner: ada}, ttl: 24h}]
requests:
  - {path: "/{key}", weight: 19}
  - {method: PUT, path: "/{key}", body: {userName: "Ada {random}"}}`
	configs = `kv: [{key: "{key}", value: {theme: dark, maxItems: 50}}]
requests: [{path: "/{key}"}]`
)

var (
	listings = []match{{"listed", outcomes("complete", "partial"), outcomes("listed")}, ends("read"), ends("set")}
	versions = []match{ends("current"), ends("migrated"), ends("absent"), ends("updated")}
	// listsEach is of both sides counted against their own listings: a page or three.
	listsEach = match{"list calls, of 100 listings", each("list", "complete", "partial"), each("list", "listed")}
)
