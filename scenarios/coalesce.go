package scenarios

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/ledger"
	"kvbench/internal/load"
	"kvbench/internal/record"
	"kvbench/kv"
)

// The outcomes of coalesce.
const (
	coalesceRead    bench.Outcome = "read"
	coalesceUpdated bench.Outcome = "updated"
	coalesceCreated bench.Outcome = "created"
)

// What coalesce observes.
var (
	coalesceLost = &bench.Anomaly{
		Name: "lost-update", Unit: "ns", Of: "update",
		Says: "loses {share} of updates",
		Doc:  "an update that was acknowledged and is gone: how long it stood before the next one was acknowledged",
	}
	coalesceTorn = &bench.Anomaly{
		Name: "torn-read", Unit: "ns", Of: "read", Role: record.Age,
		Says: "mixes two updates in {share} of reads",
		Doc:  "an answer that mixes fields of two updates: how old the newer one was",
	}
	coalesceStale = &bench.Anomaly{
		Name: "stale-read", Unit: "ns", Of: "read", Role: record.Age,
		Says: "serves stale data in {share} of reads",
		Doc:  "an answer of which a field had been replaced before the read began: how long before, the oldest",
	}
	coalesceRejected = &bench.Anomaly{
		Name: "put-rejected", Unit: "ns", Of: "put",
		Says: "has {share} of its puts refused with 429",
		Doc:  "a put that KV refused with 429: how long the caller waited to hear so",
	}
	coalesceAmplification = &bench.Gauge{
		Name: "write-amplification", Unit: "percent", Each: "updates",
		Doc: "bytes written by an acknowledged update for each 100 that it changed",
	}
	coalesceUpdate = &bench.Call{Name: "update", Doc: "one update or creation that was acknowledged as a whole"}
)

func coalesce() *bench.Pattern {
	return &bench.Pattern{
		Name: "coalesce",
		Doc:  "Keep the fields of an object in one key, or each in a key of its own.",
		Variants: []bench.Variant{
			{Name: "blind-put", Doc: "one key for the object, as published; an update puts what its isolate last read or wrote of it, with its own change"},
			{Name: "per-field", Doc: "a key per field, read and written one after the other"},
			{Name: "per-field-parallel", Doc: "a key per field, read and written at the same time"},
			{Name: "per-field-bulk", Doc: "a key per field, read with one bulk get, which is billed a read a key, and written one after the other"},
			{Name: "seed", Doc: "one key for the object; an update reads it, changes it and puts it back: ours, the published source does not read"},
			{Name: "coalesced-retry", Doc: "as seed, but an update reads the object again after its put, and tries again when it is not there"},
		},
		Published: "blind-put",
		Outcomes:  []bench.Outcome{coalesceRead, coalesceUpdated, coalesceCreated},
		Observes: []bench.Series{
			coalesceLost, coalesceTorn, coalesceStale, coalesceRejected, coalesceAmplification, coalesceUpdate,
		},
		New: newCoalesce,
	}
}

// maxFields is how many fields an object may have.
const maxFields = 8

type coalesceParams struct {
	Fields       int           `yaml:"fields" min:"1" max:"8" doc:"how many fields an object has; the per-field variants keep each in a key of its own"`
	Update       float64       `yaml:"update" min:"0%" max:"100%" doc:"share of the transactions that update an object; the others read one"`
	UpdateFields int           `yaml:"update-fields" min:"1" max:"8" doc:"how many fields an update changes together; fields at most"`
	Absent       float64       `yaml:"absent" min:"0%" max:"100%" doc:"share of the objects that do not exist at first, so that an update creates them"`
	CacheTTL     time.Duration `yaml:"cache-ttl" doc:"how long a location's cache may serve what a get found; at least 30s, or 0s for KV's default, which is 60s"`
	Pause        time.Duration `yaml:"pause" doc:"how long a refused write waits before it is tried again, as KV takes one write a second of a key; of the variant coalesced-retry alone"`
}

type coalesceLoad struct {
	coalesceParams
	bench.Params
	seed     uint64
	isolates int
	objects  bool // an object is one key
	// What the variants are.
	blind, parallel, bulk, retry bool

	chooser *load.Chooser
	names   []string        // by object, or by object and field
	absent  []bool          // by object: it does not exist at first
	updates *ledger.Ledger  // as names: what callers were told
	writes  *ledger.History // as names: what the store was told
	held    []atomic.Uint64 // of blind-put, by isolate and object: the version that it last read or wrote
}

