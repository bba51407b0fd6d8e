package scenarios

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/load"
	"kvbench/internal/record"
	"kvbench/kv"
)

// The outcomes of prefix.
const (
	prefixComplete bench.Outcome = iota
	prefixPartial
)

// The marks of prefix.
const (
	prefixMissing = iota
	prefixGhost
	prefixEmptyPages
	prefixPages
)

// userPrefix is what the names of users begin with, sessionPrefix those of the
// neighbours that share the namespace.
const (
	userPrefix    = "user:"
	sessionPrefix = "session:"
)

func prefix() *bench.Pattern {
	return &bench.Pattern{
		Name: "prefix",
		Doc:  "Partition a namespace by key prefixes, and list a partition.",
		Variants: []bench.Variant{
			{Name: "seed", Doc: "one list call; its cursor is ignored"},
			{Name: "paginate", Doc: "list calls until the listing is complete"},
			{Name: "list-then-get", Doc: "paginate, then get every value, six at a time"},
			{Name: "list-then-bulk-get", Doc: "paginate, then get the values 100 a call, billed a read a key"},
			{Name: "metadata-in-list", Doc: "paginate; what is wanted of a value is in its metadata"},
			{Name: "index-key", Doc: "one key holds all ids; whoever adds or deletes one reads, changes and puts it back"},
		},
		Outcomes: []string{"complete", "partial"},
		Marks: []record.Series{
			{Name: "missing-id", Unit: "count", Of: "pages", Doc: "an answer that lacks ids that exist: how many"},
			{Name: "ghost-id", Unit: "ns", Of: "pages", Doc: "an answer with ids that were deleted before: how long before, the oldest"},
			{Name: "empty-pages", Unit: "count", Of: "pages", Doc: "a listing with empty pages before its end: how many"},
			{Name: "pages", Unit: "count", Each: "listings", Doc: "list calls of one listing"},
		},
		New: newPrefix,
	}
}

type prefixKnobs struct {
	Set        float64 `yaml:"set"`        // share of the transactions that set a user, every other of them a new one
	Get        float64 `yaml:"get"`        // share that get one
	Delete     float64 `yaml:"delete"`     // share that delete one; the others list
	Neighbours int     `yaml:"neighbours"` // keys under another prefix of the namespace
	Parallel   int     `yaml:"parallel"`   // gets that list-then-get has in flight: a Worker may have 6 connections open
}

type prefixLoad struct {
	prefixKnobs
	bench.Knobs
	variant string
	chooser *load.Chooser

	mu    sync.Mutex
	users []user // by id
}

// user is what is true of an id.
type user struct {
	name    string
	set     time.Duration // when the put that created it was acknowledged; never before that
	deleted time.Duration // when its delete was acknowledged
	gone    bool          // its delete has begun
}

// never is a time that has not come.
const never = time.Duration(1<<63 - 1)

func newPrefix(s bench.Setup) (bench.Workload, error) {
	p := &prefixLoad{prefixKnobs: prefixKnobs{Parallel: 6}, Knobs: s.Knobs, variant: s.Variant}
	if err := s.Decode(&p.prefixKnobs); err != nil {
		return nil, err
	}
	for _, share := range []struct {
		name  string
		value float64
	}{{"set", p.Set}, {"get", p.Get}, {"delete", p.Delete}, {"set, get and delete together", p.Set + p.Get + p.Delete}} {
		if err := checkShare(share.name, share.value); err != nil {
			return nil, err
		}
	}
	if p.Neighbours < 0 || p.Parallel < 1 {
		return nil, fmt.Errorf("neighbours must not be below 0, nor parallel below 1")
	}
	return p, nil
}

func (p *prefixLoad) Seed(ctx context.Context, w *bench.Worker) error {
	p.chooser = p.Popularity.Chooser(p.Keys)
	for id := range p.Keys {
		p.users = append(p.users, user{name: userName(id), deleted: never})
	}
	if p.variant == "index-key" {
		if err := p.seedIndex(ctx, w); err != nil {
			return err
		}
	}
	return fill(ctx, w, p.Keys+p.Neighbours, func(i int) kv.Pair {
		name := fmt.Sprintf("%s%07d", sessionPrefix, i)
		if i < p.Keys {
			name = p.users[i].name
		}
		return kv.Pair{Key: name, Value: appendDoc(nil, stamp{}, p.Size.Of(i)), Options: p.options(i)}
	})
}

func userName(id int) string { return fmt.Sprintf("%s%07d", userPrefix, id) }

// options are those of a user's put.
func (p *prefixLoad) options(id int) kv.PutOptions {
	if p.variant != "metadata-in-list" {
		return kv.PutOptions{}
	}
	return kv.PutOptions{Metadata: fmt.Appendf(nil, `{"name":"Ada Lovelace","id":%d}`, id)}
}

func (p *prefixLoad) Do(ctx context.Context, w *bench.Worker, i uint64) (bench.Outcome, error) {
	switch kind := w.Rand.Float64(); {
	case kind < p.Set:
		return prefixComplete, p.set(ctx, w, i)
	case kind < p.Set+p.Get:
		return p.get(ctx, w)
	case kind < p.Set+p.Get+p.Delete:
		return prefixComplete, p.delete(ctx, w)
	}
	return p.list(ctx, w)
}

