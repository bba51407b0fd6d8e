package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"kvbench/internal/fleet"
	"kvbench/internal/merge"
	"kvbench/internal/printable"
	"kvbench/internal/runfile"
)

// silence is after how long an agent of which nothing is heard is gone: its shard on the wall
// clock is lost. What counts is the time in which the leader could hear.
func (f *fleetFlags) silence() time.Duration { return f.claim + f.claim/2 }

// idle does what is to be done while nothing comes.
func (l *leading) idle(ctx context.Context) error {
	now := time.Now()
	l.show()
	if !l.leader.Up() {
		l.alone = now
		return nil
	}
	agents := l.leader.Agents()
	if len(agents) > 0 {
		l.alone = now
	}
	if now.Sub(l.alone) > l.o.fleet.wait {
		return fmt.Errorf("no agent was there for %v", l.o.fleet.wait)
	}
	if !l.wall() {
		l.unclaimed(agents, now)
		if len(l.store.again) > 0 {
			return l.offer(ctx, fleetPart{}, true)
		}
		return nil
	}
	if l.state.StartAt.IsZero() {
		if len(agents) < l.store.of {
			if now.Sub(l.began) > l.o.fleet.wait {
				return fmt.Errorf("%d of %d agents were there within %v", len(agents), l.store.of, l.o.fleet.wait)
			}
			return nil
		}
		return l.start(ctx)
	}
	for _, n := range l.store.open() {
		agent, at, is := l.leader.Doing(n)
		if l.leader.Hearing()-max(at, l.offered) < l.o.fleet.silence() {
			continue
		}
		if !is {
			l.store.lose(n, "no agent has claimed it")
		} else {
			l.store.lose(n, fmt.Sprintf("nothing was heard of its agent on %s for %v", agent.Host, l.o.fleet.silence()))
		}
	}
	if len(l.store.open()) == 0 {
		return errAllDone
	}
	return nil
}

// unclaimed has shards offered again that nobody does though an agent has been idle for long: a
// server that was killed may not know any more that they were claimed by an agent that is gone.
func (l *leading) unclaimed(agents []fleet.Agent, now time.Time) {
	idle := slices.ContainsFunc(agents, func(a fleet.Agent) bool { return len(a.Parts) == 0 })
	if !idle || l.store.pieces != l.seen {
		l.seen, l.busy = l.store.pieces, now
	}
	if now.Sub(l.busy) < l.o.fleet.silence() {
		return
	}
	l.busy = now
	for _, n := range l.store.open() {
		if _, at, is := l.leader.Doing(n); !is || l.leader.Hearing()-at >= l.o.fleet.silence() {
			l.store.again[n] = true
		}
	}
}

// start hands out the shards of a run on the wall clock, to start together.
func (l *leading) start(ctx context.Context) error {
	l.leader.Clocks(ctx)
	var far []string
	for _, a := range l.leader.Agents() {
		if a.Within == 0 {
			l.told("WARNING the clock of %s could not be measured", printable.Line(a.Host))
			continue
		}
		warn := ""
		off := max(a.Offset, -a.Offset)
		if off > a.Within+badClock {
			warn = "WARNING "
		}
		if off > a.Within+l.o.fleet.startIn/2 {
			far = append(far, printable.Line(a.Host))
		}
		how := "ahead"
		if a.Offset < 0 {
			how = "behind"
		}
		l.told("%sthe clock of %s is %v %s, within %v", warn, printable.Line(a.Host), max(a.Offset, -a.Offset).Round(time.Microsecond), how, a.Within.Round(time.Microsecond))
	}
	if len(far) > 0 { // its load would begin when that of others is over, or should have begun already
		return fmt.Errorf("the clock of %s is off by more than half of --start-in %v: set it right", strings.Join(far, ", "), l.o.fleet.startIn)
	}
	l.state.StartAt = time.Now().Add(l.o.fleet.startIn).UTC().Truncate(time.Millisecond)
	if err := l.state.save(); err != nil {
		return err
	}
	l.offered = l.leader.Hearing()
	l.told("%d agents are there: the load starts at %s", l.store.of, l.state.StartAt.Format(time.RFC3339))
	return l.offer(ctx, fleetPart{StartAt: l.state.StartAt}, false)
}

