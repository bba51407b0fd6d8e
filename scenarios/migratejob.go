package scenarios

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"

	"kvbench/internal/bench"
	"kvbench/kv"
)

// stepOperations is how many operations a step of the job may make that lists so
// many documents: the list, and a get and a put of each.
func stepOperations(page int) int { return 1 + 2*page }

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
func (p *versionedLoad) step(ctx context.Context, w *bench.Worker) (err error) {
	var found atomic.Bool
	defer func() { p.job.end(&w.Page, found.Load(), err) }()
	o := kv.ListOptions{Prefix: documentPrefix, Cursor: p.job.cursor, Limit: p.Page}
	if err = w.List(ctx, o, &w.Page); err != nil {
		return err
	}
	var old []int
	for _, k := range w.Page.Keys {
		key, err := documentKey(k.Name)
		if err != nil {
			return err
		}
		if metadataVersion(k.Metadata) < 2 {
			old = append(old, key)
		}
	}
	tasks := min(bench.Connections, len(old))
	return w.Parallel(tasks, func(w *bench.Worker, task int) error {
		for i := task; i < len(old); i += tasks {
			a, err := p.read(ctx, w, old[i], true)
			if err != nil && !kv.HasStatus(err, http.StatusTooManyRequests) {
				return err
			}
			if a.outcome == versionedMigrated { // or was to be
				found.Store(true)
			}
		}
		return nil
	})
}
