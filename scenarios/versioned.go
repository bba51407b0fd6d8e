package scenarios

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/load"
	"kvbench/internal/record"
	"kvbench/kv"
)

// The outcomes of versioned. An update ends current, a step of the job migrated
// when it migrated anything, else current.
const (
	versionedCurrent bench.Outcome = iota
	versionedMigrated
	versionedAbsent
)

// The marks of versioned.
const (
	versionedDuplicate = iota
	versionedClobbered
	versionedTTLLost
	versionedMetadataLost
	versionedRejected
)

func versioned() *bench.Pattern {
	return &bench.Pattern{
		Name: "versioned",
		Doc:  "Keep the version of a value's format beside it, and migrate what is old when it is read.",
		Variants: []bench.Variant{
			{Name: "seed", Doc: "the version is in the metadata; a read writes what is old back with new metadata and no expiry"},
			{Name: "version-in-value", Doc: "as seed, but the version is a field of the document, written back without metadata"},
			{Name: "transform-only", Doc: "a read changes its own copy and never writes it back"},
			{Name: "single-flight", Doc: "as seed, but one read per key and isolate at a time; the others wait for it"},
			{Name: "keep-expiry", Doc: "as seed, but the write-back keeps the expiry, which the metadata names, and the other metadata"},
			{Name: "batch", Doc: "a job lists the documents and migrates them as keep-expiry does; reads are as in transform-only"},
		},
		Outcomes: []string{"current", "migrated", "absent"},
		Marks: []record.Series{
			{Name: "duplicate-migration", Unit: "count", Of: "put", Doc: "a migration of a document that was in the new format: how many such it has had"},
			{Name: "clobbered-write", Unit: "ns", Of: "put", Doc: "an update that a migration of an older value overwrote: how long it stood; assumption: puts happen in the order of their acknowledgements"},
			{Name: "ttl-lost", Unit: "ns", Doc: "an expiring document that has become permanent: how long it had to live when it was last written"},
			{Name: "metadata-lost", Unit: "count", Doc: "a document whose metadata lacks fields that it had: how many"},
			{Name: "put-rejected", Unit: "ns", Of: "put", Doc: "a put that KV refused with 429: how long the caller waited to hear so"},
		},
		New: newVersioned,
	}
}

type versionedKnobs struct {
	Old      float64       `yaml:"old"`              // share of the documents that are in the old format at first
	Absent   float64       `yaml:"absent"`           // share that do not exist at first
	Falsy    float64       `yaml:"falsy"`            // share that are 0 at first, which `if (!value)` takes for absent
	Expiring float64       `yaml:"expiring"`         // share that expire
	TTL      time.Duration `yaml:"ttl" min:"60s"`    // how long these live after they were made or updated
	Update   float64       `yaml:"update"`           // share of the transactions that write a new value, in the new format
	Batch    float64       `yaml:"batch"`            // share of batch's transactions that are a step of its job
	Page     int           `yaml:"page" min:"1"`     // documents that a step lists: at most 499, for it may make 1,000 calls
	Parallel int           `yaml:"parallel" min:"1"` // documents that a step has in hand: a Worker may have 6 connections open
}

type versionedLoad struct {
	versionedKnobs
	bench.Knobs
	variant string
	chooser *load.Chooser
	names   []string
	flights []flight[bench.Outcome] // by isolate
	job     job

	mu   sync.Mutex
	docs []document // by key
}

// document is what is true of a document by what the store has acknowledged.
type document struct {
	updates uint64        // that have begun; they are numbered from 1
	holds   uint64        // the update whose value the last write holds; 0: what was there at first
	acked   time.Duration // when that write was acknowledged
	current bool          // it was in the new format
	extra   int64         // migrations that were not needed
	expires time.Duration // as its maker or its last update wanted it; 0: never
}

func newVersioned(s bench.Setup) (bench.Workload, error) {
	p := &versionedLoad{
		versionedKnobs: versionedKnobs{
			Old: 1, Expiring: 0.2, TTL: 24 * time.Hour, Batch: 0.02, Page: 100, Parallel: 6,
		},
		Knobs: s.Knobs, variant: s.Variant, flights: make([]flight[bench.Outcome], s.Isolates*s.Locations),
	}
	if err := s.Decode(&p.versionedKnobs); err != nil {
		return nil, err
	}
	for _, share := range []struct {
		name  string
		value float64
	}{
		{"old", p.Old},
		{"absent", p.Absent},
		{"falsy", p.Falsy},
		{"expiring", p.Expiring},
		{"update", p.Update},
		{"batch", p.Batch},
		{"update and batch together", p.Update + p.Batch},
	} {
		if err := checkShare(share.name, share.value); err != nil {
			return nil, err
		}
	}
	if p.Page > maxPage {
		return nil, fmt.Errorf("page must be 1 to %d; it is %d", maxPage, p.Page)
	}
	return p, nil
}

// is reports whether a document is one of those that a share speaks of, each
// kind of share drawing anew.
func (p *versionedLoad) is(key int, kind uint64, share float64) bool {
	return float64(load.Mix(load.Mix(uint64(key))+kind)>>11)/(1<<53) < share
}

const (
	kindOld uint64 = iota
	kindAbsent
	kindFalsy
	kindExpiring
)

