// Package price says what the operations of a run cost at a store's prices.
package price

import (
	"kvbench/internal/metric"
	"kvbench/internal/record"
	"kvbench/kv"
)

// Bill is what operations and storage cost, in US dollars, by kind. A nil one is that of a
// store without a price list: what it comes to can't be had.
type Bill struct {
	Reads   float64 `json:"reads"`
	Writes  float64 `json:"writes"`
	Deletes float64 `json:"deletes"`
	Lists   float64 `json:"lists"`
	// Storage is nil where it is no part of the bill: in PerMillion, and where the
	// store does not tell what it holds.
	Storage *float64 `json:"storage,omitempty"`
}

// Total is the sum of all kinds, without storage where that is nil; none of a nil bill.
func (b *Bill) Total() metric.Quantity {
	if b == nil {
		return metric.Quantity{}
	}
	sum := b.Reads + b.Writes + b.Deletes + b.Lists
	if b.Storage != nil {
		sum += *b.Storage
	}
	return metric.Of(sum)
}

// PerMillion is what the operations of a million transactions cost, past what a
// month includes, where so many had these operations billed. It is zero when there
// were none, and nil where the store has no price list.
func PerMillion(p kv.Prices, b record.Billed, transactions uint64) *Bill {
	switch {
	case p.None:
		return nil
	case transactions == 0:
		return &Bill{}
	}
	// Operations per transaction, times a million transactions, times the price
	// of an operation, which is that of a million of them over a million.
	per := func(n uint64, price float64) float64 { return float64(n) / float64(transactions) * price }
	return &Bill{
		Reads: per(b.Reads, p.Reads), Writes: per(b.Writes, p.Writes),
		Deletes: per(b.Deletes, p.Deletes), Lists: per(b.Lists, p.Lists),
	}
}

// USDPerMillion is the total of PerMillion.
func USDPerMillion(p kv.Prices, b record.Billed, transactions uint64) metric.Quantity {
	return PerMillion(p, b, transactions).Total()
}

// What the free plan of classic Workers KV includes in a day, after which it
// refuses.
const (
	FreeReads  = 100_000
	FreeOthers = 1_000 // writes, deletes and lists, each
)

// HasFreePlan reports whether the free plan includes a store, so far as is known: of
// Workers KV Instant, a private beta, nothing is, and what is no Workers KV has none. It
// does not depend on what a run has given in place of the store's prices: the plan's
// limits are of operations.
func HasFreePlan(c *kv.Capabilities) bool {
	return c.Mode == "" && !c.Prices.None && !c.Prices.NoFreePlan
}

const (
	secondsPerDay   = 24 * 60 * 60
	secondsPerMonth = 30 * secondsPerDay
	gigabyte        = 1e9
)

// PerMonth is what thirty days of so many transactions a second cost, less what a
// month includes, and what it costs to keep so many bytes all the time; stored is
// nil where that is not known. It is nil where the store has no price list.
func PerMonth(p kv.Prices, b record.Billed, transactions uint64, rate float64, stored *int64) *Bill {
	if p.None {
		return nil
	}
	out := &Bill{}
	if stored != nil {
		storage := max(0, float64(*stored)/gigabyte-p.IncludedGB) * p.StorageGB
		out.Storage = &storage
	}
	if transactions == 0 {
		return out
	}
	month := func(n uint64, included, price float64) float64 {
		ops := float64(n) / float64(transactions) * rate * secondsPerMonth
		return max(0, ops-included) / 1e6 * price
	}
	out.Reads = month(b.Reads, p.IncludedReads, p.Reads)
	out.Writes = month(b.Writes, p.IncludedWrites, p.Writes)
	out.Deletes = month(b.Deletes, p.IncludedDeletes, p.Deletes)
	out.Lists = month(b.Lists, p.IncludedLists, p.Lists)
	return out
}

// FreeLimit says which daily limit of classic Workers KV's free plan is met first
// at so many transactions a second, and after how many seconds of the day. kind is
// empty when a day passes without.
func FreeLimit(b record.Billed, transactions uint64, rate float64) (kind string, seconds float64) {
	seconds = secondsPerDay
	for _, k := range []struct {
		kind  string
		n     uint64
		limit float64
	}{{"reads", b.Reads, FreeReads}, {"writes", b.Writes, FreeOthers}, {"deletes", b.Deletes, FreeOthers}, {"lists", b.Lists, FreeOthers}} {
		perSecond := float64(k.n) / float64(max(transactions, 1)) * rate
		if perSecond*seconds > k.limit {
			kind, seconds = k.kind, k.limit/perSecond
		}
	}
	return kind, seconds
}