// badClock is how far a clock may be off before it is warned of: as much sooner or later its agent's load
// begins and ends.
const badClock = 50 * time.Millisecond

// report merges the shards, and reports on the run as kvbench merge does.
func (l *leading) report(ctx context.Context, stdout, stderr io.Writer) error {
	var runs []*runfile.Run
	defer func() {
		for _, r := range runs {
			r.Close()
		}
	}()
	for _, path := range l.store.files() {
		r, err := runfile.Open(path)
		if err != nil {
			fmt.Fprintln(stderr, "WARNING", printable.Line(err.Error()))
			continue
		}
		runs = append(runs, r)
		l.tellCut(r)
	}
	if len(runs) == 0 {
		return errors.New("no shard has sent anything")
	}
	set, err := merge.Of(runs)
	if err != nil {
		return err
	}
	set.File, set.Clocks = l.fileShown, l.clocks()
	degraded := len(set.Faults) > 0
	for _, f := range set.Faults {
		fmt.Fprintln(stderr, "WARNING", printable.Line(f.Error()))
	}
	path := filepath.Join(l.state.dir, runfile.FileName)
	if err := writeMerged(path, set, l.command()); err != nil {
		return err
	}
	if err := l.state.end(!degraded && !l.wall()); err != nil {
		fmt.Fprintln(stderr, "WARNING", printable.Line(err.Error()))
	}
	err = reportMerged(ctx, l.state.dir, mergeOptions{formats: l.o.formats, json: l.o.json, verbose: l.o.verbose}, stdout, stderr)
	if degraded {
		err = errors.Join(fmt.Errorf("the run is degraded: of %d shards %d are whole", l.store.of, l.store.whole()), err)
		return &statusError{status: exitFailed, err: err}
	}
	return err
}

// writeMerged writes a merged run, all or nothing.
func writeMerged(path string, set *merge.Set, command string) error {
	to, err := os.CreateTemp(filepath.Dir(path), tornRuns)
	if err != nil {
		return err
	}
	_ = to.Chmod(0o644) // if it can't be, its owner reads it all the same
	err = errors.Join(set.Write(to, command), to.Close())
	if err == nil {
		err = os.Rename(to.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(to.Name()))
	}
	return nil
}

// tellCut says up to where there is of a shard that was cut off.
func (l *leading) tellCut(r *runfile.Run) {
	if !r.CutOff {
		return
	}
	for _, v := range r.Variants {
		if v.HasEnded() && v.Error != "cut off" {
			continue
		}
		l.told("WARNING %s: %s/%s, repeat %d: kept up to %v, the intervals after that are lost", r.Path, printable.Line(v.Def.Name), printable.Line(v.Name), v.Repeat+1, v.Total.To)
	}
}

// command is how the run was made.
func (l *leading) command() string {
	text := l.whole.Command
	if l.o.fleet.nats != "" {
		text += " --nats " + quote(l.o.fleet.nats)
	}
	return fmt.Sprintf("%s --agents %d", text, l.o.fleet.agents)
}

// clocks are those of the shards, as far as they were measured.
func (l *leading) clocks() map[int]runfile.ClockOffset {
	return l.state.Clocks
}

// noteClock keeps what the clock of a shard's agent was.
func (l *leading) noteClock(p *fleet.Piece) error {
	if _, is := l.state.Clocks[p.Part]; is || !l.wall() {
		return nil
	}
	for _, a := range l.leader.Agents() {
		if a.Agent != p.Agent || a.Within == 0 {
			continue
		}
		if l.state.Clocks == nil {
			l.state.Clocks = map[int]runfile.ClockOffset{}
		}
		l.state.Clocks[p.Part] = runfile.ClockOffset{Ahead: a.Offset, Within: a.Within}
		return l.state.save()
	}
	return nil
}
