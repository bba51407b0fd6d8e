package scenarios

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/ledger"
	"kvbench/internal/load"
	"kvbench/internal/record"
	"kvbench/kv"
)

// The outcomes of versioned. An update ends current.
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
			{Name: "seed", Doc: "the version is in the metadata; what was migrated is put back with that version and nothing else"},
			{Name: "version-in-value", Doc: "the version is in the value; what was migrated is put back without metadata"},
			{Name: "transform-only", Doc: "what is old is migrated on every read and never put back"},
			{Name: "single-flight", Doc: "as seed, but one migration per key and isolate at a time"},
			{Name: "keep-expiry", Doc: "as seed, but the write-back keeps the metadata and the expiry, which is noted there"},
			{Name: "batch", Doc: "a job migrates page by page, keeping both; a read migrates in memory alone"},
		},
		Outcomes: []string{"current", "migrated", "absent"},
		Marks: []record.Series{
			{Name: "duplicate-migration", Unit: "count", Of: "put", Doc: "a write-back of a key that had been migrated before: how many there were beyond the first"},
			{Name: "clobbered-write", Unit: "ns", Of: "put", Doc: "an update that was acknowledged and overwritten with an older value: how long it stood before the next one"},
			{Name: "ttl-lost", Unit: "ns", Doc: "an expiring key that has become permanent: how long it still had to live"},
			{Name: "metadata-lost", Unit: "count", Doc: "a key whose metadata lacks fields that it had: how many"},
			{Name: "put-rejected", Unit: "ns", Of: "put", Doc: "a put that KV refused with 429: how long the caller waited to hear so"},
		},
		New: newVersioned,
	}
}

type versionedKnobs struct {
	Update   float64       `yaml:"update"`        // share of the transactions that write a new value, in the new format
	Absent   float64       `yaml:"absent"`        // share of the keys that do not exist
	Expiring float64       `yaml:"expiring"`      // share of the keys that expire
	TTL      time.Duration `yaml:"ttl" min:"60s"` // of those
	Batch    float64       `yaml:"batch"`         // share of the transactions of batch that are a step of its job
}

type versionedLoad struct {
	versionedKnobs
	bench.Knobs
	variant string
	chooser *load.Chooser
	names   []string
	expiry  []int64 // by key, in seconds of Unix time; 0 for those that do not expire
	updates *ledger.Ledger
	flights []flight[bench.Outcome] // by isolate

	mu         sync.Mutex
	migrations []int64 // by key, acknowledged
	cursor     string  // where the job of batch goes on
}

// The versions of the format; the base of a stamp says which one a value has.
const (
	oldFormat = 1
	newFormat = 2
)

// versionedMetadata is the metadata of a key.
type versionedMetadata struct {
	Version int    `json:"version,omitempty"`
	Owner   string `json:"owner,omitempty"`
	Expires int64  `json:"expires,omitempty"`
}

// versionedPrefix is what the keys begin with.
const versionedPrefix = "data:"

