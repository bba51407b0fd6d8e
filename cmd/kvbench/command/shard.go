package command

import (
	"cmp"
	"math"
	"slices"

	"kvbench/internal/bench"
	"kvbench/internal/find"
)

// deal says, by the plan's turns, which shard in virtual time they belong to: each
// turn, the dearest first, goes to the shard that has least to do. Every shard finds the
// same, on any machine: what a turn costs is reckoned by the plan alone, in whole numbers.
func (p *plan) deal(of int) []int {
	turns := p.turns()
	order := make([]int, len(turns))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p.cost(turns[b]), p.cost(turns[a])) })
	loads, shards := make([]uint64, of), make([]int, len(turns))
	for _, i := range order {
		least := 0
		for s, load := range loads {
			if load < loads[least] {
				least = s
			}
		}
		shards[i] = least
		loads[least] += p.cost(turns[i])
	}
	return shards
}

// cost is about how many transactions a turn runs, at least 1.
func (p *plan) cost(t turn) uint64 {
	const service = 0.01 // seconds that one is taken to last
	s := &p.scenarios[t.scenario]
	n := s.Load.Shape.Mean(service) * (s.Load.WarmUp + s.Load.Duration).Seconds()
	if most := float64(s.Load.Transactions); most > 0 && (n == 0 || most < n) {
		n = most
	}
	if s.Find != nil {
		n *= float64(find.Most(s.Find) * len(s.Variants))
	}
	const most = 1 << 40 // of which a plan's turns can be added up
	return uint64(min(max(math.Round(n), 1), most))
}

// mine are the turns that this process runs, in the plan's order.
func (p *plan) mine() []turn {
	turns := p.turns()
	if p.header.Shard == nil || p.header.Clock == "wall" {
		return turns
	}
	var out []turn
	for i, shard := range p.deal(p.header.Shard.Of) {
		if shard == p.header.Shard.Index {
			out = append(out, turns[i])
		}
	}
	return out
}

// runs is how often this process runs a variant of a scenario, a search once.
func (p *plan) runs(scenario, variant int) (n int) {
	for _, t := range p.mine() {
		if t.scenario == scenario && (t.variant == variant || p.scenarios[scenario].Find != nil) {
			n++
		}
	}
	return n
}

// needNoEstimate reports whether a scenario is small, or no turn of it is this process's. One
// that the real runtime alone can run is tried however small it is.
func (p *plan) needNoEstimate() func(*bench.Scenario) bool {
	ours := map[*bench.Scenario]bool{}
	for _, t := range p.mine() {
		ours[&p.scenarios[t.scenario]] = true
	}
	return func(s *bench.Scenario) bool { return !ours[s] || small(s) && !s.Pattern.WallClock }
}
