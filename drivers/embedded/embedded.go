// Package embedded is Workers KV in memory, on a clock it is given. It answers
// as Cloudflare documents that Workers KV answers, and models what a real
// deployment adds: latency, locations, their caches, and how long a write takes
// to be seen.
//
// # Modelled
//
// Each figure below is an assumption; Capabilities.Sources names where it comes from.
//
//   - Latency is drawn from a profile (option profile; edge by default), or from
//     percentiles that the URL gives. A bulk get takes as long as its slowest key, a bulk put as
//     long as one put.
//   - A location answers from its cache until the cache TTL of the get that
//     filled it has passed, also that a key is absent. A later get with a lower
//     cache TTL shortens that. A write empties the cache of its own location
//     for its key, so that the next read there is a cold one.
//   - A read that misses the cache sees the newest write that has reached its
//     location. The delay of each write to each other location is drawn from a
//     distribution scaled by the option propagation (60 s by default). Listings
//     lag by the same distribution, at the writer's own location too. The last
//     write wins.
//   - Writes to one key are refused when they come within a second (option
//     writes=strict), or when more than 5 come at once and then one a second
//     (writes=lenient, an assumption: the real limit was observed not to be
//     enforced strictly). A delete is never refused and does not count: the
//     documentation states the limit for put alone and meters deletes apart.
//   - A TTL is made an absolute second when the write is made, within the put:
//     see kv.ExpiresAt.
//   - A namespace of mode instant is one of Workers KV Instant: modes.go has its
//     figures and instant.go its limits.
//   - A listing steps over a deleted or expired name, which counts against the
//     page's limit, until the name is swept: after as many writes to its shard
//     (one of 256) as the shard has names, at least 64. How long Workers KV
//     steps over such names is not published.
//
// # Not modelled
//
// The refresh of hot keys before they expire from a cache, the regional tier
// between a location and the central store, the eviction of cache entries before
// their time, the joining of concurrent misses of one key, the limits of a Worker's
// invocation (the engine keeps those), daily quotas, failures (drivers/fault adds
// those), and any dependence of latency on the size of a value or on load.
package embedded
