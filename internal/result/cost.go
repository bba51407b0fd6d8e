package result

import (
	"time"

	"kvbench/internal/price"
)

// Cost is what a variant costs. Where its store has no price list there are no bills.
type Cost struct {
	Million *price.Bill // of a million transactions; nil: no price list
	// Rate is that of the load in transactions a second; in a closed loop that of the
	// transactions which ended within the time that it asks for. The time until the last
	// ones have ended is no part of it.
	Rate float64
	// Stored is the bytes that the store held at the end; nil where it does not tell.
	Stored *int64
	// Month is of thirty days at that rate, past what is included; without storage where
	// that is not known. Nil: no price list.
	Month *price.Bill
	// Free is how far the free plan goes; nil where none is known of the store.
	Free *FreePlan
}

// FreePlan is the daily limit of the free plan that is met first.
type FreePlan struct {
	Limit  string  // "reads" or the like; empty when none is met
	AfterS float64 // seconds of a day
}

// Measured is how long all repeats were measured together.
func (v *Variant) Measured() (sum time.Duration) {
	for _, r := range v.Repeats {
		sum += r.Total.To
	}
	return sum
}

// Cost is what the variant costs, by the prices of its store.
func (v *Variant) Cost() Cost {
	var ended uint64
	var within time.Duration
	for _, r := range v.Repeats {
		ended, within = ended+r.Ended, within+r.Within
	}
	def, n, billed := v.Def, v.Whole.Transactions(), v.Whole.Billed()
	c := Cost{Million: price.PerMillion(def.Prices(), billed, n), Stored: v.stored()}
	switch {
	case def.Rate > 0:
		c.Rate = def.Rate
	case within > 0:
		c.Rate = float64(ended) / within.Seconds()
	case v.Measured() > 0: // as files of before kept it
		c.Rate = float64(n) / v.Measured().Seconds()
	}
	c.Month = price.PerMonth(def.Prices(), billed, n, c.Rate, c.Stored)
	if price.HasFreePlan(&def.Capabilities) {
		c.Free = &FreePlan{}
		c.Free.Limit, c.Free.AfterS = price.FreeLimit(billed, n, c.Rate)
	}
	return c
}

// stored is what the store held at the end, the mean of the repeats; nil unless all
// of them tell.
func (v *Variant) stored() *int64 {
	var sum int64
	for _, r := range v.Repeats {
		if r.Stored == nil {
			return nil
		}
		sum += *r.Stored
	}
	if len(v.Repeats) == 0 {
		return nil
	}
	mean := sum / int64(len(v.Repeats))
	return &mean
}
