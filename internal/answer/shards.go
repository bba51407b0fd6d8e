package answer

import (
	"fmt"
	"slices"
	"time"

	"kvbench/internal/metric"
	"kvbench/internal/runfile"
)

const (
	// mostShards is how many shards the facts of a run name.
	mostShards = 32
	// farLate is how many times as late as the median of the others a shard is at p99 that
	// colours the result, from leastLate on.
	farLate   = 10
	leastLate = 10 * time.Millisecond
	// farErrors is by how much a larger share of a shard's transactions fails than of all
	// others' where it colours the result.
	farErrors = errorShare
)

// Shards are what each shard gave to a run that was merged on the wall clock; none of any other.
func (a *Answer) Shards() (out []Fact) {
	m := a.Set.Run.Header.Merged
	if m == nil {
		return nil
	}
	for i, s := range m.Shards {
		if i == mostShards {
			return append(out, Fact{"Further shards", fmt.Sprint(len(m.Shards) - i)})
		}
		out = append(out, Fact{fmt.Sprintf("Shard %d", s.Index), shardText(s)})
	}
	return out
}

func shardText(s runfile.ShardPart) string {
	text := metric.Grouped(s.Transactions) + " transactions"
	if s.LatenessP99 != nil {
		text += fmt.Sprintf(", late by %s at p50 and %s at p99", metric.FormatTime(float64(*s.LatenessP50)), metric.FormatTime(float64(*s.LatenessP99)))
	}
	if s.Host != "" {
		text += ", " + s.Host
	}
	if s.Clock != nil {
		text += ", " + clockText(*s.Clock)
	}
	if c := cpus(s.CPUs); c != "" {
		text += ", " + c
	}
	return text
}

// clockText says how a shard's clock was set, against the leader's.
func clockText(c runfile.ClockOffset) string {
	how, by := "ahead", c.Ahead
	if by < 0 {
		how, by = "behind", -by
	}
	return fmt.Sprintf("clock %s %s, within %s", metric.FormatTime(float64(by)), how, metric.FormatTime(float64(c.Within)))
}

// farClock is how far the clocks of shards may be apart, more than is known of them, before that colours the
// result: their loads begin and end so far apart.
const farClock = 50 * time.Millisecond

// coloured warns of the shards of a merged run that are unlike the others, so that the figures
// of all are theirs in part.
func coloured(m *runfile.Merged) (out []string) {
	if m == nil || len(m.Shards) < 2 {
		return nil
	}
	var transactions, errors uint64
	for _, s := range m.Shards {
		transactions, errors = transactions+s.Transactions, errors+s.Errors
	}
	for i, s := range m.Shards {
		if c := s.Clock; c != nil && max(c.Ahead, -c.Ahead)-c.Within > farClock {
			out = append(out, fmt.Sprintf("Shard %d colours the result: its %s; its load began and ended so far apart from the others'.", s.Index, clockText(*c)))
		}
		if s.Transactions == 0 {
			out = append(out, fmt.Sprintf("Shard %d measured no transaction.", s.Index))
			continue
		}
		if others, ok := latenessBut(m.Shards, i); ok && *s.LatenessP99 >= leastLate && *s.LatenessP99 > farLate*others {
			out = append(out, fmt.Sprintf("Shard %d colours the result: its load generator was late by %s at p99, those of the others by %s in the median.",
				s.Index, metric.FormatTime(float64(*s.LatenessP99)), metric.FormatTime(float64(others))))
		}
		if rest := transactions - s.Transactions; rest > 0 {
			own, others := float64(s.Errors)/float64(s.Transactions), float64(errors-s.Errors)/float64(rest)
			if own-others > farErrors {
				out = append(out, fmt.Sprintf("Shard %d colours the result: %s of its transactions ended in an error, of the others' %s.",
					s.Index, metric.FormatShare(own), metric.FormatShare(others)))
			}
		}
	}
	return out
}

// latenessBut is the median of the shards' lateness at p99 but for one's, the lower of two; ok
// is false where the one has none, or no other has.
func latenessBut(shards []runfile.ShardPart, but int) (median time.Duration, ok bool) {
	var all []time.Duration
	for i, s := range shards {
		if i != but && s.LatenessP99 != nil {
			all = append(all, *s.LatenessP99)
		}
	}
	if len(all) == 0 || shards[but].LatenessP99 == nil {
		return 0, false
	}
	slices.Sort(all)
	return all[(len(all)-1)/2], true
}
