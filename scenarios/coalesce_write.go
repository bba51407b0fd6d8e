package scenarios

import (
	"context"
	"errors"
	"net/http"

	"kvbench/internal/bench"
	"kvbench/internal/ledger"
	"kvbench/kv"
)

// change is what one transaction changes of an object.
type change struct {
	object   int
	version  uint64 // of its first try; the next tries-1 are for the others
	first, n int    // of the fields
}

// tries is how often coalesced-retry tries an update.
const tries = 4

// change draws what transaction i changes: fields that are always written
// together. It is the same for all variants.
func (p *coalesceLoad) change(w *bench.Worker, object int, i uint64) change {
	first := w.Rand.IntN((p.Fields+p.UpdateFields-1)/p.UpdateFields) * p.UpdateFields
	return change{object: object, version: (i + 1) * tries, first: first, n: min(p.UpdateFields, p.Fields-first)}
}

// unread is how an update ends that has not read whether there was anything, when
// it is of such a key.
func (p *coalesceLoad) unread(object, number int) bench.Outcome {
	if p.absent[object] && !p.writes.Known(number) {
		return coalesceCreated
	}
	return coalesceUpdated
}

// blindPut puts the whole object as the isolate knows it, with the change.
func (p *coalesceLoad) blindPut(ctx context.Context, w *bench.Worker, c change) (bench.Outcome, int, error) {
	outcome, last := p.unread(c.object, c.object), p.last(w.Isolate(), c.object)
	u, err := p.put(ctx, w, c.object, stamp{version: c.version, base: last.Load(), written: w.Now()}, p.Size.Of(c.object))
	p.updates.Note(c.object, u)
	if err == nil {
		last.Store(c.version)
	}
	return outcome, len(w.Buf), err
}

// modify is the read-modify-write of the coalesced object.
func (p *coalesceLoad) modify(ctx context.Context, w *bench.Worker, c change) (outcome bench.Outcome, written int, err error) {
	outcome = coalesceUpdated
	for try := range uint64(tries) {
		read, found, err := p.get(ctx, w, p.names[c.object])
		if err != nil {
			return outcome, written, err
		}
		if !found {
			outcome = coalesceCreated
		}
		s := stamp{version: c.version + try, base: read.version, written: w.Now()}
		u, err := p.put(ctx, w, c.object, s, p.Size.Of(c.object))
		written += len(w.Buf)
		if err == nil && p.retry {
			read, _, err = p.get(ctx, w, p.names[c.object])
		}
		// What is built on this update holds it too.
		stands := !p.retry || err == nil && (read.version == s.version || read.base == s.version)
		if !stands { // so the caller is told nothing yet
			u.Acked = ledger.Never
		}
		p.updates.Note(c.object, u)
		if err != nil || stands {
			return outcome, written, err
		}
		if err := w.Sleep(ctx, p.Pause); err != nil {
			return outcome, written, err
		}
	}
	return outcome, written, errContended
}

var errContended = errors.New("the update was overwritten each time it was tried")

// overwrite puts the fields that an update changes, each in its own key. Where one
// is refused the caller is not told that the update is done.
func (p *coalesceLoad) overwrite(ctx context.Context, w *bench.Worker, c change) (outcome bench.Outcome, written int, err error) {
	number := c.object*p.Fields + c.first
	outcome = p.unread(c.object, number)
	var sent [maxFields]ledger.Update
	var size [maxFields]int
	put := func(w *bench.Worker, f int) (err error) {
		sent[f], err = p.put(ctx, w, number+f, stamp{version: c.version, written: w.Now()}, p.fieldSize(c.object))
		size[f] = len(w.Buf)
		return err
	}
	if p.parallel {
		err = w.Parallel(c.n, put)
	} else {
		for f := 0; f < c.n && err == nil; f++ {
			err = put(w, f)
		}
	}
	for f, u := range sent[:c.n] {
		if u.Version == 0 {
			break // nor was what follows
		}
		u.Base = ledger.Blind
		if err != nil {
			u.Acked = ledger.Never
		}
		p.updates.Note(number+f, u)
		written += size[f]
	}
	return outcome, written, err
}

// put writes one key and returns what the ledger is to know of it.
func (p *coalesceLoad) put(ctx context.Context, w *bench.Worker, number int, s stamp, size int) (ledger.Update, error) {
	asked := w.Now()
	w.Buf = appendDoc(w.Buf[:0], s, size)
	err := w.Put(ctx, p.names[number], w.Buf, kv.PutOptions{})
	u := ledger.Update{Version: s.version, Base: s.base, Due: w.Due(), Start: asked, Acked: w.Now()}
	if err == nil {
		p.writes.Acked(number, s.version, s.written, u.Acked)
		return u, nil
	}
	if kv.HasStatus(err, http.StatusTooManyRequests) {
		w.Observe(coalesceRejected, int64(w.Now()-asked))
	}
	u.Acked = ledger.Never
	return u, err
}
