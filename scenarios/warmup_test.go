package scenarios_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kvbench/internal/record"
	"kvbench/scenarios"

	"github.com/google/go-cmp/cmp"
)

// loads under which every variant of a pattern is held against itself.
var warmUps = []struct{ pattern, driver, fields string }{
	{"multi-tier", "locations=3&profile=edge&propagation=60s&writes=strict", `
keys: {count: 20, distribution: zipfian(0.99)}
isolates: 2
with: {memory-ttl: 20s, kv-ttl: 60s, origin: {changes: 45s, falsy: 0.2, absent: 0.1, errors: 0.1, error-pages: 0.1}}`},
	{"api-cache", "locations=3&profile=edge&propagation=60s&writes=strict", `
keys: {count: 20, distribution: zipfian(0.99)}
with: {ttl: 60s, origin: {changes: 45s, falsy: 0.2, absent: 0.2, errors: 0.1, error-pages: 0.1}}`},
	{"api-cache", "locations=2&profile=edge&propagation=60s&writes=strict&fault=blips&fault-share=0.3", `
keys: {count: 1}
with: {ttl: 60s, origin: {changes: 1s, errors: 0.2}}`},
	{"multi-tier", "locations=1&profile=edge&writes=strict", `
keys: {count: 1}
with: {memory-ttl: 1s, kv-ttl: 60s, origin: {changes: 1s, absent: 1, latency: 5s}}`},
	{"session", "locations=3&profile=edge&propagation=60s&writes=strict", `
keys: {count: 30, distribution: latest(0.99)}
with: {ttl: 61s, create: 0.2, logout: 0.2}`},
	{"session", "locations=2&write=p0:100ms,p100:5s", `
keys: {count: 3}
with: {ttl: 60s, create: 0.001, logout: 0.001}`},
	{"coalesce", "locations=3&profile=edge&propagation=60s", `
keys: {count: 20, distribution: zipfian(0.99)}
with: {update: 0.5, absent: 0.3, fields: 4, update-fields: 2}`},
	{"coalesce", "locations=5&profile=edge&propagation=60s&writes=strict", `
keys: {count: 10}
with: {update: 1, absent: 1}`},
	{"coalesce", "locations=30&profile=edge&propagation=60s&writes=strict", `
keys: {count: 3}
with: {update: 1, absent: 1, fields: 3, update-fields: 2}`},
	{"prefix", "locations=3&profile=edge&propagation=60s", `
keys: {count: 40}
with: {set: 0.3, get: 0.3, delete: 0.2, neighbours: 10}`},
	{"prefix", "locations=3&profile=edge&propagation=60s&writes=strict", `
keys: {count: 1_005, distribution: zipfian(0.99)}
with: {set: 0.33, get: 0.33, delete: 0.32, profiles: 0.1}`},
	{"versioned", "locations=3&profile=edge&propagation=60s", `
keys: {count: 300, distribution: zipfian(0.99)}
with: {update: 0.3, absent: 0.1, falsy: 0.1, expiring: 0.5, ttl: 90s, old: 0.9}`},
	{"versioned", "locations=2&profile=edge&propagation=60s&writes=strict", `
keys: {count: 5}
with: {update: 0.5, old: 1, expiring: 1, ttl: 60s, batch: 0.1, page: 2}`},
	{"fallback", "locations=3&profile=edge&fault=outage&fault-for=20s", `
keys: {count: 20}
isolates: 2
with: {absent: 0.2, nulls: 0.2, falsy: 0.2, open-for: 3s}`},
	{"fallback", "locations=2&profile=edge&fault=corrupt&fault-share=0.3", `
keys: {count: 5}
with: {nulls: 0.4}`},
	{"session", "locations=2&profile=edge&propagation=60s&fault=blips&fault-share=0.3", `
keys: {count: 30}
with: {ttl: 61s, create: 0.2, logout: 0.2}`},
	{"coalesce", "locations=2&profile=edge&propagation=60s&fault=timeouts&fault-share=0.2&fault-for=30s", `
keys: {count: 10}
with: {update: 0.7, absent: 0.5}`},
	{"versioned", "locations=2&profile=edge&propagation=60s&fault=blips&fault-share=0.3", `
keys: {count: 100}
with: {update: 0.3, expiring: 0.5, ttl: 90s}`},
	{"multi-tier", "locations=2&profile=edge&fault=blips&fault-share=0.3", `
keys: {count: 10}
with: {memory-ttl: 20s, kv-ttl: 90s, origin: {changes: 45s, falsy: 0.2}}`},
	{"session", "locations=2&profile=edge&propagation=60s&fault=timeouts&fault-share=0.2&fault-for=30s", `
keys: {count: 1}
with: {ttl: 60s, create: 0.02, logout: 0.1}`},
	{"prefix", "locations=2&profile=edge&propagation=60s&fault=blips&fault-share=0.3", `
keys: {count: 40}
with: {set: 0.3, get: 0.3, delete: 0.2}`},
}

