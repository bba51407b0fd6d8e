package screen

import (
	"fmt"
	"strconv"
	"strings"

	"kvbench/internal/live"
	"kvbench/internal/metric"
)

// Headline says how far a run is that agents do, in one line.
func Headline(s *live.Shards) string {
	parts := []string{fmt.Sprintf("%d of %d shards done", s.Whole, s.Total())}
	for _, p := range []struct {
		n    int
		word string
	}{{s.Running, "running"}, {s.Waiting, "waiting"}, {s.Lost, "LOST"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.word))
		}
	}
	agents := "1 agent"
	if s.Agents != 1 {
		agents = fmt.Sprintf("%d agents", s.Agents)
	}
	out := strings.Join(parts, ", ") + "; " + agents
	if rate, known := s.Rate.Value(); known && s.Doing == "" {
		out += "; " + metric.FormatCount(rate) + " transactions/s"
		if s.Virtual {
			out += " of wall time"
		}
	}
	return out
}

// ShardCells are the texts of a row: host, shard, run, share, rate.
func ShardCells(r live.Shard) (host, shard, run, share, rate string) {
	if host = r.Host; host == "" {
		host = metric.None
	}
	switch {
	case r.Idle():
		return host, metric.None, "idle", metric.None, metric.None
	case r.Run == "":
		return host, strconv.Itoa(r.Number), "begins", metric.None, metric.None
	}
	return host, strconv.Itoa(r.Number), r.Run, r.Share.Text(Whole), r.Rate.Text(metric.FormatCount)
}

// shardLines are the lines of a run that agents do, none of which ends in the last column.
func shardLines(s *live.Shards, width, height int) []string {
	out := []string{Headline(s)}
	if at := strings.LastIndex(out[0], "; "); len([]rune(out[0])) > width && at >= 0 {
		out = []string{fit(out[0][:at], width), fit(out[0][at+2:], width)}
	}
	if s.Doing != "" {
		out = append(out, fit(s.Doing, width))
	}
	if len(s.Rows) == 0 {
		return out
	}
	const shard, share, rate = 5, 4, 7 // columns, two apart
	hosts := len("agent")
	for _, r := range s.Rows {
		hosts = max(hosts, len([]rune(r.Host)))
	}
	hosts = min(hosts, max(width/3, len("agent")))
	runs := width - hosts - shard - share - rate - 4*2
	line := func(host, number, run, done, persecond string) string {
		if runs < len("begins") { // there is no room for more than who does what
			return fit(fmt.Sprintf("%-*s  %s", hosts, fit(host, hosts), number), width)
		}
		run = fit(run, runs)
		host = fit(host, hosts)
		pad := func(text string, to int) string { return text + strings.Repeat(" ", max(to-len([]rune(text)), 0)) }
		return fmt.Sprintf("%s  %*s  %s  %*s  %*s", pad(host, hosts), shard, number, pad(run, runs), share, done, rate, persecond)
	}
	out = append(out, line("agent", "shard", "runs", "done", "rate/s"))
	for i, r := range s.Rows {
		if more := len(s.Rows) - i; len(out)+1 > height || len(out)+1 == height && more > 1 {
			return append(out, fit(fmt.Sprintf("and %d more", more), width))
		}
		out = append(out, line(ShardCells(r)))
	}
	return out
}
