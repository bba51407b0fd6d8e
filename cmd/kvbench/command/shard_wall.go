package command

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"kvbench/drivers/null"
	"kvbench/internal/load"
	"kvbench/internal/printable"
	"kvbench/internal/units"
)

// shardOut makes the plan a shard's, or refuses one that can't be run in shards.
func (p *plan) shardOut(s settings) error {
	for i := range p.scenarios {
		if s := &p.scenarios[i]; s.Clock != p.scenarios[0].Clock {
			return fmt.Errorf("--shard: scenario %s runs in %s time and %s in %s: in virtual time shards run variants of their own, on the wall clock "+
				"transactions of their own; choose scenarios of one kind with --only, or set --clock", p.scenarios[0].Name, p.scenarios[0].Clock, s.Name, s.Clock)
		}
	}
	if p.header.Clock != "wall" {
		if !s.startAt.IsZero() || s.shard.Every > 0 {
			return errors.New("--start-at and --every are for shards on the wall clock: this plan runs in virtual time, where shards need not run at once")
		}
		return nil
	}
	if s.shard.RunID == "" || s.startAt.IsZero() {
		return errors.New("--shard on the wall clock takes --run-id ID and --start-at TIME, the same for all shards: they share the keys of the run, and start at once")
	}
	if s.detect {
		return errors.New("--shard: --detect has to know the calls of all transactions, and a shard on the wall clock makes its own alone")
	}
	for i := range p.scenarios {
		if err := p.shareable(i, s.shard.Of); err != nil {
			return fmt.Errorf("--shard: scenario %s can't be run in shards on the wall clock: %w", p.scenarios[i].Title(), err)
		}
	}
	if err := p.spaced(s.shard.Every); err != nil {
		return err
	}
	p.share = load.Share{Index: s.shard.Index, Of: s.shard.Of}
	p.header.RunID, p.startAt = s.shard.RunID, s.startAt
	p.header.Started = s.startAt.UTC().Format(time.RFC3339Nano)
	return nil
}

// shareable refuses a scenario whose transactions can't be shared out among shards.
func (p *plan) shareable(number, of int) error {
	s, def := &p.scenarios[number], p.defs[number]
	own := madeForTheRun(def.Capabilities) && !strings.HasPrefix(s.Driver, null.Example) // which keeps nothing
	if own {
		return fmt.Errorf("each shard would have a store of its own with %s; serve one with kvbench emulate, and name it as rest://ACCOUNT/NAMESPACE?base=http://127.0.0.1:PORT: an address of the machine that the shard runs on", s.Shown)
	}
	for _, v := range s.Variants {
		w, err := s.Pattern.New(s.Setup(v, def.Capabilities, p.header.Seed))
		if err != nil {
			return err
		}
		if err := s.Shareable(w, of); err != nil {
			return fmt.Errorf("variant %s: %w", v.Name, err)
		}
	}
	return nil
}

// spaced refuses a plan whose runs start too soon after each other.
func (p *plan) spaced(every time.Duration) error {
	turns := p.turns()
	if len(turns) < 2 {
		return nil
	}
	var least time.Duration // to run one, and to settle after its load and for the next
	for _, t := range turns {
		s := &p.scenarios[t.scenario]
		least = max(least, s.Load.WarmUp+s.Load.Duration+2*p.defs[t.scenario].Capabilities.Staleness)
	}
	if every > least {
		return nil
	}
	return fmt.Errorf("--every %v: the plan has %d runs of variants on the wall clock, which all shards start together: give a time of more than %v for each, "+
		"with time to seed the store and to verify", every, len(turns), units.ShortDuration(least))
}

// startOf is when the load starts of the run that was opened last; the zero value where that
// is as soon as it can.
func (p *plan) startOf() time.Time {
	if p.startAt.IsZero() {
		return time.Time{}
	}
	return p.startAt.Add(time.Duration(p.opened-1) * p.header.Shard.Every)
}

// shardEnded tells how a shard's run ended, on which there is no report; err is how it ended
// where that was not well.
func (p *plan) shardEnded(dir string, stdout io.Writer, quiet bool, err error) error {
	if quiet {
		return err
	}
	if err == nil {
		fmt.Fprintf(stdout, "Shard %v: %s, for kvbench merge\n", p.header.Shard, printable.Line(dir))
	}
	if !p.share.All() && len(p.shared()) > 0 {
		fmt.Fprintf(stdout, "When all shards have ended, kvbench clean %s deletes the keys of all.\n", printable.Line(dir))
	}
	return err
}
