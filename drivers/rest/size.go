package rest

import "kvbench/kv"

// Size is the most bytes that the answer to a call may have, if it is the API's:
// what KV's limits allow (developers.cloudflare.com/kv/platform/limits), written as
// JSON with every byte escaped. A longer one is not read to its end.
type Size int64

const (
	escaped = 6        // bytes of JSON for one of a text: \u0000
	around  = 64 << 10 // beside a result: the envelope, messages, a cursor

	// OfEnvelope is for an answer without a result, and for that of any call that
	// failed.
	OfEnvelope Size = around
	// OfValue is for a value as it is.
	OfValue Size = kv.MaxValueBytes
	// OfPage is for a page of a listing, of keys or of namespaces.
	OfPage Size = kv.MaxListKeys*(escaped*(kv.MaxKeyBytes+kv.MaxMetadataBytes)+128) + around
	// OfBulkGet is for values, with their names and metadata.
	OfBulkGet Size = escaped*kv.MaxBulkGetBytes + kv.MaxBulkGetKeys*(escaped*(kv.MaxKeyBytes+kv.MaxMetadataBytes)+128) + around
	// OfBulkWrite is for the names that a bulk write or delete left out.
	OfBulkWrite Size = kv.MaxBulkPutKeys*(escaped*kv.MaxKeyBytes+3) + around
)