func (p *versionedLoad) Seed(ctx context.Context, w *bench.Worker) error {
	p.chooser = p.Popularity.Chooser(p.Keys)
	p.names = names(documentPrefix+"%06d", p.Keys)
	p.docs = make([]document, p.Keys)
	var there []int
	for key := range p.docs {
		d := &p.docs[key]
		d.current, d.acked = !p.is(key, kindOld, p.Old), w.Now()
		if p.is(key, kindExpiring, p.Expiring) {
			d.expires = w.Now() + p.TTL
		}
		if !p.is(key, kindAbsent, p.Absent) {
			there = append(there, key)
		}
	}
	return fill(ctx, w, len(there), func(i int) kv.Pair {
		key := there[i]
		d := &p.docs[key]
		value, o := p.write(w, nil, key, 0, d.expires, d.current)
		if p.is(key, kindFalsy, p.Falsy) {
			value = []byte("0")
		}
		return kv.Pair{Key: p.names[key], Value: value, Options: o}
	})
}

// write appends to buf the value, and then the metadata, of a document as its
// owner writes it, and returns the value and the options of the put.
func (p *versionedLoad) write(
	w *bench.Worker, buf []byte, key int, update uint64, expires time.Duration, current bool,
) (value []byte, o kv.PutOptions) {
	until := int64(0)
	if expires > 0 {
		o.TTL, until = p.TTL, unix(w, expires)
	}
	buf = appendDoc(buf, stamp{version: update, written: w.Now()}, p.Size.Of(key))
	if current {
		buf = migrateDoc(buf, p.variant == "version-in-value")
	}
	n := len(buf)
	buf = appendDocMetadata(buf, key, until)
	if current && p.variant != "version-in-value" {
		buf = append(buf[:len(buf)-1], `,"version":2}`...)
	}
	o.Metadata = buf[n:]
	return buf[:n], o
}

// unix is a time of the scenario's clock in seconds of Unix time.
func unix(w *bench.Worker, at time.Duration) int64 { return w.Epoch().Add(at).Unix() }

func (p *versionedLoad) Do(ctx context.Context, w *bench.Worker, _ uint64) (bench.Outcome, error) {
	key := p.chooser.Key(w.Rand)
	switch kind := w.Rand.Float64(); {
	case kind < p.Update:
		return versionedCurrent, p.update(ctx, w, key)
	case p.variant == "batch" && kind < p.Update+p.Batch && p.job.begin():
		return p.step(ctx, w)
	case p.variant == "single-flight":
		return p.flights[w.Isolate()].do(ctx, w, key, func() (bench.Outcome, error) {
			return p.read(ctx, w, key, true)
		})
	}
	return p.read(ctx, w, key, p.variant != "transform-only" && p.variant != "batch")
}

// read is the source's migrateIfNeeded. What is falsy counts as absent, and the
// read fails when the write-back does.
func (p *versionedLoad) read(ctx context.Context, w *bench.Worker, key int, writeBack bool) (bench.Outcome, error) {
	inValue := p.variant == "version-in-value"
	err := w.Get(ctx, p.names[key], kv.GetOptions{Metadata: !inValue}, &w.Entry)
	switch {
	case err == kv.ErrNotFound || err == nil && falsy(w.Entry.Value):
		return versionedAbsent, nil
	case err != nil:
		return 0, err
	}
	read, err := readStamp(w.Entry.Value)
	if err != nil {
		return 0, err
	}
	if inValue && newSchema(w.Entry.Value) || metadataVersion(w.Entry.Metadata) >= 2 {
		return versionedCurrent, nil
	}
	w.Buf = migrateDoc(append(w.Buf[:0], w.Entry.Value...), inValue)
	if !writeBack {
		return versionedMigrated, nil
	}
	return versionedMigrated, p.writeBack(ctx, w, key, read.version)
}

// writeBack puts the migrated document in w.Buf, which holds the value of the
// given update.
func (p *versionedLoad) writeBack(ctx context.Context, w *bench.Worker, key int, holds uint64) error {
	var o kv.PutOptions
	n := len(w.Buf)
	switch p.variant {
	case "version-in-value":
	case "keep-expiry", "batch":
		o.Expiration = metadataNumber(w.Entry.Metadata, expiresField)
		if o.Expiration > 0 && o.Expiration <= unix(w, w.Now()+kv.MinTTL) {
			return nil // KV would refuse it, and the document ends soon
		}
		w.Buf = append(append(w.Buf, w.Entry.Metadata[:len(w.Entry.Metadata)-1]...), ',')
		w.Buf = appendMigratedAt(w.Buf, w)
	default:
		w.Buf = appendMigratedAt(append(w.Buf, '{'), w)
	}
	o.Metadata = w.Buf[n:]
	if err := p.put(ctx, w, key, w.Buf[:n], o); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	d := &p.docs[key]
	if d.holds > holds {
		w.See(versionedClobbered, int64(w.Now()-d.acked))
	}
	if d.current {
		d.extra++
		w.See(versionedDuplicate, d.extra)
	}
	d.holds, d.acked, d.current = holds, w.Now(), true
	return nil
}

// update writes a new value, which begins a new life where documents expire.
func (p *versionedLoad) update(ctx context.Context, w *bench.Worker, key int) error {
	p.mu.Lock()
	d := &p.docs[key]
	d.updates++
	update, expires := d.updates, d.expires
	p.mu.Unlock()
	if expires > 0 {
		expires = w.Now() + p.TTL
	}
	value, o := p.write(w, w.Buf[:0], key, update, expires, true)
	w.Buf = value
	if err := p.put(ctx, w, key, value, o); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	d.holds, d.acked, d.current, d.expires = update, w.Now(), true, expires
	return nil
}

func (p *versionedLoad) put(ctx context.Context, w *bench.Worker, key int, value []byte, o kv.PutOptions) error {
	asked := w.Now()
	err := w.Put(ctx, p.names[key], value, o)
	if kv.HasStatus(err, http.StatusTooManyRequests) {
		w.See(versionedRejected, int64(w.Now()-asked))
	}
	return err
}
