package embedded

import (
	"errors"
	"slices"
	"time"

	"kvbench/internal/quantile"
)

// maxLatency is the longest that a call may be told to take.
const maxLatency = 24 * time.Hour

// timing is how long one kind of call takes. The zero timing takes no time.
type timing struct {
	spread quantile.Dist
	source string // where the figures come from; says "assumption"
}

// profile is a model of how long Workers KV takes to answer. Every one of them
// is an assumption built from a few published figures.
type profile struct {
	name string
	hot  timing // a get that the location's cache answers
	cold timing // a get that goes to the central store
	list timing // one page of a listing
	put  timing // a put, a delete, or a whole bulk put
}

// profiles lists the latency profiles; the mode says which is the default.
func profiles() []profile {
	return []profile{
		{name: "none"},
		{name: "edge", hot: edgeHot(), cold: edgeCold(), list: listPage(), put: write()},
		{name: "edge-hot", hot: edgeHot(), cold: edgeHot(), list: listPage(), put: write()},
		{name: "edge-cold", hot: edgeCold(), cold: edgeCold(), list: listPage(), put: write()},
		{name: "edge-mix", hot: edgeMix(), cold: edgeMix(), list: listPage(), put: write()},
		{name: "instant", hot: instantRead(), cold: instantRead(), list: instantList(), put: write()},
	}
}

func edgeHot() timing {
	return timing{
		quantile.MustParse("p0:0.5ms,p25:1.06ms,p50:2.24ms,p75:4.73ms,p100:10ms"),
		"assumption: hot reads are spread log-uniformly over 0.5 to 10 ms; Cloudflare publishes the range " +
			"(developers.cloudflare.com/kv/concepts/how-kv-works), not the shape",
	}
}

func edgeCold() timing {
	return timing{
		quantile.MustParse("p0:40ms,p50:80ms,p90:120ms,p99:250ms,p100:1.3s"),
		"assumption: cold reads have p50 80, p90 120, p99 250 and at most 1,300 ms; published is that a " +
			"central-store read has p50 80 and p99 200 ms, and all reads p99 about 250 ms (Cloudflare's blog, 2025-08-22)",
	}
}

func edgeMix() timing {
	return timing{
		quantile.MustParse("p0:0.5ms,p50:1ms,p90:12ms,p95:50ms,p99:250ms,p100:1.3s"),
		"assumption: all reads, hot and cold, have p50 1, p90 12, p95 50, p99 250 ms whatever the cache holds; " +
			"published are p90 (2024-09), p95 and p99 (Cloudflare's blog, 2025-08-22)",
	}
}

func listPage() timing {
	return timing{
		quantile.MustParse("p0:400ms,p10:500ms,p50:550ms,p90:600ms,p99:900ms,p100:1.3s"),
		"assumption: a list page has p50 550 ms; published is about 500 to 600 ms, its tail is a guess",
	}
}

func write() timing {
	return timing{
		quantile.MustParse("p0:60ms,p50:120ms,p90:200ms,p99:500ms,p100:1.5s"),
		"assumption: writes have p50 120, p90 200, p99 500 ms; no write latency is published, and a write goes " +
			"to the central stores, so it is taken to be slower than a cold read",
	}
}

func instantRead() timing {
	return timing{
		quantile.MustParse("p0:50us,p50:200us,p95:900us,p99:1.62ms,p100:10ms"),
		"assumption: reads have p50 0.2, p95 0.9, p99 1.62 and at most 10 ms; summaries of Cloudflare's announcement of " +
			"Workers KV Instant tell p99 1.62 ms and a p95 in microseconds (2026-10)",
	}
}

func instantList() timing {
	return timing{
		quantile.MustParse("p0:0.5ms,p50:2ms,p90:5ms,p99:20ms,p100:50ms"),
		"assumption: a list has p50 2, p90 5, p99 20 ms: it is taken to be answered where it is asked, as a read is; " +
			"nothing is published",
	}
}

// Profile says how long the calls of a latency profile take, by their percentiles.
type Profile struct {
	Name  string
	Hot   quantile.Dist // a get that the location's cache answers
	Cold  quantile.Dist // a get that goes to the central store
	List  quantile.Dist // one page of a listing
	Write quantile.Dist // a put, a delete, or a whole bulk put
}

// Profiles lists the latency profiles, of which each option of a latency can replace a
// part.
func Profiles() (all []Profile) {
	for _, p := range profiles() {
		all = append(all, Profile{p.name, p.hot.spread, p.cold.spread, p.list.spread, p.put.spread})
	}
	return all
}

// set takes the timing from an option.
func (t *timing) set(value string) (err error) {
	if t.spread, err = quantile.Parse(value); err == nil && t.spread.Max() > maxLatency {
		err = errors.New("want at most " + maxLatency.String())
	}
	t.source = "assumption: the percentiles " + value + " were given with the run"
	return err
}

// or returns t, or other when t was not set.
func (t timing) or(other timing) timing {
	if t.spread == nil {
		return other
	}
	return t
}

// sources lists where the figures of p come from, each once; empty when nothing
// takes time.
func (p *profile) sources() []string {
	var all []string
	for _, t := range []timing{p.hot, p.cold, p.list, p.put} {
		if t.spread != nil && t.spread.Max() > 0 && !slices.Contains(all, t.source) {
			all = append(all, t.source)
		}
	}
	return all
}

// cacheSource is the source of what edge.go does.
const cacheSource = "a location answers from its cache, absence included, until the cacheTtl has passed: published " +
	"(developers.cloudflare.com/kv/concepts/how-kv-works); assumption: it keeps every answer that long, refreshes " +
	"none before, and forgets a key that is written there"
