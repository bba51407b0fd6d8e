package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"kvbench/internal/load"
	"kvbench/kv"
)

// Keyed is a Workload each of whose transactions is about one key, and which holds a key
// against what transactions of that key have done and nothing else: its isolates keep nothing
// that another key's transactions see. So processes that each run the transactions of keys of
// their own find in all what one process would.
type Keyed interface {
	// Key is the number of the key that a transaction is about, whose source of randomness,
	// freshly seeded, is r. Do draws the same one.
	Key(r *rand.Rand) int
}

// Whole is a Workload that may not be shared out among processes.
type Whole interface {
	// Whole says why not, as the end of a sentence; empty where it may be.
	Whole() string
}

// Shareable is why the transactions of a workload can't be shared out among so many processes
// on the wall clock; nil where they can.
func (s *Scenario) Shareable(w Workload, of int) error {
	if whole, ok := w.(Whole); ok && whole.Whole() != "" {
		return errors.New(whole.Whole())
	}
	if _, ok := w.(Keyed); !ok {
		return fmt.Errorf("the pattern %s does not say which key a transaction is about", s.Pattern.Name)
	}
	if s.Find != nil {
		return errors.New("a search judges all transactions of a rate before it tries the next")
	}
	if s.Load.Until != nil {
		return errors.New("until: stable ends a run by the response of all transactions")
	}
	if s.Params.Keys < of {
		return fmt.Errorf("its %d keys can't be shared out among %d shards", s.Params.Keys, of)
	}
	switch loop := s.Load.Shape.(type) {
	case load.Open:
		if loop.MaxInFlight > 0 && loop.MaxInFlight < of {
			return fmt.Errorf("its max-in-flight of %d can't be shared out among %d shards", loop.MaxInFlight, of)
		}
	case load.Closed:
		if loop.Workers < of {
			return fmt.Errorf("its %d workers can't be shared out among %d shards", loop.Workers, of)
		}
		if s.Params.Distribution.Kind != load.Uniform {
			return errors.New("the workers of a closed loop keep to the keys of their shard, which are then not as popular as asked, unless all keys are alike; use an open loop, or uniform keys")
		}
		if s.Params.Keys%of != 0 {
			return fmt.Errorf("the workers of a closed loop keep to the keys of their shard, and %d keys are not the same number for each of %d shards; use an open loop, or a multiple of %d", s.Params.Keys, of, of)
		}
	}
	return nil
}

// owner tells which transactions are the process's own. It is for one task at a time.
type owner struct {
	share  load.Share
	seed   uint64
	keyed  Keyed
	source rand.PCG
	random *rand.Rand
}

func (r *run) newOwner() *owner {
	o := &owner{share: r.Share, seed: r.seed}
	o.keyed, _ = r.workload.(Keyed)
	o.random = newRand(&o.source)
	return o
}

// owns reports whether transaction i is: by its key.
func (o *owner) owns(i uint64) bool {
	if o.share.All() {
		return true
	}
	load.Seed(&o.source, o.seed, i)
	return o.share.Owns(uint64(o.keyed.Key(o.random)))
}

// fillStore seeds the store. The first share does so; the others make ready what the workload
// knows of it.
func (r *run) fillStore(ctx context.Context) error {
	if r.Share.Index > 0 {
		all := r.stores
		defer func() { r.stores = all }()
		r.stores = make([]kv.Store, len(all))
		for i, s := range all {
			r.stores[i] = mute{s}
		}
	}
	return r.unmetered(ctx, r.workload.Seed)
}

// mute is a store that takes every write and makes none, for a share that does not seed.
type mute struct{ kv.Store }

var errMute = errors.New("seeding reads the store, which only the first shard seeds")

func (mute) Get(context.Context, string, kv.GetOptions, *kv.Entry) error { return errMute }
func (mute) Put(context.Context, string, []byte, kv.PutOptions) error    { return nil }
func (mute) Delete(context.Context, string) error                        { return nil }
func (mute) List(context.Context, kv.ListOptions, *kv.Page) error        { return errMute }
func (mute) BulkPut(context.Context, []kv.Pair) error                    { return nil }

// awaitStart waits until the load is to start, and returns when that is on the clock. It
// fails where that was before.
func (r *run) awaitStart(ctx context.Context) (start time.Duration, err error) {
	if r.StartAt.IsZero() {
		return r.clock.Now(), nil
	}
	start = r.StartAt.Sub(r.clock.Epoch())
	if late := r.clock.Now() - start; late > 0 {
		return 0, fmt.Errorf("the load was to start at %s, and the store was seeded and settled %v after that: leave more time",
			r.StartAt.UTC().Format(time.RFC3339), late.Round(time.Millisecond))
	}
	if waited := r.clock.Run(ctx, func(ctx context.Context) { err = r.clock.Until(ctx, start) }); waited != nil {
		err = waited
	}
	return start, err
}
