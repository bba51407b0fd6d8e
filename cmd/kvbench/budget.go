package main

import (
	"context"
	"fmt"
	"io"
	"time"
)

// afford says what the scenarios of the plan that run on a store which bills are
// going to need, and refuses them when that is more than the budget, in US
// dollars. It makes no call of the store. Its errors are of usage.
func (p *plan) afford(ctx context.Context, budget float64, w io.Writer) error {
	var all estimate
	for i := range p.scenarios {
		if !p.header.Scenarios[i].Traits.Billed {
			continue
		}
		for j := range p.scenarios[i].Variants {
			e, err := p.estimate(ctx, i, j)
			if err != nil {
				return err
			}
			all.ops, all.usd, all.time = all.ops+e.ops, all.usd+e.usd, all.time+e.time
			if text := e.pace(p.header.Scenarios[i].Traits); text != "" {
				fmt.Fprintf(w, "WARNING %s/%s: %s\n", p.scenarios[i].Name, p.scenarios[i].Variants[j].Name, text)
			}
		}
	}
	if all.ops == 0 {
		return nil
	}
	fmt.Fprintf(w, "This run is billed: about %s KV operations, $%.2f past what the plan includes, %s.\n",
		about(all.ops), all.usd, all.time.Round(time.Second))
	if all.usd > budget {
		return usage(fmt.Errorf("the run would cost about $%.2f, more than the budget of $%.2f: measure less, "+
			"or allow more with --budget", all.usd, budget))
	}
	return nil
}
