package command

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"time"

	"kvbench/internal/bench"
)

// A plan above these is warned of: 2 GB of memory, an hour of this machine.
const (
	muchMemory = 2e9
	muchTime   = 3600
)

// headroom is the least memory for each byte that is kept: with less the collector does
// nothing but collect.
const headroom = 1.25

// machineLimit is what a plan may take of this machine.
type machineLimit struct {
	memory float64 // bytes
	time   float64 // seconds
}

func thisMachine() machineLimit { return machineLimit{memory: mostMemory(), time: longest.Seconds()} }

// estimates are those of all variants of the plan's scenarios. It refuses a plan that can't
// be run, where it is written: with an error of usage. Those of scenarios that skip names
// are not estimated. What takes long is told now and then.
func (p *plan) estimates(ctx context.Context, most machineLimit, skip func(*bench.Scenario) bool, told io.Writer) ([][]estimate, error) {
	all := make([][]estimate, len(p.scenarios))
	said := time.Now()
	for i := range p.scenarios {
		s := &p.scenarios[i]
		if time.Since(said) >= every {
			said = time.Now()
			fmt.Fprintf(told, "trying: %d of %d scenarios\n", i, len(p.scenarios))
		}
		if skip(s) {
			continue
		}
		for j, v := range s.Variants {
			e, err := p.estimate(ctx, i, j)
			if err != nil {
				return nil, unlessStopped(ctx, err)
			}
			if err := most.refuse(s, v.Name, e); err != nil {
				return nil, usage(err)
			}
			all[i] = append(all[i], e)
		}
	}
	return all, nil
}

// refuse refuses what can't be done.
func (m machineLimit) refuse(s *bench.Scenario, variant string, e estimate) error {
	switch {
	case e.still:
		return s.At("load.duration", fmt.Sprintf("virtual time stands still: the transactions of %s take none, and never fill a duration", variant),
			"give the load a think time or a rate, or the store a latency profile")
	case e.time > float64(s.Repeat)*m.time:
		return s.At("load.transactions", fmt.Sprintf("the transactions of %s would take about %s, more than %s", variant, span(e.time/float64(s.Repeat)), span(m.time)),
			"ask for fewer, or bound them by a duration")
	case e.machine > m.time && s.Find == nil: // a search ends where the promise is broken
		return s.At("load", fmt.Sprintf("%s would take about %s of this machine", variant, span(e.machine)), "ask for less load, or fewer repeats")
	case headroom*e.memory > m.memory:
		return s.At("keys.count", fmt.Sprintf("%s would keep about %s in memory, and this machine has %s", variant, memorySize(e.memory), memorySize(m.memory)),
			"ask for fewer or smaller keys, fewer isolates, or less load")
	}
	return nil
}

// need is what a plan takes.
type need struct {
	simulated float64 // seconds of virtual time
	computed  float64 // seconds that this takes of this machine
	wall      float64 // seconds on the wall clock
	memory    float64 // bytes, the collector's headroom included
}

// need adds up the estimates of the plan. Those that need most memory may run at once, as
// far as the machine has it.
func (p *plan) need(all [][]estimate) (n need) {
	var virtual []float64
	alone := float64(perRun) // what takes most of all
	for i := range all {
		for _, e := range all[i] {
			if p.scenarios[i].Clock == "virtual" {
				n.simulated, n.computed = n.simulated+e.time, n.computed+e.machine
				for range p.scenarios[i].Repeat {
					virtual = append(virtual, e.memory)
				}
			} else {
				n.wall += e.time
			}
			alone = max(alone, e.memory)
		}
	}
	slices.SortFunc(virtual, func(a, b float64) int { return cmp.Compare(b, a) })
	for _, memory := range virtual[:min(len(virtual), p.lanes)] {
		n.memory += collected * memory
	}
	n.memory = max(min(n.memory, thisMachine().memory), collected*alone)
	return n
}

func (n need) String() string {
	text := "In all"
	if n.simulated > 0 {
		text += fmt.Sprintf(" %s of virtual time, which take about %s of this machine,", span(n.simulated), span(max(n.computed, 1)))
	}
	if n.wall > 0 {
		text += fmt.Sprintf(" %s on the wall clock,", span(n.wall))
	}
	return text + fmt.Sprintf(" and up to about %s of memory", memorySize(n.memory))
}

// warnings say what is much.
func (n need) warnings() (out []string) {
	if n.memory > muchMemory {
		out = append(out, fmt.Sprintf("the plan takes up to about %s of memory", memorySize(n.memory)))
	}
	if time := n.computed + n.wall; time > muchTime {
		out = append(out, fmt.Sprintf("the plan takes about %s of this machine", span(time)))
	}
	return out
}

// memorySize writes a number of bytes to two digits.
func memorySize(bytes float64) string {
	digits, _ := strconv.ParseFloat(about(bytes), 64)
	for _, unit := range []struct {
		name string
		of   float64
	}{{" EB", 1e18}, {" TB", 1e12}, {" GB", 1e9}, {" MB", 1e6}} {
		if digits >= unit.of {
			return strconv.FormatFloat(digits/unit.of, 'f', -1, 64) + unit.name
		}
	}
	return strconv.FormatFloat(digits/1e3, 'f', -1, 64) + " kB"
}

// span writes a time in seconds, to the second; in years where it is longer than ten.
func span(seconds float64) string {
	if seconds <= 10*365*24*3600 {
		return time.Duration(seconds * float64(time.Second)).Round(time.Second).String()
	}
	const year = 365.25 * 24 * 3600
	if years := seconds / year; years < 1e6 {
		return about(years) + " years"
	}
	return "millions of years"
}

// small reports whether a scenario needs so little, however it is reckoned, that running it
// need not wait for an estimate.
func small(s *bench.Scenario) bool {
	return collected*memoryAtMost(s) < muchMemory && float64(s.Repeat)*transactionsAtMost(s) < 1e8
}

// workersOf is how many workers a load says that there may be; 0 where it does not.
func workersOf(s *bench.Scenario) float64 {
	if loop, closed := s.Load.Closed(); closed {
		return float64(loop.Workers)
	}
	loop, _ := s.Load.Open()
	return float64(loop.MaxInFlight)
}

// transactionsAtMost is how many transactions one repeat of a scenario can have; infinity
// where only a trial can tell.
func transactionsAtMost(s *bench.Scenario) float64 {
	l := &s.Load
	rate := l.Shape.Most()
	n := math.Inf(1)
	if l.Duration > 0 {
		n = rate * l.Duration.Seconds()
	}
	if l.Transactions > 0 {
		n = min(n, float64(l.Transactions))
	}
	if l.WarmUp > 0 {
		n += rate * l.WarmUp.Seconds()
	}
	return n
}
