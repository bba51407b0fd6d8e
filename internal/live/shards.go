package live

import (
	"time"

	"kvbench/internal/metric"
)

// Shards is how far a run is that agents do.
type Shards struct {
	Whole, Lost, Running, Waiting int
	Agents                        int // that are there
	// Doing is what is waited for, in words; empty while shards run.
	Doing string
	// Transactions are those of all shards that have come so far, also of attempts that ended early.
	Transactions uint64
	// Rate is how many of them came in a second of the machine's time of late: none at first. Virtual says that
	// theirs is another.
	Rate    metric.Quantity
	Virtual bool
	Rows    []Shard // what runs, by number, and then agents that do nothing
}

// Total is how many shards there are.
func (s *Shards) Total() int { return s.Whole + s.Lost + s.Running + s.Waiting }

// Shard is one that runs.
type Shard struct {
	Number int    // below 0: the agent does nothing
	Host   string // of the agent; empty where no agent has said that it does it
	// Run is the variant that it is at; empty where nothing has come of it.
	Run   string
	Share metric.Quantity // of that, 0 to 1; none where that can't be told
	Rate  metric.Quantity // transactions a second, as of Shards
}

// Idle reports whether the row is of an agent that does nothing.
func (s *Shard) Idle() bool { return s.Number < 0 }

// NewShards returns the board of a run that agents do, of which SetShards says how far it is.
func NewShards(now func() time.Time) *Board {
	b := New(nil, false, now)
	b.shards = &Shards{}
	return b
}

// SetShards says how far a run is. The board keeps what it is given, which is not to change.
func (b *Board) SetShards(s *Shards) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.shards = s
}

// Shards is what SetShards said last; nil of a run that this process does.
func (b *Board) Shards() *Shards {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.shards
}
