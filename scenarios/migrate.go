package scenarios

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"

	"kvbench/internal/bench"
	"kvbench/kv"
)

// documentPrefix is what the names of versioned's documents begin with.
const documentPrefix = "data:"

// The fields of a document's metadata beside those of its version.
const (
	ownerField   = `"owner":`
	expiresField = `"expires":` // seconds of Unix time: a Worker's get does not tell when a key expires
)

// schemaField is the version in a document, for version-in-value.
const schemaField = `,"schema":2}`

// migrateDoc is the source's migrate in place: { ...data, userName: data.name }.
// A document too small for a name has none, which JSON leaves out.
func migrateDoc(doc []byte, schema bool) []byte {
	const name, quote = `,"name":"`, '"'
	end := len(doc) - 1 // of the closing brace
	if i := bytes.Index(doc, []byte(name)); i >= 0 {
		from := i + len(name)
		to := from + bytes.IndexByte(doc[from:], quote)
		doc = append(append(append(doc[:end], `,"userName":"`...), doc[from:to]...), `"}`...)
	}
	if schema {
		doc = append(doc[:len(doc)-1], schemaField...)
	}
	return doc
}

// newSchema reports whether a document says that it is in the new format.
func newSchema(doc []byte) bool { return bytes.HasSuffix(doc, []byte(schemaField)) }

// metadataVersion is the source's `metadata?.version || 1`.
func metadataVersion(metadata []byte) int64 {
	return max(metadataNumber(metadata, `"version":`), 1)
}

// metadataNumber is a number of the metadata, 0 where it is not there.
func metadataNumber(metadata []byte, field string) (n int64) {
	_, rest, _ := bytes.Cut(metadata, []byte(field))
	for i := 0; i < len(rest) && '0' <= rest[i] && rest[i] <= '9'; i++ {
		n = n*10 + int64(rest[i]-'0')
	}
	return n
}

// appendDocMetadata appends the metadata that a document has from its owner.
// expires is in seconds of Unix time; 0: never.
func appendDocMetadata(buf []byte, key int, expires int64) []byte {
	buf = strconv.AppendInt(append(append(buf, '{'), ownerField...), int64(key), 10)
	if expires > 0 {
		buf = strconv.AppendInt(append(append(buf, ','), expiresField...), expires, 10)
	}
	return append(buf, '}')
}

// appendMigratedAt appends the metadata that the source's write-back sets.
func appendMigratedAt(buf []byte, w *bench.Worker) []byte {
	buf = append(buf, `"version":2,"migratedAt":`...)
	return append(strconv.AppendInt(buf, w.Epoch().Add(w.Now()).UnixMilli(), 10), '}')
}

// maxPage is how many documents a step of the job may list: with a get and a put
// of each it stays within the 1,000 operations of a Worker invocation.
const maxPage = 499

// job is batch's: one pass over all documents after the other, until one finds
// nothing more to migrate.
type job struct {
	mu     sync.Mutex
	busy   bool
	done   bool
	dirty  bool   // this pass has found something to migrate
	cursor string // of the next page
}

// begin reports whether there is a step to do, which is then the caller's; one
// is done at a time.
func (j *job) begin() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.busy || j.done {
		return false
	}
	j.busy = true
	return true
}

// end ends a step. One that failed is done again.
func (j *job) end(page *kv.Page, dirty bool, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.busy = false
	j.dirty = j.dirty || dirty
	if err != nil {
		return
	}
	if j.cursor = page.Cursor; page.Complete {
		j.done, j.dirty = !j.dirty, false
	}
}

// step lists a page of documents and migrates those that are old. What KV
// refuses for its rate is left to the next pass.
func (p *versionedLoad) step(ctx context.Context, w *bench.Worker) (outcome bench.Outcome, err error) {
	var found atomic.Bool
	defer func() { p.job.end(&w.Page, found.Load(), err) }()
	o := kv.ListOptions{Prefix: documentPrefix, Cursor: p.job.cursor, Limit: p.Page}
	if err = w.List(ctx, o, &w.Page); err != nil {
		return 0, err
	}
	var old []int
	for _, k := range w.Page.Keys {
		key, err := documentKey(k.Name)
		if err != nil {
			return 0, err
		}
		if metadataVersion(k.Metadata) < 2 {
			old = append(old, key)
		}
	}
	tasks := min(p.Parallel, len(old))
	err = w.Parallel(tasks, func(w *bench.Worker, task int) error {
		for i := task; i < len(old); i += tasks {
			got, err := p.read(ctx, w, old[i], true)
			if err != nil && !kv.HasStatus(err, http.StatusTooManyRequests) {
				return err
			}
			if got == versionedMigrated { // or was to be
				found.Store(true)
			}
		}
		return nil
	})
	if found.Load() {
		return versionedMigrated, err
	}
	return versionedCurrent, err
}

// documentKey is the number of the document with a name.
func documentKey(name string) (int, error) {
	key, err := strconv.Atoi(name[len(documentPrefix):])
	if err != nil {
		err = fmt.Errorf("a name that was not asked for: %q", name)
	}
	return key, err
}

// Verify lists all documents and marks what migrations have lost of them: a
// listing tells of every store when a key expires.
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
			fields := []string{ownerField}
			if d.expires > 0 {
				fields = append(fields, expiresField)
				if k.Expiration == 0 {
					w.See(versionedTTLLost, int64(max(0, d.expires-d.acked)))
				}
			}
			lost := int64(0)
			for _, f := range fields {
				if !bytes.Contains(k.Metadata, []byte(f)) {
					lost++
				}
			}
			if lost > 0 {
				w.See(versionedMetadataLost, lost)
			}
		}
		if w.Page.Complete {
			return nil
		}
		o.Cursor = w.Page.Cursor
	}
}
