package scenarios

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"kvbench/internal/bench"
	"kvbench/internal/ledger"
	"kvbench/internal/load"
	"kvbench/internal/record"
	"kvbench/kv"
)

// The outcomes of prefix: those of a listing, then those of the rest.
const (
	prefixComplete bench.Outcome = "complete"
	prefixPartial  bench.Outcome = "partial"
	prefixRead     bench.Outcome = "read"
	prefixSet      bench.Outcome = "set"
	prefixDeleted  bench.Outcome = "deleted"
)

// What prefix observes.
var (
	prefixMissing = &bench.Anomaly{
		Name: "missing-id", Unit: "count", Of: "pages",
		Says: "leaves ids out of {share} of listings",
		Doc:  "an answer that lacks ids that exist: how many",
	}
	prefixGhost = &bench.Anomaly{
		Name: "ghost-id", Unit: "ns", Of: "pages", Role: record.Age,
		Says: "lists deleted ids in {share} of listings",
		Doc:  "an answer with ids that were deleted before: how long before, the oldest",
	}
	prefixForeign = &bench.Anomaly{
		Name: "foreign-id", Unit: "count", Of: "pages",
		Says: "takes other keys for ids in {share} of listings",
		Doc:  "an answer with ids that are none but what follows the prefix in another key's name: how many",
	}
	prefixEmptyPages = &bench.Anomaly{
		Name: "empty-pages", Unit: "count", Of: "pages",
		Says: "gets empty pages in {share} of listings",
		Doc:  "a listing with empty pages before its end: how many",
	}
	prefixPages = &bench.Gauge{
		Name: "pages", Unit: "count", Each: "listings",
		Doc: "list calls of one listing that was answered; 0 where an index answers",
	}
	prefixStale = &bench.Anomaly{
		Name: "stale-read", Unit: "ns", Of: "read", Role: record.Age,
		Says: "serves stale data in {share} of reads",
		Doc:  "a get that answered with what a set or a delete had replaced before it began: how long before",
	}
)

// userPrefix is what the names of users begin with, userName that with an id, and
// sessionPrefix what those of the neighbours begin with that share the namespace.
const (
	userPrefix    = "user:"
	userName      = userPrefix + "%07d"
	sessionPrefix = "session:"
)

func prefix() *bench.Pattern {
	return &bench.Pattern{
		Name: "prefix",
		Doc:  "Partition a namespace by key prefixes, and list a partition.",
		Variants: []bench.Variant{
			{Name: "seed", Doc: "one list call; its cursor is ignored, and whatever follows the prefix is an id"},
			{Name: "paginate", Doc: "as seed, but list calls until the listing is complete"},
			{Name: "list-then-get", Doc: "paginate, then get every value, six at a time; above some 9,990 names, 990 on the free plan, it ends in the error invocation-limit"},
			{Name: "list-then-bulk-get", Doc: "paginate, then get the values 100 a call, billed a read a key"},
			{Name: "metadata-in-list", Doc: "paginate; what is wanted of a user is in the metadata, and what has none is no user"},
			{Name: "index-key", Doc: "one key holds all ids; whoever adds or deletes one reads, changes and puts it back"},
		},
		Published: "seed",
		Outcomes:  []bench.Outcome{prefixComplete, prefixPartial, prefixRead, prefixSet, prefixDeleted},
		Observes: []bench.Series{
			prefixMissing, prefixGhost, prefixForeign, prefixEmptyPages, prefixPages, prefixStale,
		},
		New: newPrefix,
	}
}

type prefixParams struct {
	Set        float64 `yaml:"set" min:"0%" max:"100%" doc:"share of the transactions that set a user, every other of them a new one"`
	Get        float64 `yaml:"get" min:"0%" max:"100%" doc:"share of the transactions that get a user"`
	Delete     float64 `yaml:"delete" min:"0%" max:"100%" doc:"share of the transactions that delete a user; with set and get 100% at most, and the others list"`
	Profiles   float64 `yaml:"profiles" min:"0%" max:"100%" doc:"share of the users that also have a key user:ID:profile, which a listing of user: finds too"`
	Neighbours int     `yaml:"neighbours" max:"1000000" doc:"how many keys the namespace has under another prefix; with their values 1 GiB at most"`
}

type prefixLoad struct {
	prefixParams
	bench.Params
	variant string
	seed    uint64
	chooser *load.Chooser

	// Of the users that were there at first, which alone are got and deleted:
	names  []string
	gone   []atomic.Bool   // a delete has begun
	writes *ledger.History // the sets and deletes, first of all the seeding

	mu    sync.Mutex
	users []user // by id
}

