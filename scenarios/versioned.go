package scenarios

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/ledger"
	"kvbench/internal/load"
	"kvbench/internal/record"
	"kvbench/kv"
)

// The outcomes of versioned.
const (
	versionedCurrent  bench.Outcome = "current"
	versionedMigrated bench.Outcome = "migrated"
	versionedAbsent   bench.Outcome = "absent"
	versionedUpdated  bench.Outcome = "updated"
	versionedJobStep  bench.Outcome = "job-step"
)

// What versioned observes.
var (
	versionedDuplicate = &bench.Anomaly{
		Name: "duplicate-migration", Unit: "count", Of: "write-back",
		Says: "repeats a migration in {share} of write-backs",
		Doc:  "a write-back of a document that was in the new format: how many such it has had",
	}
	versionedClobbered = &bench.Anomaly{
		Name: "clobbered-write", Unit: "ns", Of: "write-back",
		Says: "overwrites a newer value in {share} of write-backs",
		Doc:  "a write-back that overwrote an update of its value: how long that stood; assumption: puts happen in the order of their acknowledgements",
	}
	versionedTTLLost = &bench.Anomaly{
		Name: "ttl-lost", Unit: "ns", Of: "write-back",
		Says: "makes an expiring document permanent in {share} of write-backs",
		Doc:  "a write-back that the store held last and that made an expiring document permanent: how long that had to live; assumption as of clobbered-write",
	}
	versionedMetadataLost = &bench.Anomaly{
		Name: "metadata-lost", Unit: "count", Of: "write-back",
		Says: "drops metadata in {share} of write-backs",
		Doc:  "a write-back that the store held last and that left out metadata of the document: how many fields; assumption as of clobbered-write",
	}
	versionedStale = &bench.Anomaly{
		Name: "stale-read", Unit: "ns", Of: "read", Role: record.Age,
		Says: "serves stale data in {share} of reads",
		Doc:  "an answer with a value that an update had replaced before the read began, even where a write-back had put it back: how long before; a change of format alone is none, and an expiring document's absence is not judged",
	}
	versionedRejected = &bench.Anomaly{
		Name: "put-rejected", Unit: "ns", Of: "put",
		Says: "has {share} of its puts refused with 429",
		Doc:  "a put that KV refused with 429: how long the caller waited to hear so",
	}
	versionedRead      = &bench.Call{Name: "read", Doc: "one read that was answered, its write-back included"}
	versionedWriteBack = &bench.Call{Name: "write-back", Doc: "one put of a migrated document that was acknowledged"}
)

func versioned() *bench.Pattern {
	return &bench.Pattern{
		Name: "versioned",
		Doc:  "Keep the version of a value's format beside it, and migrate what is old when it is read.",
		Variants: []bench.Variant{
			{Name: "seed", Doc: "the version is in the metadata; a read writes what is old back with new metadata and no expiry"},
			{Name: "version-in-value", Doc: "as seed, but the version is a field of the document, written back without metadata"},
			{Name: "transform-only", Doc: "a read changes its own copy and never writes it back", Never: "write-back"},
			{Name: "single-flight", Doc: "as seed, but one read per key and isolate at a time; the others wait for it"},
			{Name: "keep-expiry", Doc: "as seed, but the write-back keeps the expiry, which the metadata names, and the other metadata"},
			{Name: "batch", Doc: "a job lists the documents and migrates them as keep-expiry does; reads are as in transform-only"},
		},
		Published: "seed",
		Outcomes:  []bench.Outcome{versionedCurrent, versionedMigrated, versionedAbsent, versionedUpdated, versionedJobStep},
		Observes: []bench.Series{
			versionedDuplicate, versionedClobbered, versionedTTLLost, versionedMetadataLost, versionedStale, versionedRejected,
			versionedRead, versionedWriteBack,
		},
		New: newVersioned,
	}
}

type versionedParams struct {
	Old      float64       `yaml:"old" min:"0%" max:"100%" doc:"share of the documents that are in the old format at first"`
	Absent   float64       `yaml:"absent" min:"0%" max:"100%" doc:"share of the documents that do not exist at first"`
	Falsy    float64       `yaml:"falsy" min:"0%" max:"100%" doc:"share of the documents that are 0 at first, which if (!value) takes for absent"`
	Expiring float64       `yaml:"expiring" min:"0%" max:"100%" doc:"share of the documents that expire"`
	TTL      time.Duration `yaml:"ttl" min:"60s" doc:"how long a document that expires lives after it was made or updated, in whole seconds"`
	Update   float64       `yaml:"update" min:"0%" max:"100%" doc:"share of the transactions that write a new value, in the new format; with batch 100% at most"`
	Batch    float64       `yaml:"batch" min:"0%" max:"100%" doc:"share of the transactions that are a step of the job that migrates all; of the variant batch alone"`
	Page     int           `yaml:"page" min:"1" max:"1000" doc:"how many documents a step of the job lists; of the variant batch alone, and 499 at most on the free plan"`
}

