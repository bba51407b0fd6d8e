package embedded

import (
	"context"
	"encoding/base64"
	"strings"
	"sync"

	"kvbench/drivers/limits"
	"kvbench/kv"

	"github.com/tidwall/btree"
)

// index holds every item in the order of its name. Only a name that is new, or
// swept, changes it.
type index struct {
	mu    sync.Mutex
	names *btree.BTreeG[*item]
}

func (x *index) clear() {
	x.mu.Lock()
	x.names = btree.NewBTreeGOptions(func(a, b *item) bool { return a.name < b.name }, btree.Options{NoLocks: true})
	x.mu.Unlock()
}

func (x *index) insert(it *item) {
	x.mu.Lock()
	x.names.Set(it)
	x.mu.Unlock()
}

func (x *index) remove(it *item) {
	x.mu.Lock()
	x.names.Delete(it)
	x.mu.Unlock()
}

// snapshot returns the names as they are now, in constant time.
func (x *index) snapshot() *btree.BTreeG[*item] {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.names.Copy()
}

// List implements kv.Store. Its limit counts the names that are examined: those
// of deleted and expired keys too, as long as they are not swept.
func (l *location) List(ctx context.Context, o kv.ListOptions, p *kv.Page) error {
	p.Reset()
	limit, err := limits.List(&l.limits, o)
	if err != nil {
		return err
	}
	cursor, err := base64.RawURLEncoding.DecodeString(o.Cursor)
	if err != nil {
		return limits.BadCursor(o.Cursor)
	}
	sh, hash := l.shard(o.Prefix)
	if err := l.wait(ctx, l.latency(sh, hash, &l.model.list)); err != nil {
		return err
	}
	now := l.clk.Now()
	unix, view := l.unix(now), len(l.locations)+l.n
	after, last, examined := string(cursor), "", 0
	p.Complete = true
	l.index.snapshot().Ascend(&item{name: max(o.Prefix, after)}, func(it *item) bool {
		if !strings.HasPrefix(it.name, o.Prefix) {
			return false
		}
		sh := &l.shards[it.hash%shardCount]
		sh.mu.RLock()
		v := l.visible(it, view, now)
		sh.mu.RUnlock()
		if v == nil || it.name == after { // unknown here, or of the page before
			return true
		}
		if examined == limit {
			p.Complete, p.Cursor = false, base64.RawURLEncoding.EncodeToString([]byte(last))
			return false
		}
		examined++
		last = it.name
		if v.live(unix) {
			key := kv.Key{Name: it.name, Expiration: v.expiration}
			if m := v.metadata(); len(m) > 0 {
				key.Metadata = m
			}
			p.Keys = append(p.Keys, key)
		}
		return true
	})
	return nil
}