func newPrefix(s bench.Setup) (bench.Workload, error) {
	p := &prefixLoad{Params: s.Params, variant: s.Variant, seed: s.Seed}
	if err := s.Decode(&p.prefixParams); err != nil {
		return nil, err
	}
	if err := checkShare("set, get and delete together", p.Set+p.Get+p.Delete); err != nil {
		return nil, err
	}
	if most := neighbourBytes / max(p.Size.Max, 1); p.Neighbours > most {
		return nil, fmt.Errorf("neighbours with values of up to %d bytes may be %d at most, which is 1 GiB; they are %d", p.Size.Max, most, p.Neighbours)
	}
	if n := indexBytes(p.Keys); s.Variant == "index-key" && n > kv.MaxValueBytes {
		return nil, fmt.Errorf("index-key keeps all ids in one value: those of %d keys are %d bytes, and KV takes %d", p.Keys, n, kv.MaxValueBytes)
	}
	return p, nil
}

// neighbourBytes bounds the values of the neighbours, which no variant reads.
const neighbourBytes = 1 << 30

// firstVersion is the version of what was there at first.
const firstVersion = 1

// Seed writes the users, the profiles of some of them, and their neighbours.
func (p *prefixLoad) Seed(ctx context.Context, w *bench.Worker) error {
	const kindProfile = 1
	p.chooser = p.Distribution.Chooser(p.Keys)
	p.names = names(userName, p.Keys)
	p.gone = make([]atomic.Bool, p.Keys)
	p.writes = ledger.NewHistory(p.Keys)
	p.users = make([]user, p.Keys)
	if p.variant == "index-key" {
		if err := p.seedIndex(ctx, w); err != nil {
			return err
		}
	}
	others := make([]string, 0, p.Neighbours)
	for id, has := range pick(p.seed, kindProfile, p.Keys, p.Profiles) {
		if has {
			others = append(others, p.names[id]+":profile")
		}
	}
	for i := range p.Neighbours {
		others = append(others, fmt.Sprintf("%s%07d", sessionPrefix, i))
	}
	sent := w.Now()
	err := fill(ctx, w, p.Keys+len(others), func(i int) kv.Pair {
		pair := kv.Pair{Value: appendDoc(nil, stamp{version: firstVersion, written: w.Now()}, p.Size.Of(i))}
		if i < p.Keys {
			pair.Key, pair.Options = p.names[i], p.options(i)
		} else {
			pair.Key = others[i-p.Keys]
		}
		return pair
	})
	for id := range p.users {
		p.users[id] = user{set: w.Now(), deleted: never}
		p.writes.Acked(id, firstVersion, sent, w.Now())
	}
	return err
}

// options are those of a user's put.
func (p *prefixLoad) options(id int) kv.PutOptions {
	if p.variant != "metadata-in-list" {
		return kv.PutOptions{}
	}
	return kv.PutOptions{Metadata: fmt.Appendf(nil, `{"name":"Ada Lovelace","id":%d}`, id)}
}

func (p *prefixLoad) Do(ctx context.Context, w *bench.Worker, i uint64) (bench.Outcome, error) {
	version := firstVersion + 1 + i
	switch kind := w.Rand.Float64(); {
	case kind < p.Set:
		return prefixSet, p.set(ctx, w, version)
	case kind < p.Set+p.Get:
		return prefixRead, p.get(ctx, w)
	case kind < p.Set+p.Get+p.Delete:
		return prefixDeleted, p.delete(ctx, w, version)
	}
	return p.list(ctx, w)
}

// set overwrites a user or makes a new one.
func (p *prefixLoad) set(ctx context.Context, w *bench.Worker, version uint64) error {
	id, fresh := p.setting(p.chooser.Key(w.Rand), w.Rand.IntN(2) == 0)
	name := fmt.Sprintf(userName, id)
	sent := w.Now()
	w.Buf = appendDoc(w.Buf[:0], stamp{version: version, written: sent}, p.Size.Of(id))
	if err := w.Put(ctx, name, w.Buf, p.options(id)); err != nil {
		return err
	}
	if !fresh {
		p.writes.Acked(id, version, sent, w.Now())
	} else if p.variant == "index-key" {
		if err := changeIndex(ctx, w, id, true); err != nil {
			return err
		}
	}
	p.hasSet(id, w.Now())
	return nil
}

// get reads one of the users that were there at first. It takes no lock.
func (p *prefixLoad) get(ctx context.Context, w *bench.Worker) error {
	id := p.chooser.Key(w.Rand)
	asked := w.Now()
	doc, found, err := getStamp(ctx, w, p.names[id])
	if err != nil || !found && p.gone[id].Load() { // the delete's doing
		return err
	}
	if age := p.writes.StaleFor(id, doc.version, doc.written, asked); age > 0 {
		w.Observe(prefixStale, int64(age))
	}
	return nil
}

// delete deletes one of the users that were there at first, whether or not another
// has done so: who deletes does not know.
func (p *prefixLoad) delete(ctx context.Context, w *bench.Worker, version uint64) error {
	id := p.chooser.Key(w.Rand)
	alone := p.deleting(id)
	sent := w.Now()
	if err := w.Delete(ctx, p.names[id]); err != nil {
		return err
	}
	p.writes.Acked(id, version, sent, w.Now())
	if p.variant == "index-key" {
		if err := changeIndex(ctx, w, id, false); err != nil {
			return err
		}
	}
	if alone {
		p.hasDeleted(id, w.Now())
	}
	return nil
}
