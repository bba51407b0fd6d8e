package kv

import "time"

// The limits of Workers KV as Cloudflare publishes them
// (developers.cloudflare.com/kv/platform/limits, read on 2026-11-22).
const (
	MaxKeyBytes      = 512
	MaxMetadataBytes = 1024
	MaxValueBytes    = 25 << 20 // 25 MiB
	MinTTL           = 60 * time.Second
	MinCacheTTL      = 30 * time.Second
	DefaultCacheTTL  = 60 * time.Second
	MaxListKeys      = 1000
	MaxBulkGetKeys   = 100
	MaxBulkGetBytes  = 25 << 20
	MaxBulkPutKeys   = 10_000
	MaxBulkPutBytes  = 100 << 20
	WriteInterval    = time.Second // between two writes to one key
)

// Traits is what a driver declares of its store. The conformance suite tests
// what is declared; a zero field declares that there is no such limit, or none
// of that kind.
type Traits struct {
	// Modelled says that latency is drawn from a model, not measured.
	Modelled bool `json:"modelled"`
	// Virtual says that the store can run in virtual time.
	Virtual bool `json:"virtual"`
	// Billed says that each operation costs money.
	Billed bool `json:"billed"`
	// Locations is how many places the store can be used from; at least 1.
	Locations int `json:"locations"`
	// Staleness is how long a write may stay unseen: by the time it has
	// passed, a read that is not answered by a location's cache sees it. Cached
	// answers may be older by their CacheTTL.
	Staleness time.Duration `json:"staleness_ns"`
	// EdgeCache says that a location caches what it reads, absence included.
	EdgeCache bool `json:"edge_cache"`

	MaxKeyBytes      int           `json:"max_key_bytes"`
	MaxMetadataBytes int           `json:"max_metadata_bytes"`
	MaxValueBytes    int           `json:"max_value_bytes"`
	MinTTL           time.Duration `json:"min_ttl_ns"`
	MinCacheTTL      time.Duration `json:"min_cache_ttl_ns"`
	MaxListKeys      int           `json:"max_list_keys"`
	BulkGetKeys      int           `json:"bulk_get_keys"` // 0: no bulk get
	BulkPutKeys      int           `json:"bulk_put_keys"` // 0: no bulk put
	// WriteInterval is the least time between two writes to one key; an
	// earlier write is refused with 429. Zero where the store refuses none, or
	// not reliably.
	WriteInterval time.Duration `json:"write_interval_ns"`
	// CallRate is how many calls a second the store sustains, at all locations
	// together: the driver makes further ones wait, and the wait is part of their
	// time. Zero where it makes none wait.
	CallRate float64 `json:"call_rate"`

	// Faults are the stretches in which the store is made to fail on purpose.
	Faults []Window `json:"faults,omitempty"`

	// Sources names where each modelled figure comes from, one sentence each.
	Sources []string `json:"sources,omitempty"`
}

// Window is a stretch of the measured time.
type Window struct {
	From  time.Duration `json:"from_ns"`  // since measuring began
	Until time.Duration `json:"until_ns"` // 0: to the end of the load
}
