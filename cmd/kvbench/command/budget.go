package command

import (
	"context"
	"errors"
	"fmt"
	"io"

	"kvbench/drivers/budget"
	"kvbench/internal/printable"
	"kvbench/internal/units"
)

// allow gives the plan its money: of a run's budget what is this shard's, or all. The context
// that it returns is done as soon as a call would go beyond it.
func (p *plan) allow(ctx context.Context, usd dollars) (context.Context, func()) {
	ctx, stop := context.WithCancelCause(ctx)
	p.ledger = budget.New(budget.Dollars(float64(usd)).Share(p.share.Index, p.share.Of), stop)
	return ctx, func() { stop(nil) }
}

// overspent is the error of the call that would have gone beyond the budget; nil while
// there was none.
func overspent(ctx context.Context) error {
	var over *budget.ExceededError
	if errors.As(context.Cause(ctx), &over) {
		return over
	}
	return nil
}

// interrupted reports whether the user has stopped the run.
func (p *plan) interrupted(ctx context.Context) bool {
	return ctx.Err() != nil && overspent(ctx) == nil
}

// afford says what the scenarios of the plan that run on a store which bills are
// going to need, and refuses them when that is more than the budget. It makes no call
// of the store. Its errors are of usage.
//
// It is an estimate: what holds the budget is the ledger.
func (p *plan) afford(ctx context.Context, most dollars, w io.Writer) error {
	var all estimate
	for i := range p.scenarios {
		capabilities := &p.defs[i].Capabilities
		if !capabilities.Billed {
			continue
		}
		if capabilities.Prices.None {
			return usage(fmt.Errorf("%s: %s bills, and has no price list: no budget can hold it; give prices= of all kinds in its URL",
				p.scenarios[i].Name, printable.Line(p.scenarios[i].Driver)))
		}
		for j := range p.scenarios[i].Variants {
			e, err := p.estimate(ctx, i, j)
			if err != nil {
				return unlessStopped(ctx, err)
			}
			all.ops, all.usd, all.seeding, all.time = all.ops+e.ops, all.usd+e.usd, all.seeding+e.seeding, all.time+e.time
			for _, text := range []string{e.pace(*capabilities), e.growth()} {
				if text != "" {
					fmt.Fprintf(w, "WARNING %s/%s: %s\n", p.scenarios[i].Title(), p.scenarios[i].Variants[j].Name, text)
				}
			}
		}
	}
	if all.ops == 0 {
		return nil
	}
	all.time += p.listed()
	fmt.Fprintf(w, "This run is billed: about %s KV operations, %s past what the plan includes, %s.\n",
		about(all.ops), units.FormatUSD(all.usd), span(all.time))
	if all.usd > float64(most) {
		return usage(fmt.Errorf("the run would cost about %s, more than the budget of %s: measure less, "+
			"or allow more with --budget", units.FormatUSD(all.usd), units.FormatUSD(float64(most))))
	}
	if of := float64(p.share.Of); of > 1 {
		if first := all.seeding + (all.usd-all.seeding)/of; first > float64(most)/of {
			return usage(fmt.Errorf("shard 0 would cost about %s, as it seeds the store too, more than its share of the budget, %s: measure less, "+
				"or allow %s with --budget", units.FormatUSD(first), units.FormatUSD(float64(most)/of), units.FormatUSD(first*of)))
		}
	}
	return nil
}

// listed is how many seconds the cleaning up of the stores that bill waits until all keys are
// listed: once of each.
func (p *plan) listed() (seconds float64) {
	seen := map[string]bool{}
	for i := range p.scenarios {
		url, capabilities := p.scenarios[i].Driver, &p.defs[i].Capabilities
		if capabilities.Billed && !madeForTheRun(*capabilities) && !seen[url] {
			seen[url] = true
			seconds += capabilities.Staleness.Seconds()
		}
	}
	return seconds
}