// busyWarmUps are likewise, at a rate at which a page of names can all be deleted.
var busyWarmUps = []struct{ pattern, driver, fields string }{
	{"prefix", "profile=edge&propagation=60s", `
keys: {count: 1_005}
with: {set: 0.01, get: 0.01, delete: 0.97, profiles: 0}`},
}

const (
	warm     = 70 * time.Second
	measured = 80 * time.Second
)

// What is observed belongs to the transaction that it is about: for every series of
// every variant, the warm-up and the measured time together give just what a run
// without a warm-up gives, and no anomaly is seen more often than what it is a share
// of. Anomalies that are decided after the run are no exception.
func TestWarmUpAndMeasuredAreTheWholeRun(t *testing.T) {
	seen := map[string]bool{}
	for i, test := range slices.Concat(warmUps, busyWarmUps) {
		rate, faultFrom := "20/s", ""
		if i >= len(warmUps) {
			rate = "100/s"
		}
		if strings.Contains(test.driver, "fault=") {
			faultFrom = "&fault-from="
		}
		text := func(warmUp, duration, from time.Duration) string {
			driver := test.driver
			if faultFrom != "" {
				driver += fmt.Sprint(faultFrom, from)
			}
			return fmt.Sprintf("pattern: %s\ndriver: embedded://?%s\nload: {rate: %s, arrivals: poisson, duration: %v, warm-up: %v}%s",
				test.pattern, driver, rate, duration, warmUp, test.fields)
		}
		for _, p := range scenarios.Patterns() {
			if p.Name != test.pattern {
				continue
			}
			for _, v := range p.Variants {
				t.Run(fmt.Sprint(i, "-", p.Name, "/", v.Name), func(t *testing.T) {
					warmUp, split := runBoth(t, v.Name, text(warm, measured, 10*time.Second))
					_, whole := runBoth(t, v.Name, text(0, warm+measured, warm+10*time.Second))
					split.each(func(name string, _ record.Series) {
						sum := buckets(warmUp, name)
						for value, n := range buckets(split, name) {
							sum[value] += n
						}
						if diff := cmp.Diff(buckets(whole, name), sum); diff != "" {
							t.Errorf("%s: the whole run (-), its warm-up and the rest (+):\n%s", name, diff)
						}
					})
					for _, o := range []observed{warmUp, split, whole} {
						o.each(func(name string, s record.Series) {
							if !s.Mark {
								return
							}
							count := o.series(name).TotalCount()
							if count > 0 {
								seen[p.Name+"/"+name] = true
							}
							if of := o.countOf(s.Of); s.Of != "" && count > of {
								t.Errorf("%s is seen %d times, in %d of %s", name, count, of, s.Of)
							}
						})
					}
				})
			}
		}
	}
	for _, p := range scenarios.Patterns() {
		for _, s := range p.Series() {
			if s.Mark && !seen[p.Name+"/"+s.Name] && p.Adapt == nil { // what a script does is its own
				t.Errorf("%s: %s was never seen", p.Name, s.Name)
			}
		}
	}
}

// runBoth runs a variant and returns what was observed in the warm-up and in the
// measured time.
func runBoth(t testing.TB, variant, fields string) (warmUp, measured observed) {
	t.Helper()
	s := loadOne(t, variant, fields)
	early := record.New(len(s.Pattern.Series()), len(s.Pattern.AllOutcomes()), 1)
	measured = runOn(t, s, 1, nil, early)
	warmUp = observed{t: t, pattern: s.Pattern}
	warmUp.Snapshot = early.Total()
	return warmUp, measured
}

// each calls f with every series of the pattern.
func (o observed) each(f func(name string, s record.Series)) {
	for _, s := range o.pattern.Series() {
		f(s.Name, s)
	}
}

// countOf is how many there are of what a series is a share of: a series or an
// outcome.
func (o observed) countOf(name string) int64 {
	for _, s := range o.pattern.Series() {
		if s.Name == name {
			return o.series(name).TotalCount()
		}
	}
	for i, n := range o.pattern.AllOutcomes() {
		if n == name {
			return int64(o.Outcomes[i])
		}
	}
	return 0
}

// buckets are the filled buckets of a series.
func buckets(o observed, series string) map[int64]int64 {
	filled := map[int64]int64{}
	for _, b := range o.series(series).Sparse().Buckets() {
		filled[b.From] += b.Count
	}
	return filled
}
