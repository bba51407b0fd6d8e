package embedded

import (
	"context"
	"sync/atomic"
	"time"

	"kvbench/internal/quantile"
	"kvbench/kv"

	"github.com/cespare/xxhash/v2"
)

// shardCount is a power of two, large enough that concurrent calls seldom meet.
const shardCount = 256

// store is one namespace.
type store struct {
	clk          kv.Clock
	epoch        int64 // of clk, in nanoseconds of Unix time
	seed         uint64
	model        profile
	lag          quantile.Dist // nil: a write is seen everywhere at once
	burst        int           // writes to one key that may come at once; 0: any number
	caching      bool          // the locations' caches can make a difference
	space        *space        // nil: the namespace as a whole has no limits
	capabilities kv.Capabilities
	limits       kv.Capabilities // those that calls are held to: see AllowPrefix
	locations    []location
	index        index
	settled      atomic.Int64 // on the clock: what was written before is seen everywhere; see Settle
	shards       [shardCount]shard
}

// location is the store as seen from one location.
type location struct {
	*store
	n int
}

var (
	_ kv.Store       = (*location)(nil)
	_ kv.Located     = (*location)(nil)
	_ kv.BulkGetter  = (*location)(nil)
	_ kv.BulkPutter  = (*location)(nil)
	_ kv.BulkDeleter = (*location)(nil)
	_ kv.Snapshotter = (*location)(nil)
	_ kv.Settler     = (*location)(nil)
	_ kv.Sizer       = (*location)(nil)
	_ kv.Phased      = (*location)(nil)
)

// shard holds the keys whose hash ends in its number. Its lock is never held
// while a call waits, and comes before the index's.
type shard struct {
	mu    guard
	items map[string]*item
	edges []edge // by location; empty when the store does no caching
	// mortal is how many items have a newest version that is deleted or will
	// expire; writes how many were made since the last sweep.
	mortal, writes int

	draws uint64   // latencies drawn so far; see draw
	_     [64]byte // keeps neighbours off this shard's cache lines
}

// item is a key that exists, or did not long ago.
type item struct {
	name   string
	hash   uint64
	newest *version
	next   time.Duration // when the key may be written again if every write so far was paced
}

// version is one write of a key. Nothing of it changes except before, which the
// shard's lock guards: a location's cache may hold on to it.
type version struct {
	data       []byte        // the value, then the metadata
	before     *version      // the write before it, while some location still needs that
	expiration int64         // seconds of Unix time; 0: never
	at         time.Duration // when it was written
	size       uint32        // of the value
	seq        uint32        // counts the writes of the key
	location   uint8         // where it was written
	deleted    bool
}

func (v *version) value() []byte    { return v.data[:v.size] }
func (v *version) metadata() []byte { return v.data[v.size:] }

// mortal reports whether v is, or will be, absent without another write.
func (v *version) mortal() bool { return v.deleted || v.expiration != 0 }

// live reports whether v can be read at a Unix time.
func (v *version) live(unix int64) bool {
	return !v.deleted && (v.expiration == 0 || unix < v.expiration)
}

// size is the bytes of a key's name, value and metadata.
func (it *item) size() int { return len(it.name) + len(it.newest.data) }

// time is a time of the clock.
func (s *store) time(now time.Duration) time.Time { return time.Unix(0, s.epoch+int64(now)) }

// unix is a time of the clock in seconds of Unix time.
func (s *store) unix(now time.Duration) int64 {
	return (s.epoch + int64(now)) / int64(time.Second)
}

func (s *store) shard(key string) (*shard, uint64) {
	h := xxhash.Sum64String(key)
	return &s.shards[h%shardCount], h
}

// latency draws how long a call takes. The draw depends on the seed, the key and
// how many were drawn in the key's shard.
func (s *store) latency(sh *shard, hash uint64, t *timing) time.Duration {
	if t.spread == nil {
		return 0
	}
	return t.spread.Draw(mix(hash ^ mix(s.seed^sh.draw())))
}

// draw is the number of the next draw.
func (sh *shard) draw() uint64 {
	if sh.mu.alone {
		sh.draws++
		return sh.draws
	}
	return atomic.AddUint64(&sh.draws, 1)
}

// wait lets the call take its time.
func (s *store) wait(ctx context.Context, d time.Duration) error {
	if d == 0 {
		return ctx.Err()
	}
	return s.clk.Sleep(ctx, d)
}

// Settle implements kv.Settler, without waiting: every write so far has reached
// every location, no cache holds anything, and every key may be written again.
func (s *store) Settle(ctx context.Context) error {
	if err := s.clk.Sleep(ctx, 1); err != nil { // so that what follows is later
		return err
	}
	s.settled.Store(int64(s.clk.Now()))
	return nil
}

// rest is until when the store was brought to rest.
func (s *store) rest() time.Duration { return time.Duration(s.settled.Load()) }

// At implements kv.Located.
func (s *store) At(n int) kv.Store { return &s.locations[n] }

// Capabilities implements kv.Store.
func (s *store) Capabilities() kv.Capabilities { return s.capabilities }

// AllowPrefix has keys be longer than Capabilities says, by as many bytes: for namespaces
// that share the store and are told apart by what is put before their keys, which is none
// of a key that a user knows. It is called before all others.
func (s *store) AllowPrefix(bytes int) {
	if s.capabilities.MaxKeyBytes > 0 {
		s.limits.MaxKeyBytes = s.capabilities.MaxKeyBytes + bytes
	}
}

// Close implements kv.Store. It closes the store for every location.
func (s *store) Close() error {
	s.index.clear()
	for i := range s.shards {
		sh := &s.shards[i]
		sh.mu.Lock()
		sh.items, sh.edges = nil, nil
		sh.mu.Unlock()
	}
	return nil
}
