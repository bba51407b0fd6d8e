package command

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"

	"kvbench/internal/bench"
	"kvbench/internal/find"
	"kvbench/internal/printable"
	"kvbench/internal/runfile"

	"github.com/spf13/cobra"
)

var shardText = regexp.MustCompile(`^(0|[1-9][0-9]{0,8})/([1-9][0-9]{0,8})$`)

// parseShard reads I/N. The empty text is no shard.
func parseShard(text string) (*runfile.Shard, error) {
	if text == "" {
		return nil, nil
	}
	parts := shardText.FindStringSubmatch(text)
	if parts == nil {
		return nil, fmt.Errorf("--shard %q: want I/N, such as 0/4: shard I of N, counted from 0", text)
	}
	index, _ := strconv.Atoi(parts[1])
	of, _ := strconv.Atoi(parts[2])
	switch {
	case of > runfile.MaxShards:
		return nil, fmt.Errorf("--shard %s: want at most %d shards", text, runfile.MaxShards)
	case index >= of:
		return nil, fmt.Errorf("--shard %s: shards are counted from 0, so that the last of %d is %d/%d", text, of, of-1, of)
	}
	return &runfile.Shard{Index: index, Of: of}, nil
}

// noReport refuses flags that are of a report, which a shard has none of.
func noReport(c *cobra.Command) error {
	for _, name := range []string{"format", "json", "verbose"} {
		if c.Flags().Changed(name) {
			return fmt.Errorf("--%s is for a report, and a shard has none: kvbench merge reports on all of them", name)
		}
	}
	return nil
}

// shardEnded tells how a shard's run ended, on which there is no report.
func shardEnded(s *runfile.Shard, dir string, stdout io.Writer, quiet, interrupted bool, runErr, cleanErr error) error {
	if err := fell(dir, interrupted, runErr, cleanErr); err != nil {
		return err
	}
	if !quiet {
		fmt.Fprintf(stdout, "Shard %v: %s, for kvbench merge\n", s, printable.Line(dir))
	}
	return nil
}

// shardOut are, by the plan's turns, the shards in virtual time that they belong to: each
// turn, the dearest first, goes to the shard that has least to do. Every shard finds the
// same, on any machine: what a turn costs is reckoned by the plan alone, in whole numbers.
func (p *plan) shardOut(of int) []int {
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
	for i, shard := range p.shardOut(p.header.Shard.Of) {
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

// needNoEstimate reports whether a scenario is small, or no turn of it is this process's.
func (p *plan) needNoEstimate() func(*bench.Scenario) bool {
	ours := map[*bench.Scenario]bool{}
	for _, t := range p.mine() {
		ours[&p.scenarios[t.scenario]] = true
	}
	return func(s *bench.Scenario) bool { return !ours[s] || small(s) }
}

// shardable refuses a plan that can't be run in shards.
func (p *plan) shardable() error {
	for i := range p.scenarios {
		if s := &p.scenarios[i]; s.Clock != p.scenarios[0].Clock {
			return fmt.Errorf("--shard: scenario %s runs in %s time and %s in %s: in virtual time shards run variants of their own, on the wall clock "+
				"transactions of their own; choose scenarios of one kind with --only, or set --clock", p.scenarios[0].Name, p.scenarios[0].Clock, s.Name, s.Clock)
		}
	}
	if p.header.Clock == "wall" {
		return fmt.Errorf("--shard: the plan runs on the wall clock, which shards do not yet; use --clock virtual")
	}
	return nil
}
