package command

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"kvbench/internal/runfile"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// shardFlags are the flags that make a run a shard of one.
type shardFlags struct {
	shard   string // I/N; empty: all
	runID   string
	startAt string
	every   time.Duration
}

func (s *shardFlags) add(f *pflag.FlagSet) {
	f.StringVar(&s.shard, "shard", "", "run shard `I/N` of the plan, counted from 0, for kvbench merge: in virtual time variants of its own, on the wall clock transactions of its own")
	f.StringVar(&s.runID, "run-id", "", "the `ID` that the shards of one run have in common, and no other run; on the wall clock their keys begin with it")
	f.StringVar(&s.startAt, "start-at", "", "on the wall clock, start the load of all shards at this `TIME`, such as 2026-01-31T12:00:00Z; the store is seeded before")
	f.DurationVar(&s.every, "every", 0, "on the wall clock, start the next variant or repeat this `DURATION` after the last; all shards need to be ready by then")
}

// asShard makes the settings those of a shard where the flags say so. now is the time.
func (o *runOptions) asShard(c *cobra.Command, now time.Time) error {
	given := c.Flags().Changed
	if !given("shard") {
		for _, name := range []string{"run-id", "start-at", "every"} {
			if given(name) {
				return fmt.Errorf("--%s is for a shard of a run: give --shard I/N too", name)
			}
		}
		return nil
	}
	shard, err := parseShard(o.part.shard)
	if err == nil {
		err = noReport(c)
	}
	if err != nil {
		return err
	}
	if given("run-id") && !runIDText.MatchString(o.part.runID) {
		return fmt.Errorf("--run-id %q: want 1 to 64 letters, digits, dots, underscores and hyphens, not beginning with one of the last three", o.part.runID)
	}
	if given("every") && o.part.every <= 0 {
		return fmt.Errorf("--every %v: want more than 0, such as 10m", o.part.every)
	}
	if given("start-at") {
		if o.startAt, err = time.Parse(time.RFC3339, o.part.startAt); err != nil {
			return fmt.Errorf("--start-at %q: want a time as RFC 3339 has it, such as %s", o.part.startAt, now.UTC().Add(time.Minute).Format(time.RFC3339))
		}
		if !o.startAt.After(now) {
			return fmt.Errorf("--start-at %s: that was %v ago", o.part.startAt, now.Sub(o.startAt).Round(time.Second))
		}
	}
	shard.RunID, shard.Every = o.part.runID, o.part.every
	o.shard = shard
	return nil
}

var runIDText = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// shardWords are the flags of a shard, as a command line has them.
func (s *settings) shardWords() (out []string) {
	out = append(out, "--shard", s.shard.String())
	if s.shard.RunID != "" {
		out = append(out, "--run-id", s.shard.RunID)
	}
	if !s.startAt.IsZero() {
		out = append(out, "--start-at", s.startAt.UTC().Format(time.RFC3339Nano))
	}
	if s.shard.Every > 0 {
		out = append(out, "--every", s.shard.Every.String())
	}
	return out
}

var shardText = regexp.MustCompile(`^(0|[1-9][0-9]{0,8})/([1-9][0-9]{0,8})$`)

// parseShard reads I/N.
func parseShard(text string) (*runfile.Shard, error) {
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
