package scenarios

import (
	"context"
	"time"

	"kvbench/internal/bench"
	"kvbench/kv"
)

// get reads the stamp of a key's value, as getStamp does, with the scenario's
// cache TTL.
func (p *coalesceLoad) get(ctx context.Context, w *bench.Worker, key string) (s stamp, found bool, err error) {
	return getStampWith(ctx, w, key, kv.GetOptions{CacheTTL: p.CacheTTL})
}

// read reads the whole object.
func (p *coalesceLoad) read(ctx context.Context, w *bench.Worker, object int) error {
	keys := p.keys(object)
	var stamps [maxFields]stamp
	var err error
	switch {
	case p.bulk:
		for len(w.Entries) < len(keys) {
			w.Entries = append(w.Entries, kv.Entry{})
		}
		if err = w.BulkGet(ctx, keys, kv.GetOptions{CacheTTL: p.CacheTTL}, w.Entries[:len(keys)]); err != nil {
			return err
		}
		for f := range keys {
			if e := &w.Entries[f]; e.Found && err == nil {
				stamps[f], err = readStamp(e.Value)
			}
		}
	case p.parallel:
		var got [maxFields]stamp
		err = w.Parallel(len(keys), func(w *bench.Worker, f int) (err error) {
			got[f], _, err = p.get(ctx, w, keys[f])
			return err
		})
		stamps = got
	default:
		for f := 0; f < len(keys) && err == nil; f++ {
			stamps[f], _, err = p.get(ctx, w, keys[f])
		}
	}
	if err != nil {
		return err
	}
	if p.blind {
		p.last(w.Isolate(), object).Store(stamps[0].version)
	}
	p.checkTorn(w, stamps[:len(keys)])
	p.checkStale(w, object, stamps[:len(keys)])
	return nil
}

// checkTorn observes an answer in which fields that are always written together
// are of different updates.
func (p *coalesceLoad) checkTorn(w *bench.Worker, stamps []stamp) {
	torn, newest := false, time.Duration(0)
	for f, s := range stamps {
		if first := stamps[f-f%p.UpdateFields]; s.version != first.version {
			torn = true
			newest = max(newest, s.written, first.written)
		}
	}
	if torn {
		w.Observe(coalesceTorn, int64(max(0, w.Start()-newest)))
	}
}

// checkStale observes an answer with a field that had been replaced before the read
// began. What was not found is what was there at first: nothing is ever deleted.
func (p *coalesceLoad) checkStale(w *bench.Worker, object int, stamps []stamp) {
	oldest := time.Duration(0)
	for f, s := range stamps {
		oldest = max(oldest, p.writes.StaleFor(object*p.keysPer()+f, s.version, s.written, w.Start()))
	}
	if oldest > 0 {
		w.Observe(coalesceStale, int64(oldest))
	}
}
