package chart

import (
	"context"
	"encoding/json"
	"runtime"
	"sync"

	"kvbench/internal/result"

	"golang.org/x/sync/errgroup"
)

// Drawn is a chart that has been drawn in the forms that are wanted.
type Drawn struct {
	Chart
	Of       int // index of its scenario in the set
	SVG, PNG []byte
	Values   []byte // JSON of what the SVG plots: kit.Plot
}

// Draw draws the charts of all scenarios, on all cores. told, unless it is nil, hears how
// many scenarios have been drawn, from one goroutine at a time. When ctx is done it stops
// before the next chart and returns the error of ctx.
func Draw(ctx context.Context, set *result.Set, svg, png bool, told func(done, scenarios int)) ([]Drawn, error) {
	if !svg && !png {
		return nil, nil
	}
	growth := Growth(set)
	// Scenario by scenario: what its charts are drawn from is let go with them.
	drawn := make([][]Drawn, len(set.Scenarios))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	var mu sync.Mutex
	done := 0
	for i, s := range set.Scenarios {
		g.Go(func() error {
			charts, err := Of(s)
			if err != nil {
				return err
			}
			for _, c := range growth { // with its smallest member
				if c.Scenario == s.Def.Name {
					charts = append(charts, c)
				}
			}
			for _, c := range charts {
				d, err := drawOne(ctx, c, svg, png)
				if err != nil {
					return err
				}
				d.Of = i
				drawn[i] = append(drawn[i], d)
			}
			if told != nil {
				mu.Lock()
				defer mu.Unlock()
				done++
				told(done, len(drawn))
			}
			return nil
		})
	}
	err := g.Wait()
	var out []Drawn
	for _, d := range drawn {
		out = append(out, d...)
	}
	return out, err
}

func drawOne(ctx context.Context, c Chart, svg, png bool) (d Drawn, err error) {
	d.Chart = c
	if err := ctx.Err(); err != nil {
		return d, err
	}
	if svg {
		text, plot, err := c.Draw()
		if err != nil {
			return d, err
		}
		d.SVG = text
		if d.Values, err = json.Marshal(plot); err != nil {
			return d, err
		}
	}
	if err := ctx.Err(); err != nil {
		return d, err
	}
	if png {
		if d.PNG, err = c.Chart.PNG(); err != nil {
			return d, err
		}
	}
	d.Body = nil // and all that it holds
	return d, nil
}
