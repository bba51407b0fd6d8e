// Package live is what is known of a run while it goes on: the observers of its variants
// feed it, and what shows a run as it goes reads it. Nothing of it is kept in a file.
package live

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"kvbench/internal/load"
	"kvbench/internal/record"
	"kvbench/internal/runfile"
	"kvbench/internal/sparse"
)

// Variant is what is to be shown of one variant of a scenario, as it may be: without secrets
// and control characters.
type Variant struct {
	Scenario string
	Point    string // of a sweep, in words; empty where there is none
	Name     string
	Driver   string // URL of its store
	Latency  runfile.Latency
	Clock    string   // "virtual" or "wall"
	Outcomes []string // the last is that of a transaction that ended in an error
	Load     load.Load
	Repeats  int // at least 1
}

// key tells variants apart.
type key struct{ scenario, point, variant string }

func (v Variant) key() key { return key{v.Scenario, v.Point, v.Name} }

// Board holds what is known of all turns of a run. A turn is one repeat of one variant. It is
// safe for concurrent use; the engine comes to it once an interval.
type Board struct {
	now     func() time.Time
	started time.Time
	total   int
	widest  int // of the labels, in characters
	keep    bool

	mu     sync.Mutex // guards all below, and the turns
	done   int
	turns  []*Turn         // that run, in the order in which they began
	series map[key]*series // of what was begun; nil where nothing is kept
	order  []key
	shards *Shards // of a run that agents do
}

// series adds up the turns of a variant that have ended.
type series struct {
	about    Variant
	began    time.Time
	ended    int
	counts   counts
	response sparse.Histogram // in nanoseconds
}

// counts are of transactions, by outcome, and of errors, by code.
type counts struct {
	outcomes []uint64
	errors   map[string]uint64
}

func (c *counts) add(outcomes []uint64, errors map[string]uint64) {
	if c.outcomes == nil {
		c.outcomes, c.errors = make([]uint64, len(outcomes)), map[string]uint64{}
	}
	for i, n := range outcomes {
		c.outcomes[i] += n
	}
	for code, n := range errors {
		c.errors[code] += n
	}
}

func (c *counts) transactions() (n uint64) {
	for _, of := range c.outcomes {
		n += of
	}
	return n
}

// New returns the board of a run of these variants. With keep, what has ended is kept too, for
// Series. now tells the machine's time.
func New(planned []Variant, keep bool, now func() time.Time) *Board {
	b := &Board{now: now, started: now(), keep: keep}
	for _, v := range planned {
		b.total += v.Repeats
		b.widest = max(b.widest, len([]rune(v.label(v.Repeats-1))))
	}
	if keep {
		b.series = map[key]*series{}
	}
	return b
}

// More says that there is one more turn than was planned.
func (b *Board) More() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.total++
}

// Begin adds a turn, the repeat of it counted from 0.
func (b *Board) Begin(v Variant, repeat int) *Turn {
	t := &Turn{board: b, about: v, repeat: repeat, phase: "seed"}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.turns = append(b.turns, t)
	if k := v.key(); b.keep && b.series[k] == nil {
		b.series[k] = &series{about: v, began: b.now()}
		b.order = append(b.order, k)
	}
	return t
}

// Turn is one that runs. Its methods are for one task at a time, but for InFlight.
type Turn struct {
	board    *Board
	about    Variant
	repeat   int
	inFlight atomic.Int64

	phase    string
	loaded   time.Time     // when the load began, the warm-up included
	measured time.Time     // when measuring did
	seen     time.Time     // when the last part came
	to       time.Duration // where that ended, since measuring began
	at       time.Duration // its middle; before measuring below 0
	rate     float64       // transactions a second in it
	counts   counts
	response *record.Histogram // in all; nil where there was none
	p99s     []float64         // by interval, in nanoseconds; see keepP99
}

// InFlight is where the engine counts the transactions that are in flight.
func (t *Turn) InFlight() *atomic.Int64 { return &t.inFlight }

// Phase is as of bench.Observer.
func (t *Turn) Phase(name string) {
	t.board.mu.Lock()
	defer t.board.mu.Unlock()
	t.phase = name
	switch now := t.board.now(); name {
	case "warm-up":
		t.loaded, t.at = now, -1
	case "run":
		t.measured, t.seen = now, now
	}
}

// Part is as of bench.Watcher.
func (t *Turn) Part(iv runfile.Interval) {
	t.board.mu.Lock()
	defer t.board.mu.Unlock()
	before := t.counts.transactions()
	t.counts.add(iv.Outcomes, iv.Errors)
	if took := iv.To - iv.From; took > 0 {
		t.rate = float64(t.counts.transactions()-before) / took.Seconds()
	}
	switch h := iv.Histograms[record.Response]; {
	case h.TotalCount() == 0:
	case t.response == nil:
		t.response = h.Clone()
	default:
		t.response.Merge(h)
	}
	t.at, t.to, t.seen = iv.From+(iv.To-iv.From)/2, iv.To, t.board.now()
}

// Interval is as of bench.Observer.
func (t *Turn) Interval(iv runfile.Interval) {
	h := iv.Histograms[record.Response]
	if h.TotalCount() == 0 {
		return
	}
	p99 := float64(h.ValueAtPercentile(99))
	t.board.mu.Lock()
	defer t.board.mu.Unlock()
	t.keepP99(p99)
}

// mostP99s is how many are kept; of more, two next to each other become the higher of them.
const mostP99s = 256

func (t *Turn) keepP99(v float64) {
	if len(t.p99s) == mostP99s {
		t.p99s = Highest(t.p99s, mostP99s/2)
	}
	t.p99s = append(t.p99s, v)
}

// Seen is how much of the turn is there, 0 to 1, and how many transactions.
func (t *Turn) Seen() (share float64, transactions uint64) {
	t.board.mu.Lock()
	defer t.board.mu.Unlock()
	return t.share(), t.counts.transactions()
}

// End says that the turn has ended.
func (t *Turn) End() {
	b := t.board
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done++
	b.turns = slices.DeleteFunc(b.turns, func(other *Turn) bool { return other == t })
	if s := b.series[t.about.key()]; s != nil {
		s.ended++
		s.counts.add(t.counts.outcomes, t.counts.errors)
		s.response.Merge(t.response.Sparse())
	}
}

// Highest makes at most n values of those given: each the highest of as many next to each
// other, the last perhaps of fewer.
func Highest(values []float64, n int) []float64 {
	if n < 1 {
		return nil
	}
	each := (len(values) + n - 1) / n
	if each <= 1 {
		return values
	}
	out := make([]float64, 0, n)
	for part := range slices.Chunk(values, each) {
		out = append(out, slices.Max(part))
	}
	return out
}