func newVersioned(s bench.Setup) (bench.Workload, error) {
	p := &versionedLoad{
		versionedKnobs: versionedKnobs{Expiring: 0.2, TTL: 24 * time.Hour, Batch: 0.02},
		Knobs:          s.Knobs,
		variant:        s.Variant,
		flights:        make([]flight[bench.Outcome], s.Isolates*s.Locations),
	}
	if err := s.Decode(&p.versionedKnobs); err != nil {
		return nil, err
	}
	for _, share := range []struct {
		name  string
		value float64
	}{{"update", p.Update}, {"absent", p.Absent}, {"expiring", p.Expiring}, {"batch", p.Batch}, {"update and batch together", p.Update + p.Batch}} {
		if err := checkShare(share.name, share.value); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// drawn reports whether a key is among a share of them.
func (p *versionedLoad) drawn(key int, salt uint64, share float64) bool {
	return float64(load.Mix(load.Mix(uint64(key))+salt)>>11)/(1<<53) < share
}

func (p *versionedLoad) exists(key int) bool { return !p.drawn(key, 1, p.Absent) }

// Seed writes every key in the old format.
func (p *versionedLoad) Seed(ctx context.Context, w *bench.Worker) error {
	p.chooser = p.Popularity.Chooser(p.Keys)
	p.names = names(versionedPrefix+"%06d", p.Keys)
	p.expiry = make([]int64, p.Keys)
	p.migrations = make([]int64, p.Keys)
	p.updates = ledger.New(p.Keys)
	var keys []int
	for k := range p.Keys {
		if p.exists(k) {
			keys = append(keys, k)
		}
		if p.drawn(k, 2, p.Expiring) {
			p.expiry[k] = w.Epoch().Add(w.Now() + p.TTL).Unix()
		}
	}
	return fill(ctx, w, len(keys), func(i int) kv.Pair {
		k := keys[i]
		return kv.Pair{
			Key: p.names[k], Value: appendDoc(nil, stamp{base: oldFormat}, p.Size.Of(k)), Options: p.whole(k, oldFormat),
		}
	})
}

// whole are the options of a put that loses nothing.
func (p *versionedLoad) whole(key, version int) kv.PutOptions {
	return options(versionedMetadata{Version: version, Owner: "team-a", Expires: p.expiry[key]}, p.expiry[key])
}

// options are those of a put with metadata and an expiry.
func options(m versionedMetadata, expiration int64) kv.PutOptions {
	text, err := json.Marshal(m)
	if err != nil {
		panic(err) // of numbers and a string
	}
	return kv.PutOptions{Metadata: text, Expiration: expiration}
}

func (p *versionedLoad) Do(ctx context.Context, w *bench.Worker, i uint64) (bench.Outcome, error) {
	kind := w.Rand.Float64()
	switch {
	case kind < p.Update:
		return versionedCurrent, p.update(ctx, w, i)
	case kind < p.Update+p.Batch && p.variant == "batch":
		return versionedMigrated, p.step(ctx, w)
	}
	key := p.chooser.Key(w.Rand)
	if p.variant == "single-flight" {
		return p.flights[w.Isolate()].do(ctx, w, key, func() (bench.Outcome, error) { return p.read(ctx, w, key) })
	}
	return p.read(ctx, w, key)
}

// read is the source's migrateIfNeeded.
func (p *versionedLoad) read(ctx context.Context, w *bench.Worker, key int) (bench.Outcome, error) {
	switch err := w.Get(ctx, p.names[key], kv.GetOptions{Metadata: true}, &w.Entry); {
	case err == kv.ErrNotFound, err == nil && falsy(w.Entry.Value):
		return versionedAbsent, nil
	case err != nil:
		return 0, err
	}
	s, m, err := p.parse(&w.Entry)
	switch {
	case err != nil:
		return 0, err
	case p.version(s, m) >= newFormat:
		return versionedCurrent, nil
	case p.variant == "transform-only", p.variant == "batch":
		return versionedMigrated, nil
	}
	return versionedMigrated, p.writeBack(ctx, w, key, s, m)
}

// version is that of a value, as the source finds it: 1 where none is noted.
func (p *versionedLoad) version(s stamp, m versionedMetadata) int {
	switch {
	case p.variant == "version-in-value":
		return int(s.base)
	case m.Version == 0:
		return oldFormat
	}
	return m.Version
}

func (p *versionedLoad) parse(e *kv.Entry) (s stamp, m versionedMetadata, err error) {
	if s, err = readStamp(e.Value); err == nil && len(e.Metadata) > 0 {
		err = json.Unmarshal(e.Metadata, &m)
	}
	return s, m, err
}

// writeBack puts a migrated value, with what the variant keeps.
func (p *versionedLoad) writeBack(ctx context.Context, w *bench.Worker, key int, s stamp, m versionedMetadata) error {
	o := options(versionedMetadata{Version: newFormat}, 0)
	switch p.variant {
	case "version-in-value":
		o = kv.PutOptions{}
	case "keep-expiry", "batch":
		m.Version = newFormat
		o = options(m, m.Expires)
	}
	s.base = newFormat
	if err := p.put(ctx, w, key, s, o); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.migrations[key]++; p.migrations[key] > 1 {
		w.See(versionedDuplicate, p.migrations[key]-1)
	}
	return nil
}

// update writes a new value in the new format, and loses nothing.
func (p *versionedLoad) update(ctx context.Context, w *bench.Worker, i uint64) error {
	key := p.chooser.Key(w.Rand)
	if !p.exists(key) {
		return nil
	}
	u := ledger.Update{Version: i + 1, Base: ledger.Blind, Start: w.Start()}
	err := p.put(ctx, w, key, stamp{version: u.Version, base: newFormat}, p.whole(key, newFormat))
	u.Acked = w.Now()
	if err != nil {
		u.Acked = ledger.Never
	}
	p.updates.Note(key, u)
	return err
}

func (p *versionedLoad) put(ctx context.Context, w *bench.Worker, key int, s stamp, o kv.PutOptions) error {
	asked := w.Now()
	s.written = asked
	w.Buf = appendDoc(w.Buf[:0], s, p.Size.Of(key))
	err := w.Put(ctx, p.names[key], w.Buf, o)
	if kv.HasStatus(err, http.StatusTooManyRequests) {
		w.See(versionedRejected, int64(w.Now()-asked))
	}
	return err
}

// step is a step of the job of batch: it migrates one page of keys.
func (p *versionedLoad) step(ctx context.Context, w *bench.Worker) error {
	p.mu.Lock()
	o := kv.ListOptions{Prefix: versionedPrefix, Limit: 100, Cursor: p.cursor}
	p.mu.Unlock()
	if err := w.List(ctx, o, &w.Page); err != nil {
		return err
	}
	p.mu.Lock()
	p.cursor = w.Page.Cursor
	p.mu.Unlock()
	for _, k := range w.Page.Keys {
		var m versionedMetadata
		if err := json.Unmarshal(k.Metadata, &m); err != nil {
			return fmt.Errorf("the metadata of %s: %w", k.Name, err)
		}
		if m.Version >= newFormat {
			continue
		}
		var key int
		if _, err := fmt.Sscanf(k.Name, versionedPrefix+"%d", &key); err != nil {
			return fmt.Errorf("a name that was not asked for: %q", k.Name)
		}
		switch err := w.Get(ctx, k.Name, kv.GetOptions{Metadata: true}, &w.Entry); err {
		case nil:
		case kv.ErrNotFound: // it has expired
			continue
		default:
			return err
		}
		s, m, err := p.parse(&w.Entry)
		if err == nil && m.Version < newFormat {
			err = p.writeBack(ctx, w, key, s, m)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Verify reads every key back and lists them all, to mark what the migrations
// have cost.
func (p *versionedLoad) Verify(ctx context.Context, w *bench.Worker) error {
	const tasks = 32
	err := w.Parallel(tasks, func(w *bench.Worker, task int) error {
		for k := task; k < p.Keys; k += tasks {
			if !p.updates.Known(k) {
				continue
			}
			s, found, err := getStamp(ctx, w, p.names[k])
			if err != nil {
				return err
			}
			if !found { // it has expired
				continue
			}
			for _, l := range p.updates.Lost(k, s.version) {
				w.See(versionedClobbered, int64(l.Stood))
			}
		}
		return nil
	})
	now := w.Epoch().Add(w.Now()).Unix()
	for o := (kv.ListOptions{Prefix: versionedPrefix}); err == nil; o.Cursor = w.Page.Cursor {
		if err = w.List(ctx, o, &w.Page); err != nil {
			return err
		}
		for _, k := range w.Page.Keys {
			if err := p.verifyKey(w, k, now); err != nil {
				return err
			}
		}
		if w.Page.Complete {
			break
		}
	}
	return err
}

func (p *versionedLoad) verifyKey(w *bench.Worker, k kv.Key, now int64) error {
	var key int
	if _, err := fmt.Sscanf(k.Name, versionedPrefix+"%d", &key); err != nil {
		return fmt.Errorf("a name that was not asked for: %q", k.Name)
	}
	if p.expiry[key] > 0 && k.Expiration == 0 {
		w.See(versionedTTLLost, (p.expiry[key]-now)*int64(time.Second))
	}
	var m versionedMetadata
	if len(k.Metadata) > 0 {
		if err := json.Unmarshal(k.Metadata, &m); err != nil {
			return fmt.Errorf("the metadata of %s: %w", k.Name, err)
		}
	}
	lost := int64(0)
	if m.Owner == "" {
		lost++
	}
	if m.Expires != p.expiry[key] {
		lost++
	}
	if lost > 0 {
		w.See(versionedMetadataLost, lost)
	}
	return nil
}
