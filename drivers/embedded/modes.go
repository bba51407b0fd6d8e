package embedded

import (
	"time"

	"kvbench/internal/quantile"
	"kvbench/kv"
)

// mode is a kind of namespace, with the defaults of its other options.
type mode struct {
	name         string
	profile      string
	propagation  time.Duration
	writes       string
	lag          func(p time.Duration) quantile.Dist // of a write, where the option propagation is p
	lagSource    string
	capabilities kv.Capabilities // its limits and prices
	sources      []string
}

// modes lists the values of the option mode. The first is the default.
func modes() []mode {
	common := kv.Capabilities{
		Virtual: true, MinTTL: kv.MinTTL, MinCacheTTL: kv.MinCacheTTL,
		BulkGetKeys: kv.MaxBulkGetKeys, BulkPutKeys: kv.MaxBulkPutKeys,
	}
	classic, instant := common, common
	classic.MaxKeyBytes, classic.MaxMetadataBytes, classic.MaxValueBytes = kv.MaxKeyBytes, kv.MaxMetadataBytes, kv.MaxValueBytes
	classic.MaxListKeys, classic.Prices = kv.MaxListKeys, kv.ClassicPrices()
	instant.Mode, instant.NoMetadata, instant.Prices = kv.InstantMode, true, kv.InstantPrices()
	instant.MaxKeyBytes, instant.MaxListKeys = kv.MaxInstantKeyBytes, kv.MaxInstantKeys
	instant.NamespaceBytes, instant.NamespaceKeys = kv.MaxInstantBytes, kv.MaxInstantKeys
	return []mode{
		{
			name: "classic", profile: "edge", propagation: time.Minute, writes: "off",
			lag: classicLag, lagSource: classicLagSource, capabilities: classic,
		},
		{
			name: kv.InstantMode, profile: "instant", propagation: instantP99, writes: "strict",
			lag: instantLag, lagSource: instantLagSource, capabilities: instant, sources: []string{instantSource},
		},
	}
}

// classicLag is how long a write stays unseen elsewhere.
func classicLag(p time.Duration) quantile.Dist {
	return quantile.Dist{}.And(0, 0).And(50, p/4).And(90, p/4*3).And(99, p).And(100, 2*p)
}

const classicLagSource = "assumption: a write is seen by another location, and by a listing anywhere, after a delay with " +
	"p50 P/4, p90 0.75 P, p99 P and at most 2 P, where P is the option propagation; published is that it is visible " +
	"elsewhere within about 60 seconds, no bound is published (developers.cloudflare.com/kv/concepts/how-kv-works)"

// What summaries of Cloudflare's announcement of Workers KV Instant tell of
// replication (2026-10).
const (
	instantP50 = 107 * time.Millisecond
	instantP95 = 181 * time.Millisecond
	instantP99 = 256 * time.Millisecond
)

// instantLag is the published replication, scaled to a p99 of p.
func instantLag(p time.Duration) quantile.Dist {
	scaled := func(d time.Duration) time.Duration {
		return time.Duration(float64(d) / float64(instantP99) * float64(p))
	}
	return quantile.Dist{}.And(0, 0).And(50, scaled(instantP50)).And(95, scaled(instantP95)).And(99, p).And(100, 2*p)
}

const instantLagSource = "assumption: a write is seen by another location, and by a listing anywhere, after a delay with " +
	"p50 0.42 P, p95 0.71 P, p99 P and at most 2 P, where P is the option propagation; summaries of Cloudflare's " +
	"announcement of Workers KV Instant tell p50 107, p95 181, p99 256 ms (2026-10)"

const instantSource = "Workers KV Instant, a private beta: 1 MB and 10,000 keys a namespace, keys of 300 bytes, no metadata and " +
	"a list in one page are published (developers.cloudflare.com/kv/platform/limits, page of 2026-10-08); assumption: 1 MB " +
	"is 1,000,000 bytes of names and values, what goes beyond a namespace's limit is refused with 413, metadata is " +
	"dropped, a list's limit is kept to where one is given, and no location caches"

// writeMode says how many writes may come at once before they have to be a second
// apart; 0: any number.
type writeMode struct {
	name            string
	burst           int
	source, instant string // of its figures; instant: where the limit is the namespace's
}

// writeModes lists the values of the option writes: the writes to one key, or to a
// namespace of Workers KV Instant.
func writeModes() []writeMode {
	return []writeMode{
		{name: "off"},
		{
			name: "strict", burst: 1,
			source: "a put within 1 s of the last accepted put of its key is refused: published " +
				"(developers.cloudflare.com/kv/api/write-key-value-pairs); assumption: deletes are not limited",
			instant: "under load a put within 1 s of the last accepted put to the namespace is refused: published " +
				"(developers.cloudflare.com/kv/platform/limits, page of 2026-10-08); assumption: a bulk put is one write, and " +
				"deletes are not limited",
		},
		{
			name: "lenient", burst: 5,
			source: "assumption: 5 puts of one key may come at once, and then one a second; " +
				"the published limit of one a second was observed not to be enforced strictly",
			instant: "assumption: under load 5 puts to the namespace may come at once, and then one a second; published is " +
				"one a second",
		},
	}
}
