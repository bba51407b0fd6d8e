package command

import (
	"runtime"

	"kvbench/internal/bench"
	"kvbench/internal/load"
	"kvbench/kv"
)

// What a run keeps in memory, in bytes: measured on 64-bit Linux with Go 1.26 as the growth
// of the heap, and rounded up. TestMemory holds them against the heap of whole runs.
const (
	perRun       = 16 << 20  // the program itself
	perHistogram = 400 << 10 // of a total; each of about a dozen series has one in each shard
	histograms   = 12
	perKey       = 250 // the names and the truth of a pattern
	perStored    = 300 // of the embedded store, beside names and values
	perEdge      = 150 // a key in the cache of a location
	perHeld      = 100 // a key in the memory of an isolate
	perWrite     = 120 // an acknowledged write, which is kept to tell what was lost or stale
	perVersion   = 100 // of an old version in the store, beside its value
	perWorker    = 12 << 10
	seenIn       = 3 // parts of the longest delay: after one of them most writes are seen everywhere
)

// live is the memory in bytes that one run of a variant needs at its end, once n
// transactions have been run within so many seconds; what the collector has not collected
// yet comes on top. It is an upper bound rather than a mean, as a trial of the variant has
// it: where isolates and locations may hold all keys, it takes it that they do.
func (t *trial) live(s *bench.Scenario, capabilities kv.Capabilities, n, took float64) float64 {
	keys := float64(s.Params.Keys)
	size := float64(s.Params.Size.Min+s.Params.Size.Max) / 2
	puts := t.per(float64(t.puts))
	isolates := float64(s.Params.Isolates * max(capabilities.Locations, 1))

	shards := 1.
	if s.Clock != "virtual" {
		shards = float64(4 * runtime.GOMAXPROCS(0))
	}
	bytes := perRun + shards*histograms*perHistogram
	bytes += keys*perKey + min(isolates*keys, n)*perHeld
	if t.seeded.Keys > 0 { // else it is a cache, which has no writes to lose
		bytes += n * puts * perWrite
	}
	bytes += t.atOnce(s, n) * (perWorker + float64(s.Params.Size.Max))
	if !capabilities.Virtual { // what it stores is elsewhere
		return bytes
	}
	filled := min(keys, n*puts)
	stored := max(t.scale.keys*float64(t.seeded.Keys), filled)
	values := max(t.scale.keys*float64(t.stored), filled*size)
	if s.Pattern.Grows {
		made := n * t.per(float64(t.ended.Keys-t.seeded.Keys))
		stored, values = stored+made, values+made*size
	}
	bytes += values + stored*perStored
	if capabilities.EdgeCache {
		bytes += min(stored*float64(capabilities.Locations), n*t.opsPerTransaction()) * perEdge
	}
	unseen := 1. // the share of the writes that are so young that a location needs what was before them
	if lag := capabilities.Staleness.Seconds() / seenIn; took > lag {
		unseen = lag / took
	}
	return bytes + unseen*n*puts*(max(size, t.putBytes())+perVersion)
}

// atOnce is how many transactions run at once at most, as far as the load tells, else on
// average.
func (t *trial) atOnce(s *bench.Scenario, n float64) float64 {
	running := s.Load.Shape.AtOnce(t.serviceTime())
	if _, closed := s.Load.Closed(); closed {
		return running
	}
	return min(running, max(n, 1))
}

// collected is how much memory a program takes for each byte that it keeps: Go's
// collector lets the heap double before it collects (GOGC=100).
const collected = 2

// mostMemory is the memory that this machine has, in bytes; where that is not known 64 GiB.
func mostMemory() float64 {
	if n := totalMemory(); n > 0 {
		return float64(n)
	}
	return 64 << 30
}

// longest is how long a plan may take of this machine: as long as a scenario may measure.
const longest = load.MaxTime