// set overwrites a user or makes a new one.
func (p *prefixLoad) set(ctx context.Context, w *bench.Worker, i uint64) error {
	id, fresh := p.chooser.Key(w.Rand), w.Rand.IntN(2) == 0
	p.mu.Lock()
	if fresh {
		id = len(p.users)
		p.users = append(p.users, user{name: userName(id), set: never, deleted: never})
	}
	u := p.users[id]
	p.mu.Unlock()
	if u.gone { // stays deleted, so that the truth stays simple
		return nil
	}
	w.Buf = appendDoc(w.Buf[:0], stamp{version: i + 1, written: w.Now()}, p.Size.Of(id))
	if err := w.Put(ctx, u.name, w.Buf, p.options(id)); err != nil {
		return err
	}
	if p.variant == "index-key" && fresh {
		if err := changeIndex(ctx, w, id, true); err != nil {
			return err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch u := &p.users[id]; {
	case fresh:
		u.set = w.Now()
	case u.gone: // a delete came in between, and may have been overwritten
		u.deleted = never
	}
	return nil
}

// get reads one of the users that were there at first.
func (p *prefixLoad) get(ctx context.Context, w *bench.Worker) (bench.Outcome, error) {
	id := p.chooser.Key(w.Rand)
	p.mu.Lock()
	u := p.users[id]
	p.mu.Unlock()
	switch err := w.Get(ctx, u.name, kv.GetOptions{}, &w.Entry); {
	case err == kv.ErrNotFound && !u.gone:
		return prefixPartial, nil
	case err != nil && err != kv.ErrNotFound:
		return 0, err
	}
	return prefixComplete, nil
}

func (p *prefixLoad) delete(ctx context.Context, w *bench.Worker) error {
	id := p.chooser.Key(w.Rand)
	p.mu.Lock()
	u := &p.users[id]
	name, gone := u.name, u.gone
	u.gone = true
	p.mu.Unlock()
	if gone {
		return nil
	}
	err := w.Delete(ctx, name)
	if err == nil && p.variant == "index-key" {
		err = changeIndex(ctx, w, id, false)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err == nil {
		p.users[id].deleted = w.Now()
	}
	return err
}

// list lists all users in the variant's way and holds the answer against the
// truth.
func (p *prefixLoad) list(ctx context.Context, w *bench.Worker) (bench.Outcome, error) {
	if p.variant == "index-key" {
		ids, err := readIndex(ctx, w)
		if err != nil {
			return 0, err
		}
		w.See(prefixPages, 0)
		return p.check(w, ids), nil
	}
	var ids []int
	pages, empty := 0, 0
	o := kv.ListOptions{Prefix: userPrefix}
	for {
		if err := w.List(ctx, o, &w.Page); err != nil {
			return 0, err
		}
		pages++
		if len(w.Page.Keys) == 0 && !w.Page.Complete {
			empty++
		}
		for _, k := range w.Page.Keys {
			id, err := strconv.Atoi(k.Name[len(userPrefix):])
			if err != nil {
				return 0, fmt.Errorf("a name that was not asked for: %q", k.Name)
			}
			if p.variant == "metadata-in-list" && len(k.Metadata) == 0 {
				return 0, fmt.Errorf("%s came without its metadata", k.Name)
			}
			ids = append(ids, id)
		}
		if w.Page.Complete || p.variant == "seed" {
			break
		}
		o.Cursor = w.Page.Cursor
	}
	if err := p.values(ctx, w, ids); err != nil {
		return 0, err
	}
	w.See(prefixPages, int64(pages))
	if empty > 0 {
		w.See(prefixEmptyPages, int64(empty))
	}
	return p.check(w, ids), nil
}

// values gets the values of the ids where the variant needs them.
func (p *prefixLoad) values(ctx context.Context, w *bench.Worker, ids []int) error {
	switch p.variant {
	case "list-then-get":
		tasks := min(p.Parallel, len(ids))
		return w.Parallel(tasks, func(w *bench.Worker, k int) error {
			for i := k; i < len(ids); i += tasks {
				err := w.Get(ctx, userName(ids[i]), kv.GetOptions{}, &w.Entry)
				if err != nil && err != kv.ErrNotFound { // deleted since it was listed
					return err
				}
			}
			return nil
		})
	case "list-then-bulk-get":
		limit := w.Traits().BulkGetKeys
		if limit == 0 {
			return w.BulkGet(ctx, nil, kv.GetOptions{}, nil) // which says that the store has none
		}
		for len(w.Entries) < limit {
			w.Entries = append(w.Entries, kv.Entry{})
		}
		keys := make([]string, 0, limit)
		for len(ids) > 0 {
			n := min(limit, len(ids))
			keys = keys[:0]
			for _, id := range ids[:n] {
				keys = append(keys, userName(id))
			}
			if err := w.BulkGet(ctx, keys, kv.GetOptions{}, w.Entries[:n]); err != nil {
				return err
			}
			ids = ids[n:]
		}
	}
	return nil
}

// check marks the ids that the answer lacks though they existed all the while,
// and those that it has though they were deleted before it was asked for.
func (p *prefixLoad) check(w *bench.Worker, ids []int) bench.Outcome {
	p.mu.Lock()
	defer p.mu.Unlock()
	listed := make([]bool, len(p.users))
	for _, id := range ids {
		listed[id] = true
	}
	missing, ghost := 0, time.Duration(-1)
	for id := range p.users {
		u := &p.users[id]
		switch {
		case listed[id] && u.deleted < w.Start():
			ghost = max(ghost, w.Start()-u.deleted)
		case !listed[id] && u.set <= w.Start() && !u.gone:
			missing++
		}
	}
	if ghost >= 0 {
		w.See(prefixGhost, int64(ghost))
	}
	if missing == 0 {
		return prefixComplete
	}
	w.See(prefixMissing, int64(missing))
	return prefixPartial
}
