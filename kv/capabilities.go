package kv

import (
	"encoding/json"
	"time"
)

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

// The limits of Workers KV Instant, a private beta since 2026-10-01
// (developers.cloudflare.com/kv/platform/limits, page of 2026-10-08). That 1 MB is
// 10⁶ bytes of names and values together is our reading.
const (
	InstantMode          = "instant" // see Capabilities.Mode
	MaxInstantKeyBytes   = 300
	MaxInstantBytes      = 1_000_000 // of a namespace
	MaxInstantKeys       = 10_000    // of a namespace, and so of a page
	InstantWriteInterval = time.Second
)

// Capabilities is what a driver declares of its store. The conformance suite tests
// what is declared; a zero field declares that there is no such limit, or none
// of that kind.
type Capabilities struct {
	// Modelled says that latency is drawn from a model, not measured.
	Modelled bool `json:"modelled"`
	// Virtual says that the store can run in virtual time.
	Virtual bool `json:"virtual"`
	// Transient says that what the store holds is gone when it is closed, and that no other
	// store has it: it is made for the run, and there is nothing to clean up.
	Transient bool `json:"transient,omitempty"`
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
	MaxListKeys      int           `json:"max_list_keys"` // of a page; of one without a limit too
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

	// Mode is the namespace's: empty for classic Workers KV, "instant" for KV
	// Instant.
	Mode string `json:"mode,omitempty"`
	// NoMetadata says that a key holds none: what a put gives is left out, and a
	// get with metadata gives none.
	NoMetadata bool `json:"no_metadata,omitempty"`
	// NamespaceBytes and NamespaceKeys are the most that a namespace may hold:
	// bytes of names and values, and keys.
	NamespaceBytes int `json:"namespace_bytes,omitempty"`
	NamespaceKeys  int `json:"namespace_keys,omitempty"`
	// NamespaceWriteInterval is as WriteInterval, for all keys of the namespace
	// together.
	NamespaceWriteInterval time.Duration `json:"namespace_write_interval_ns,omitempty"`

	// Prices are what the store charges, or would charge if it were Workers KV: NoPrices
	// where that is not known. The zero value stands for those of classic Workers KV.
	Prices Prices `json:"prices"`

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

// Prices are what a store charges, in US dollars, on the paid plan. A bulk get
// bills every key, a bulk write every pair, and a miss is billed. Whether calls
// that are refused are billed is not published; they are counted as if they were.
type Prices struct {
	// None says that the store has no price list: what its operations cost can't be
	// had, which is not nothing. No price of the others counts then.
	None bool `json:"none,omitempty"`
	// NoFreePlan says that the free plan of Workers KV does not include the store,
	// whatever its prices.
	NoFreePlan bool `json:"no_free_plan,omitempty"`
	// Reads to Lists are for a million operations past the included ones.
	Reads   float64 `json:"reads"`
	Writes  float64 `json:"writes"`
	Deletes float64 `json:"deletes"`
	Lists   float64 `json:"lists"`
	// StorageGB is for a month of 10⁹ bytes past the included ones.
	StorageGB float64 `json:"storage_gb"`
	// IncludedReads to IncludedLists are the operations that a month includes,
	// IncludedGB the bytes, in 10⁹.
	IncludedReads   float64 `json:"included_reads"`
	IncludedWrites  float64 `json:"included_writes"`
	IncludedDeletes float64 `json:"included_deletes"`
	IncludedLists   float64 `json:"included_lists"`
	IncludedGB      float64 `json:"included_gb"`
	// Source names where they come from, and says when they are an assumption.
	Source string `json:"source"`
}

// NoPrices are those of a store that is no Workers KV and has no price list; source says
// why.
func NoPrices(source string) Prices { return Prices{None: true, NoFreePlan: true, Source: source} }

// MarshalJSON implements json.Marshaler: where there are no prices none is written.
func (p Prices) MarshalJSON() ([]byte, error) {
	type list Prices
	if !p.None {
		return json.Marshal(list(p))
	}
	return json.Marshal(struct {
		None       bool   `json:"none"`
		NoFreePlan bool   `json:"no_free_plan,omitempty"`
		Source     string `json:"source"`
	}{true, p.NoFreePlan, p.Source})
}

// ClassicPrices are those of Workers KV on the paid plan
// (developers.cloudflare.com/kv/platform/pricing, page of 2026-04-21, read on
// 2026-11-28).
func ClassicPrices() Prices {
	return Prices{
		Reads: 0.50, Writes: 5, Deletes: 5, Lists: 5, StorageGB: 0.50,
		IncludedReads: 10e6, IncludedWrites: 1e6, IncludedDeletes: 1e6, IncludedLists: 1e6, IncludedGB: 1,
		Source: "Workers KV paid plan, past what it includes; price page of 2026-04-21",
	}
}

// InstantPrices are those of Workers KV Instant as two summaries of its
// announcement tell them: an assumption for a private beta. A put, a delete or a
// list is $0.10 each, storage $100 per MB-month, and nothing is known to be
// included.
func InstantPrices() Prices {
	return Prices{
		Reads: 0.20, Writes: 100_000, Deletes: 100_000, Lists: 100_000, StorageGB: 100_000,
		Source: "assumption: Workers KV Instant, a private beta, at the prices that summaries of its announcement tell " +
			"(2026-10); what a month includes is not known and taken to be nothing",
	}
}