type versionedLoad struct {
	versionedParams
	bench.Params
	seed    uint64
	variant string
	chooser *load.Chooser
	names   []string
	flights []flight[versionedAnswer] // by isolate
	job     job

	expiring []bool // by key
	docs     []document
	values   *ledger.History // the updates
}

// document is what is true of a document by what the store has acknowledged.
type document struct {
	mu      sync.Mutex
	updates uint64        // that have begun; they are numbered from 1
	holds   uint64        // the update whose value the last write holds; 0: what was there at first
	acked   time.Duration // when that write was acknowledged
	current bool          // it was in the new format
	extra   int64         // migrations that were not needed
	expires int64         // as its maker or its last update wanted it, in seconds of Unix time; 0: never
	// migrated says that the last write was a write-back, of a transaction that was
	// due then.
	migrated bool
	due      time.Duration
}

func newVersioned(s bench.Setup) (bench.Workload, error) {
	p := &versionedLoad{
		versionedParams: versionedParams{Old: 1, Expiring: 0.2, TTL: 24 * time.Hour, Batch: 0.02, Page: 100},
		Params:          s.Params, seed: s.Seed, variant: s.Variant,
		flights: make([]flight[versionedAnswer], s.Isolates*s.Locations),
	}
	if err := s.Decode(&p.versionedParams); err != nil {
		return nil, err
	}
	if err := checkShare("update and batch together", p.Update+p.Batch); err != nil {
		return nil, err
	}
	if p.TTL%time.Second != 0 {
		return nil, fmt.Errorf("ttl must be in whole seconds, as KV takes it; it is %v", p.TTL)
	}
	if s.Free && s.Variant == "batch" && stepOperations(p.Page) > bench.FreeOperations {
		return nil, fmt.Errorf("page must be at most %d on the free plan, where an invocation may make %d operations; "+
			"a step with %d documents may make %d", (bench.FreeOperations-1)/2, bench.FreeOperations, p.Page, stepOperations(p.Page))
	}
	return p, nil
}

// What the kinds of documents are drawn by.
const (
	kindOld uint64 = iota
	kindAbsent
	kindFalsy
	kindExpiring
)

func (p *versionedLoad) Seed(ctx context.Context, w *bench.Worker) error {
	p.chooser = p.Distribution.Chooser(p.Keys)
	p.names = names(documentPrefix+"%06d", p.Keys)
	p.docs, p.values = make([]document, p.Keys), ledger.NewHistory(p.Keys)
	p.expiring = pick(p.seed, kindExpiring, p.Keys, p.Expiring)
	old, absent := pick(p.seed, kindOld, p.Keys, p.Old), pick(p.seed, kindAbsent, p.Keys, p.Absent)
	zero := pick(p.seed, kindFalsy, p.Keys, p.Falsy)
	var there []int
	for key := range p.docs {
		d := &p.docs[key]
		d.current, d.acked, d.expires = !old[key], w.Now(), p.expires(w, key)
		if !absent[key] {
			there = append(there, key)
		}
	}
	return fill(ctx, w, len(there), func(i int) kv.Pair {
		key := there[i]
		d := &p.docs[key]
		value, o := p.write(w, nil, key, 0, d.expires, d.current)
		if zero[key] {
			value = []byte("0")
		}
		return kv.Pair{Key: p.names[key], Value: value, Options: o}
	})
}

// expires is when a document that is written now is to end, in seconds of Unix
// time, 0 for never: KV counts a TTL from the second in which the put is made.
func (p *versionedLoad) expires(w *bench.Worker, key int) int64 {
	if !p.expiring[key] {
		return 0
	}
	return unix(w, w.Now()) + int64(p.TTL/time.Second)
}

// unix is a time of the scenario's clock in seconds of Unix time.
func unix(w *bench.Worker, at time.Duration) int64 { return w.Epoch().Add(at).Unix() }

// Key implements bench.Keyed.
func (p *versionedLoad) Key(r *rand.Rand) int { return p.chooser.Key(r) }

func (p *versionedLoad) Do(ctx context.Context, w *bench.Worker, _ uint64) (bench.Outcome, error) {
	key := p.chooser.Key(w.Rand)
	switch kind := w.Rand.Float64(); {
	case kind < p.Update:
		return versionedUpdated, p.update(ctx, w, key)
	case p.variant == "batch" && kind < p.Update+p.Batch && p.job.begin():
		return versionedJobStep, p.step(ctx, w)
	}
	answer, err := p.answer(ctx, w, key)
	if err != nil {
		return answer.outcome, err
	}
	w.Observe(versionedRead, int64(w.Now()-w.Start()))
	p.checkStale(w, key, answer)
	return answer.outcome, nil
}