func newCoalesce(s bench.Setup) (bench.Workload, error) {
	p := &coalesceLoad{
		coalesceParams: coalesceParams{Fields: 4, Update: 0.2, UpdateFields: 2, Pause: 1100 * time.Millisecond},
		Params:         s.Params,
		seed:           s.Seed,
		isolates:       s.Isolates * s.Locations,
		objects:        s.Variant == "blind-put" || s.Variant == "seed" || s.Variant == "coalesced-retry",
		blind:          s.Variant == "blind-put",
		retry:          s.Variant == "coalesced-retry",
		parallel:       s.Variant == "per-field-parallel",
		bulk:           s.Variant == "per-field-bulk",
	}
	if err := s.Decode(&p.coalesceParams); err != nil {
		return nil, err
	}
	switch {
	case p.UpdateFields > p.Fields:
		return nil, fmt.Errorf("update-fields must be 1 to fields, which is %d; it is %d", p.Fields, p.UpdateFields)
	case p.blind && p.Keys > heldVersions/p.isolates:
		return nil, fmt.Errorf("blind-put keeps a version of each key for each isolate: of %d isolates at all locations that is %d keys at most; they are %d",
			p.isolates, heldVersions/p.isolates, p.Keys)
	case p.CacheTTL != 0 && p.CacheTTL < kv.MinCacheTTL:
		return nil, fmt.Errorf("cache-ttl must be 30s or more, or 0s for the default of KV, 60s; it is %v", p.CacheTTL)
	}
	return p, nil
}

// heldVersions bounds what the isolates of blind-put keep: 2 GiB.
const heldVersions = 1 << 28

// keysPer is how many keys an object has.
func (p *coalesceLoad) keysPer() int {
	if p.objects {
		return 1
	}
	return p.Fields
}

// keys are the names of an object's keys.
func (p *coalesceLoad) keys(object int) []string {
	n := p.keysPer()
	return p.names[object*n : (object+1)*n]
}

// fieldSize is the size of one field of an object in bytes.
func (p *coalesceLoad) fieldSize(object int) int { return max(p.Size.Of(object)/p.Fields, 1) }

// last is the version of an object that an isolate of blind-put last read or
// wrote, 0 for what was there at first.
func (p *coalesceLoad) last(isolate, object int) *atomic.Uint64 {
	return &p.held[isolate*p.Keys+object]
}

func (p *coalesceLoad) Seed(ctx context.Context, w *bench.Worker) error {
	const kindAbsent = 1
	p.chooser = p.Distribution.Chooser(p.Keys)
	p.absent = pick(p.seed, kindAbsent, p.Keys, p.Absent)
	fields := [maxFields]string{"name", "email", "role", "locale", "theme", "plan", "avatar", "bio"}
	type pair struct {
		name string
		size int
	}
	var pairs []pair
	for o := range p.Keys {
		for f := range p.keysPer() {
			name, size := fmt.Sprintf("user:%06d:profile", o), p.Size.Of(o)
			if !p.objects {
				name, size = fmt.Sprintf("user:%06d:%s", o, fields[f]), p.fieldSize(o)
			}
			p.names = append(p.names, name)
			if !p.absent[o] {
				pairs = append(pairs, pair{name, size})
			}
		}
	}
	p.updates, p.writes = ledger.New(len(p.names)), ledger.NewHistory(len(p.names))
	if p.blind {
		p.held = make([]atomic.Uint64, p.isolates*p.Keys)
	}
	return fill(ctx, w, len(pairs), func(i int) kv.Pair {
		return kv.Pair{Key: pairs[i].name, Value: appendDoc(nil, stamp{}, pairs[i].size)}
	})
}

// Key implements bench.Keyed.
func (p *coalesceLoad) Key(r *rand.Rand) int { return p.chooser.Key(r) }

func (p *coalesceLoad) Do(ctx context.Context, w *bench.Worker, i uint64) (bench.Outcome, error) {
	object := p.chooser.Key(w.Rand)
	if w.Rand.Float64() >= p.Update {
		return coalesceRead, p.read(ctx, w, object)
	}
	c := p.change(w, object, i)
	var (
		outcome bench.Outcome
		written int
		err     error
	)
	switch {
	case p.blind:
		outcome, written, err = p.blindPut(ctx, w, c)
	case p.objects:
		outcome, written, err = p.modify(ctx, w, c)
	default:
		outcome, written, err = p.overwrite(ctx, w, c)
	}
	if err != nil {
		return outcome, err
	}
	w.Observe(coalesceUpdate, int64(w.Now()-w.Start()))
	w.Observe(coalesceAmplification, int64(100*written/(p.fieldSize(object)*c.n)))
	return outcome, nil
}

// Verify reads every key back that was updated and observes the updates that are
// gone. An update of several keys counts once.
func (p *coalesceLoad) Verify(ctx context.Context, w *bench.Worker) error {
	const tasks = 32
	return w.Parallel(tasks, func(w *bench.Worker, task int) error {
		for o := task; o < p.Keys; o += tasks {
			seen := map[uint64]bool{}
			for f, key := range p.keys(o) {
				number := o*p.keysPer() + f
				if !p.updates.Known(number) {
					continue
				}
				s, _, err := getStamp(ctx, w, key)
				if err != nil {
					return err
				}
				for _, l := range p.updates.Lost(number, s.version) {
					if !seen[l.Version] {
						seen[l.Version] = true
						w.ObserveFor(l.Due, coalesceLost, int64(l.Stood))
					}
				}
			}
		}
		return nil
	})
}
