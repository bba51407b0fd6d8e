package scenarios

import (
	"context"
	"net/http"
	"time"

	"kvbench/internal/bench"
	"kvbench/kv"
)

// versionedAnswer is what a read answers.
type versionedAnswer struct {
	outcome bench.Outcome
	found   bool  // there was a value, be it falsy
	stamp   stamp // of the value
}

// answer reads a document as a request of the variant does.
func (p *versionedLoad) answer(ctx context.Context, w *bench.Worker, key int) (versionedAnswer, error) {
	if p.variant == "single-flight" {
		return p.flights[w.Isolate()].do(ctx, w, key, func() (versionedAnswer, error) { return p.read(ctx, w, key, true) })
	}
	return p.read(ctx, w, key, p.variant != "transform-only" && p.variant != "batch")
}

// read is the source's migrateIfNeeded. What is falsy counts as absent, and the
// read fails when the write-back does.
func (p *versionedLoad) read(ctx context.Context, w *bench.Worker, key int, writeBack bool) (a versionedAnswer, err error) {
	inValue := p.variant == "version-in-value"
	a.outcome = versionedAbsent
	err = w.Get(ctx, p.names[key], kv.GetOptions{Metadata: !inValue}, &w.Entry)
	if err == kv.ErrNotFound {
		return a, nil
	}
	if err != nil {
		return a, err
	}
	if a.found = true; falsy(w.Entry.Value) {
		return a, nil // as it was at first: no update writes such
	}
	if a.stamp, err = readStamp(w.Entry.Value); err != nil {
		return a, err
	}
	if inValue && newSchema(w.Entry.Value) || metadataVersion(w.Entry.Metadata) >= 2 {
		a.outcome = versionedCurrent
		return a, nil
	}
	a.outcome = versionedMigrated
	w.Buf = migrateDoc(append(w.Buf[:0], w.Entry.Value...), inValue)
	if !writeBack {
		return a, nil
	}
	return a, p.writeBack(ctx, w, key, a.stamp.version)
}

// checkStale observes an answer whose value an update had replaced before the
// transaction began. Migration changes the format, not the value. Where there was
// nothing, that is how it was at first, unless documents end by themselves.
func (p *versionedLoad) checkStale(w *bench.Worker, key int, a versionedAnswer) {
	if !a.found && p.expiring[key] {
		return
	}
	if age := p.values.StaleFor(key, a.stamp.version, a.stamp.written, w.Start()); age > 0 {
		w.Observe(versionedStale, int64(age))
	}
}

// write appends to buf the value, and then the metadata, of a document as its
// owner writes it, and returns the value and the options of the put. expires is in
// seconds of Unix time; 0: never.
func (p *versionedLoad) write(
	w *bench.Worker, buf []byte, key int, update uint64, expires int64, current bool,
) (value []byte, o kv.PutOptions) {
	if expires > 0 {
		o.TTL = p.TTL
	}
	buf = appendDoc(buf, stamp{version: update, written: w.Now()}, p.Size.Of(key))
	if current {
		buf = migrateDoc(buf, p.variant == "version-in-value")
	}
	n := len(buf)
	buf = appendDocMetadata(buf, key, expires)
	if current && p.variant != "version-in-value" {
		buf = append(buf[:len(buf)-1], `,"version":2}`...)
	}
	o.Metadata = buf[n:]
	return buf[:n], o
}

// writeBack puts the migrated document in w.Buf, which holds the value of the
// given update.
func (p *versionedLoad) writeBack(ctx context.Context, w *bench.Worker, key int, holds uint64) error {
	var o kv.PutOptions
	n := len(w.Buf)
	switch old := w.Entry.Metadata; {
	case p.variant == "version-in-value":
	case (p.variant == "keep-expiry" || p.variant == "batch") && len(old) > 0:
		o.Expiration = metadataNumber(old, expiresField)
		if o.Expiration > 0 && o.Expiration <= unix(w, w.Now()+kv.MinTTL) {
			return nil // KV would refuse it, and the document ends soon
		}
		w.Buf = append(append(w.Buf, old[:len(old)-1]...), ',')
		w.Buf = appendMigratedAt(w.Buf, w)
	default:
		w.Buf = appendMigratedAt(append(w.Buf, '{'), w)
	}
	o.Metadata = w.Buf[n:]
	asked := w.Now()
	if err := p.put(ctx, w, key, w.Buf[:n], o); err != nil {
		return err
	}
	w.Observe(versionedWriteBack, int64(w.Now()-asked))
	d := &p.docs[key]
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.holds > holds {
		w.Observe(versionedClobbered, int64(w.Now()-d.acked))
	}
	if d.current {
		d.extra++
		w.Observe(versionedDuplicate, d.extra)
	}
	d.holds, d.acked, d.current = holds, w.Now(), true
	d.migrated, d.due = true, w.Due()
	return nil
}

// update writes a new value, which begins a new life where documents expire.
func (p *versionedLoad) update(ctx context.Context, w *bench.Worker, key int) error {
	d := &p.docs[key]
	d.mu.Lock()
	d.updates++
	update := d.updates
	d.mu.Unlock()
	asked, expires := w.Now(), p.expires(w, key)
	value, o := p.write(w, w.Buf[:0], key, update, expires, true)
	w.Buf = value
	if err := p.put(ctx, w, key, value, o); err != nil {
		return err
	}
	acked := w.Now()
	p.values.Acked(key, update, asked, acked)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.holds, d.acked, d.current, d.expires, d.migrated = update, acked, true, expires, false
	return nil
}

func (p *versionedLoad) put(ctx context.Context, w *bench.Worker, key int, value []byte, o kv.PutOptions) error {
	asked := w.Now()
	err := w.Put(ctx, p.names[key], value, o)
	if kv.HasStatus(err, http.StatusTooManyRequests) {
		w.Observe(versionedRejected, int64(w.Now()-asked))
	}
	return err
}

// Verify lists all documents and observes the write-backs that have lost something of
// them: a listing tells of every store when a key expires. What a later update has
// restored is not lost. A document counts once, with the last write-back of it.
func (p *versionedLoad) Verify(ctx context.Context, w *bench.Worker) error {
	o := kv.ListOptions{Prefix: documentPrefix}
	for {
		if err := w.List(ctx, o, &w.Page); err != nil {
			return err
		}
		for _, k := range w.Page.Keys {
			key, err := documentKey(k.Name)
			if err != nil {
				return err
			}
			d := &p.docs[key]
			if !d.migrated {
				continue
			}
			if d.expires > 0 && k.Expiration == 0 {
				ends := time.Unix(d.expires, 0).Sub(w.Epoch())
				w.ObserveFor(d.due, versionedTTLLost, int64(max(0, ends-d.acked)))
			}
			if lost := lostFields(k.Metadata, d.expires > 0); lost > 0 && !w.Capabilities().NoMetadata {
				w.ObserveFor(d.due, versionedMetadataLost, lost)
			}
		}
		if w.Page.Complete {
			return nil
		}
		o.Cursor = w.Page.Cursor
	}
}
