// Package price says what Workers KV charges.
package price

import "kvbench/internal/record"

// US dollars for a million operations on the paid plan, past what it includes
// (developers.cloudflare.com/kv/platform/pricing, page of 2026-04-21, read on
// 2026-11-22). A bulk get bills every key, a bulk write every pair, and a miss
// is billed. Whether calls that are refused are billed is not published; here
// they are.
const (
	Read   = 0.50
	Write  = 5.00
	Delete = 5.00
	List   = 5.00
	Source = "Workers KV paid plan, past the included operations; price page of 2026-04-21"
)

// Bill is what operations cost, in US dollars, by kind.
type Bill struct {
	Reads   float64 `json:"reads"`
	Writes  float64 `json:"writes"`
	Deletes float64 `json:"deletes"`
	Lists   float64 `json:"lists"`
}

// Total is the sum of all kinds.
func (b Bill) Total() float64 { return b.Reads + b.Writes + b.Deletes + b.Lists }

// PerMillion is what a million transactions cost, where so many had these
// operations billed. It is zero when there were none.
func PerMillion(b record.Billed, transactions uint64) Bill {
	if transactions == 0 {
		return Bill{}
	}
	// Operations per transaction, times a million transactions, times the price
	// of an operation, which is that of a million of them over a million.
	per := func(n uint64, price float64) float64 { return float64(n) / float64(transactions) * price }
	return Bill{
		Reads: per(b.Reads, Read), Writes: per(b.Writes, Write),
		Deletes: per(b.Deletes, Delete), Lists: per(b.Lists, List),
	}
}

// USDPerMillion is the total of PerMillion.
func USDPerMillion(b record.Billed, transactions uint64) float64 {
	return PerMillion(b, transactions).Total()
}

// What the plans include: the paid one in a month, the free one in a day, after
// which it refuses.
const (
	PaidReads  = 10_000_000
	PaidOthers = 1_000_000 // writes, deletes and lists, each
	FreeReads  = 100_000
	FreeOthers = 1_000 // writes, deletes and lists, each
)

const (
	secondsPerDay   = 24 * 60 * 60
	secondsPerMonth = 30 * secondsPerDay
)

// PerMonth is what thirty days of so many transactions a second cost on the paid
// plan, less the operations that it includes.
func PerMonth(b record.Billed, transactions uint64, rate float64) Bill {
	if transactions == 0 {
		return Bill{}
	}
	month := func(n uint64, included, price float64) float64 {
		ops := float64(n) / float64(transactions) * rate * secondsPerMonth
		return max(0, ops-included) / 1e6 * price
	}
	return Bill{
		Reads: month(b.Reads, PaidReads, Read), Writes: month(b.Writes, PaidOthers, Write),
		Deletes: month(b.Deletes, PaidOthers, Delete), Lists: month(b.Lists, PaidOthers, List),
	}
}

// FreeLimit says which daily limit of the free plan is met first at so many
// transactions a second, and after how many seconds of the day. kind is empty
// when a day passes without.
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
