package chart

import (
	"fmt"
	"strings"

	"kvbench/internal/result"
	"kvbench/internal/runfile"
)

// charts are all that a scenario can have, in their order; each is nil where there is
// nothing to show.
var charts = []func(*result.Scenario) (*Chart, error){
	latency, anomalies, staleness, timeline, faults, cost, outcomes,
}

// swept are all that a scenario with a sweep can have: those above would have a line or a bar
// for every variant at every point.
var swept = []func(*result.Scenario) (*Chart, error){growth, grid, pareto}

// searched are all that a scenario with a search can have.
var searched = []func(*result.Scenario) (*Chart, error){capacity}

// Of returns the charts of a scenario that have anything to show. An error means that
// what they are drawn from can't be read.
func Of(s *result.Scenario) ([]Chart, error) {
	var out []Chart
	all := charts
	switch {
	case s.Def.Find != nil:
		all = searched
	case s.Swept():
		all = swept
	}
	for _, chart := range all {
		c, err := chart(s)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.Def.Name, err)
		}
		if c == nil {
			continue
		}
		c.Scenario = s.Def.Name
		switch latency := s.Def.Latency(); {
		case latency == runfile.NotModelled:
			c.Notes = append(c.Notes, "From an emulator, not measured on Workers KV; no latency modelled.")
		case latency == runfile.Modelled && !strings.Contains(c.Title+c.Subtitle, "modelled"):
			// How transactions end and what goes wrong rests on the model too.
			c.Notes = append(c.Notes, "Modelled: from an emulator, not measured on Workers KV.")
		}
		out = append(out, *c)
	}
	return out, nil
}
