package live

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"kvbench/internal/metric"
	"kvbench/internal/sparse"
)

// State is how far a run is at one time. It is a copy.
type State struct {
	Done, Total int           // turns
	Elapsed     time.Duration // since the run began
	Rows        []Row         // of the turns that run: those of a scenario beside each other
	Widest      int           // of the labels of the run, in characters
	Shards      *Shards       // of a run that agents do, which has neither turns nor rows
}

// Row is a turn that runs. Times are of the scenario's clock, but for Left.
type Row struct {
	Title string // of the scenario, with its point
	Facts string // what its times are: "modelled latency, virtual time"
	Label string // of the variant, with the repeat where there are several
	Phase string // as of bench.Observer

	Share    metric.Quantity // of the measured time or transactions, 0 to 1; none before
	Rate     metric.Quantity // transactions a second that ended in the last interval, or second
	Target   metric.Quantity // that were planned then; none of a closed loop
	InFlight metric.Quantity // transactions; none without load
	P50, P99 metric.Quantity // of the response so far, in nanoseconds
	Errors   metric.Quantity // the share of the transactions so far that ended in one
	P99s     []float64       // by interval so far, in nanoseconds
	Left     metric.Quantity // nanoseconds of the machine's time until the load ends; none where that can't be told
}

// Series is what was seen so far of a variant at a point, all of its repeats added up.
type Series struct {
	Variant
	Began        time.Time
	Transactions []uint64 // by outcome
	Errors       map[string]uint64
	Response     *sparse.Histogram // in nanoseconds
	InFlight     int64
	Target       metric.Quantity // transactions a second, of all that run; none where none plans any
	Progress     float64         // 0 to 1
}

// State returns how far the run is.
func (b *Board) State() State {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	out := State{Done: b.done, Total: b.total, Elapsed: now.Sub(b.started), Widest: b.widest, Shards: b.shards}
	for _, t := range b.turns {
		row := t.row(now)
		at := len(out.Rows)
		for i := range out.Rows {
			if out.Rows[i].Title == row.Title {
				at = i + 1
			}
		}
		out.Rows = slices.Insert(out.Rows, at, row)
	}
	return out
}

// Counts are how many turns have ended, and how many there are.
func (b *Board) Counts() (done, total int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.done, b.total
}

// Series returns what was seen of each variant that was begun, in that order; nothing where
// nothing is kept.
func (b *Board) Series() []Series {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := make([]Series, 0, len(b.order))
	for _, k := range b.order {
		s := b.series[k]
		sum, progress := s.counts.copied(), float64(s.ended)
		seen := &sparse.Histogram{}
		seen.Merge(&s.response)
		one := Series{Variant: s.about, Began: s.began, Response: seen}
		for _, t := range b.turns {
			if t.about.key() != k {
				continue
			}
			sum.add(t.counts.outcomes, t.counts.errors)
			seen.Merge(t.response.Sparse())
			one.InFlight += t.inFlight.Load()
			if target, ok := t.target().Value(); ok {
				one.Target = metric.Of(one.Target.Or(0) + target)
			}
			progress += t.share()
		}
		one.Transactions, one.Errors = sum.outcomes, sum.errors
		one.Progress = min(progress/float64(s.about.Repeats), 1)
		out = append(out, one)
	}
	return out
}

func (c *counts) copied() counts {
	return counts{slices.Clone(c.outcomes), maps.Clone(c.errors)}
}

func (v Variant) title() string {
	if v.Point == "" {
		return v.Scenario
	}
	return v.Scenario + " at " + v.Point
}

func (v Variant) facts() string {
	time := "wall clock"
	if v.Clock == "virtual" {
		time = "virtual time"
	}
	return v.Latency.Words() + ", " + time
}

// label names a repeat, which is counted from 0.
func (v Variant) label(repeat int) string {
	if v.Repeats > 1 {
		return fmt.Sprintf("%s #%d", v.Name, repeat+1)
	}
	return v.Name
}

func (t *Turn) row(now time.Time) Row {
	r := Row{Title: t.about.title(), Facts: t.about.facts(), Label: t.about.label(t.repeat), Phase: t.phase, P99s: slices.Clone(t.p99s)}
	if t.loading() {
		r.InFlight, r.Target, r.Left = metric.Of(float64(t.inFlight.Load())), t.target(), t.left(now)
	}
	if t.measured.IsZero() {
		return r
	}
	r.Share = metric.Of(t.share())
	if t.phase == "run" && t.to > 0 {
		r.Rate = metric.Of(t.rate)
	}
	if s := t.response.Sparse(); s.Count() > 0 {
		r.P50, r.P99 = metric.Of(float64(s.Percentile(50))), metric.Of(float64(s.Percentile(99)))
	}
	if n := len(t.counts.outcomes); n > 0 {
		r.Errors = metric.Ratio(float64(t.counts.outcomes[n-1]), float64(t.counts.transactions()))
	}
	return r
}

// loading reports whether the load goes on.
func (t *Turn) loading() bool { return t.phase == "warm-up" || t.phase == "run" }

// target is the planned rate in the middle of the time that the last part was of.
func (t *Turn) target() metric.Quantity {
	if !t.loading() {
		return metric.Quantity{}
	}
	rate, ok := t.about.Load.RateAt(t.at)
	if !ok {
		return metric.Quantity{}
	}
	return metric.Of(rate)
}

// share is how much of the measured time, or of the transactions, is there.
func (t *Turn) share() (share float64) {
	if d := t.about.Load.Duration; d > 0 {
		share = t.to.Seconds() / d.Seconds()
	}
	if n := t.about.Load.Transactions; n > 0 {
		share = max(share, float64(t.counts.transactions())/float64(n))
	}
	return min(share, 1)
}

// left is how long the load still takes: on the wall clock by the plan, where that tells;
// else as long as it took for what is there.
func (t *Turn) left(now time.Time) metric.Quantity {
	l := t.about.Load
	var whole time.Duration
	since := t.measured
	switch share := t.share(); {
	case t.about.Clock != "virtual" && l.Duration > 0 && l.Transactions == 0:
		whole, since = l.WarmUp+l.Duration, t.loaded
	case share > 0:
		whole = time.Duration(float64(t.seen.Sub(t.measured)) / share)
	default:
		return metric.Quantity{}
	}
	return metric.Of(float64(max(whole-now.Sub(since), 0)))
}
