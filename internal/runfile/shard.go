package runfile

import (
	"fmt"
	"math"
	"time"
)

// MaxShards is how many shards a run has at most.
const MaxShards = 10_000

// Shard says which part of a run a file is of.
type Shard struct {
	Index int `json:"index"` // counted from 0
	Of    int `json:"of"`    // so many there are
	// RunID is common to the shards of a run, and of no others; empty where none was given.
	RunID string `json:"run_id,omitempty"`
	// Every is how long after each other the variants start that all shards run together: on the
	// wall clock, where there are several.
	Every time.Duration `json:"every_ns,omitempty"`
}

// String is the shard as the command line has it.
func (s Shard) String() string { return fmt.Sprintf("%d/%d", s.Index, s.Of) }

// Merged says how a run was put together of its shards.
type Merged struct {
	Of     int          `json:"of"`               // so many shards it had
	Shards []ShardPart  `json:"shards,omitempty"` // what each gave, by index: on the wall clock
	Faults []ShardFault `json:"faults,omitempty"` // why the run is not whole; by index
}

// ShardPart is what one shard gave to a run on the wall clock, all variants taken together.
type ShardPart struct {
	Index        int    `json:"index"`
	Host         string `json:"host"`
	CPUs         int    `json:"cpus"`
	Transactions uint64 `json:"transactions"` // measured
	Errors       uint64 `json:"errors"`       // of those, that ended in an error
	// LatenessP50 and LatenessP99 are how late its load generator was; nil where it
	// measured no transaction.
	LatenessP50 *time.Duration `json:"lateness_p50_ns,omitempty"`
	LatenessP99 *time.Duration `json:"lateness_p99_ns,omitempty"`
	// Clock is how its machine's clock was set when the shards were handed out; nil where that
	// was not measured.
	Clock *ClockOffset `json:"clock,omitempty"`
}

// ClockOffset is how far a clock is ahead of another.
type ClockOffset struct {
	Ahead  time.Duration `json:"ahead_ns"`  // negative: behind
	Within time.Duration `json:"within_ns"` // as exactly as that was measured
}

// FaultKind is what is wrong with a shard of a merged run.
type FaultKind string

// The kinds of faults.
const (
	Missing     FaultKind = "missing"     // no file was given of it
	Doubled     FaultKind = "doubled"     // several were; the first is in the run
	Differing   FaultKind = "differing"   // its file is of another run, and left out
	CutOff      FaultKind = "cut-off"     // its file ends before it did
	Interrupted FaultKind = "interrupted" // its user stopped it
)

// ShardFault is what is wrong with one shard.
type ShardFault struct {
	Index int       `json:"index"`
	Kind  FaultKind `json:"kind"`
	// What is in what a differing one differs.
	What string `json:"what,omitempty"`
}

// faultWords say of each kind, for people, what it comes to.
var faultWords = map[FaultKind]string{
	Missing:     "is missing",
	Doubled:     "was given several times, and counts once",
	Differing:   "was of another run and is left out",
	CutOff:      "was cut off; what it wrote up to then is in the figures",
	Interrupted: "was interrupted; what it measured up to then is in the figures",
}

// String is the fault in a sentence.
func (f ShardFault) String() string {
	text := fmt.Sprintf("shard %d %s", f.Index, faultWords[f.Kind])
	if f.What != "" {
		text += " (" + f.What + ")"
	}
	return text
}

// check refuses a shard that no run has.
func (s *Shard) check() error {
	switch {
	case s == nil:
	case s.Of < 1 || s.Of > MaxShards || s.Index < 0 || s.Index >= s.Of:
		return fmt.Errorf("shard %v: want 0/N to N-1/N, N at most %d", s, MaxShards)
	case len(s.RunID) > maxName || s.Every < 0:
		return fmt.Errorf("a run id of %d bytes: want at most %d", len(s.RunID), maxName)
	}
	return nil
}

// check refuses what no merged run has.
func (m *Merged) check() error {
	if m == nil {
		return nil
	}
	if m.Of < 1 || m.Of > MaxShards || len(m.Shards) > m.Of {
		return fmt.Errorf("merged of %d shards: want 1 to %d", m.Of, MaxShards)
	}
	for i, s := range m.Shards {
		if s.Index < 0 || s.Index >= m.Of || i > 0 && s.Index <= m.Shards[i-1].Index {
			return fmt.Errorf("merged of shard %d after another: want each once, by index", s.Index)
		}
		late := s.LatenessP50 != nil && s.LatenessP99 != nil && *s.LatenessP50 <= *s.LatenessP99
		if s.Errors > s.Transactions || s.Transactions > maxCount || !late && (s.LatenessP50 != nil || s.LatenessP99 != nil) || len(s.Host) > maxFile || s.Clock != nil && (s.Clock.Within < 0 || s.Clock.Ahead == math.MinInt64) {
			return fmt.Errorf("merged of shard %d: %d errors of %d transactions, or a lateness that none has", s.Index, s.Errors, s.Transactions)
		}
	}
	if len(m.Faults) > 2*m.Of { // a file may be of a shard twice, and another of it differ
		return fmt.Errorf("%d faults of %d shards", len(m.Faults), m.Of)
	}
	for _, f := range m.Faults {
		if faultWords[f.Kind] == "" || f.Index < 0 || f.Index >= m.Of || len(f.What) > maxWordBytes {
			return fmt.Errorf("shard %d of %d: %.40q is no fault of a shard", f.Index, m.Of, f.Kind)
		}
	}
	return nil
}

// Whole reports whether the run is no shard of one, and lacks none.
func (h *Header) Whole() bool {
	return h.Shard == nil && (h.Merged == nil || len(h.Merged.Faults) == 0)
}

// warnings say that a run is a part of one, or not whole.
func (h *Header) warnings() (out []string) {
	if s := h.Shard; s != nil {
		out = append(out, fmt.Sprintf("This is shard %v of a run, and no whole run: `kvbench merge` puts the shards together.", s))
	}
	if m := h.Merged; m != nil && len(m.Faults) > 0 {
		text := fmt.Sprintf("DEGRADED: the run was merged of %d shards and is not whole:", m.Of)
		for i, f := range m.Faults {
			if i == maxFaultsTold {
				text += fmt.Sprintf(" and %d more,", len(m.Faults)-i)
				break
			}
			text += " " + f.String() + ","
		}
		out = append(out, text[:len(text)-1]+".")
	}
	return out
}

// maxFaultsTold is how many faults a warning names.
const maxFaultsTold = 10
