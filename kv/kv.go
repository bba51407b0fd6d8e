// Package kv is the contract between a usage pattern and a store: Workers KV
// as a Go interface. It needs nothing but the standard library.
package kv

import (
	"context"
	"slices"
	"time"
)

// Store is one Workers KV namespace, seen from one location. It is safe for
// concurrent use. Every error that is not ErrNotFound or the context's own is
// an *Error.
type Store interface {
	// Get fills e with the key's value, reusing e's buffers. It returns
	// ErrNotFound, and leaves e empty, when the key is absent or has expired.
	Get(ctx context.Context, key string, o GetOptions, e *Entry) error
	// Put stores the value. It keeps neither the key's nor the value's memory.
	Put(ctx context.Context, key string, value []byte, o PutOptions) error
	// Delete removes the key. Deleting an absent key succeeds.
	Delete(ctx context.Context, key string) error
	// List fills p with one page of names in UTF-8 byte order, reusing p's
	// buffers.
	List(ctx context.Context, o ListOptions, p *Page) error
	// Capabilities says what the store is; it never changes.
	Capabilities() Capabilities
	// Close frees what the store holds. No call may follow it.
	Close() error
}

// BulkGetter is a Store that reads many keys in one operation.
type BulkGetter interface {
	// BulkGet fills es[i] with the value of keys[i], reusing its buffers.
	// An absent key is no error: its Entry has Found false. es must be as
	// long as keys, and keys no longer than Capabilities.BulkGetKeys.
	BulkGet(ctx context.Context, keys []string, o GetOptions, es []Entry) error
}

// BulkPutter is a Store that writes many pairs in one operation.
type BulkPutter interface {
	// BulkPut stores all pairs. It keeps none of their memory.
	// There may be no more than Capabilities.BulkPutKeys. Where some alone were
	// refused, the Error's Keys name them.
	BulkPut(ctx context.Context, pairs []Pair) error
}

// BulkDeleter is a Store that deletes many keys in one operation.
type BulkDeleter interface {
	// BulkDelete deletes all keys; absent ones too. There may be no more than
	// Capabilities.BulkPutKeys.
	BulkDelete(ctx context.Context, keys []string) error
}

// Located is a Store with several locations. What is written at one is seen at
// another only after a while.
type Located interface {
	// At returns the same namespace as seen from a location, counted from 0 to
	// Capabilities.Locations-1. The store itself is At(0).
	At(location int) Store
}

// AtEach returns the store as seen from each of its locations: s alone where it is
// not Located.
func AtEach(s Store) []Store {
	located, ok := s.(Located)
	if !ok {
		return []Store{s}
	}
	at := []Store{s}
	for n := 1; n < s.Capabilities().Locations; n++ {
		at = append(at, located.At(n))
	}
	return at
}

// Settler is a Store that can be brought to rest.
type Settler interface {
	// Settle returns when every write acknowledged so far is seen at every
	// location, whatever a cache held. An emulator need not wait for it.
	Settle(ctx context.Context) error
}

// Snapshotter is a Store whose content can be kept and brought back.
type Snapshotter interface {
	// Snapshot calls yield with every key and what it holds, in UTF-8 byte
	// order; e belongs to the store until yield returns. Every write that was
	// acknowledged before the call is there. It ends with yield's first error.
	Snapshot(yield func(key string, e *Entry) error) error
	// Restore writes a key as Snapshot told it: no limit on writes counts, no
	// time passes, and what has expired meanwhile is left out.
	Restore(key string, e *Entry) error
}

// Sizer is a Store that knows how much it holds.
type Sizer interface {
	// StoredBytes is the bytes of all names, values and metadata that it holds,
	// each key once, whatever its locations have cached.
	StoredBytes() int64
}

// Wrapper is a Store that stands before another.
type Wrapper interface {
	// Unwrap returns the store behind.
	Unwrap() Store
}

// As returns the first of s and the stores that it wraps that is a T: what a
// wrapper does not pass through, such as a Snapshotter.
func As[T any](s Store) (found T, ok bool) {
	for {
		if found, ok = s.(T); ok {
			return found, true
		}
		w, wraps := s.(Wrapper)
		if !wraps {
			return found, false
		}
		s = w.Unwrap()
	}
}

// Phased is a Store that has to know when it is under load: one that fails on
// purpose does so only then, not while it is filled or read back.
type Phased interface {
	// BeginLoad says that a load begins, and from when it is measured: a time
	// of the clock that the store lives by.
	BeginLoad(measureFrom time.Duration)
	// EndLoad says that all transactions of the load have ended.
	EndLoad()
}

// Mortal is a Store that may end before it is closed, such as one that runs a process.
type Mortal interface {
	// OnEnd has f called once when no call will be answered any more, with why; never for
	// Close. It is called before calls are made, and f may be called from anywhere.
	OnEnd(f func(why error))
}

// GetOptions are the options of Get and BulkGet. Zero means the store's default.
type GetOptions struct {
	// CacheTTL is how long the location may serve the answer from its cache;
	// at least 30 s, 60 s when zero. BulkGet takes it too.
	CacheTTL time.Duration
	// Metadata asks for the metadata as well. A store may need a second call
	// for it.
	Metadata bool
	// Central asks the central store, past the location's cache, which it neither
	// reads nor fills: as a read over the REST API does. A store whose calls all do,
	// or none, pays no heed to it.
	Central bool
}

// PutOptions are the options of Put. Zero means: no expiry and no metadata,
// clearing whatever the key had before.
type PutOptions struct {
	// TTL is how long the key lives; at least 60 s. It wins over Expiration. It ends
	// on a whole second of Unix time, so that a key lives up to a second less: see
	// ExpiresAt.
	TTL time.Duration
	// Expiration is when the key ends, in seconds of Unix time; at least 60 s
	// ahead.
	Expiration int64
	// Metadata is a JSON document of at most 1,024 bytes.
	Metadata []byte
}

// ExpiresAt is the second of Unix time from which on a key is absent that is put at
// now with a TTL: now in whole seconds, rounded down, plus the TTL in whole seconds,
// rounded up. now is when the store makes the write, within the put.
//
// Workers KV keeps one absolute expiration in seconds, whichever option sets it
// (developers.cloudflare.com/kv/api/write-key-value-pairs#expiring-keys); that it
// rounds down is an assumption, the one under which no key outlives its TTL.
func ExpiresAt(now time.Time, ttl time.Duration) int64 {
	seconds := int64(ttl / time.Second)
	if ttl%time.Second > 0 {
		seconds++
	}
	return now.Unix() + seconds
}

// Pair is one write of a BulkPut.
type Pair struct {
	Key     string
	Value   []byte
	Options PutOptions
}

// ListOptions ask for one page of names.
type ListOptions struct {
	Prefix string
	// Cursor is the Cursor of the page before; empty for the first page.
	Cursor string
	// Limit is the most names the page may hold, 1 to Capabilities.MaxListKeys; that many
	// when zero.
	Limit int
}

// Entry is what Get found. Its buffers are reused by the next call that fills it.
type Entry struct {
	Found      bool   // the key exists
	Value      []byte // the value's bytes, which may be the store's: not to be changed but after Own
	Metadata   []byte // JSON; empty when there is none or it was not asked for
	Expiration int64  // seconds of Unix time; 0 when the key does not expire or the store does not tell
	Cached     bool   // answered by the location's cache; false when the store does not tell

	lent bool   // Value is the store's
	own  []byte // the buffer for values, while Value is lent
}

// Reset empties e and keeps its buffers.
func (e *Entry) Reset() {
	value := e.Value
	if e.lent {
		value = e.own
	}
	*e = Entry{Value: value[:0], Metadata: e.Metadata[:0]}
}

// Lend sets Value to bytes of the store, which must never change: a store that keeps its
// values in memory has not to copy them.
func (e *Entry) Lend(value []byte) {
	if !e.lent {
		e.lent, e.own = true, e.Value
	}
	e.Value = slices.Clip(value)
}

// Own makes Value a copy, which may be changed, where it was lent.
func (e *Entry) Own() {
	if e.lent {
		e.lent, e.Value, e.own = false, append(e.own[:0], e.Value...), nil
	}
}

// Page is one page of a listing.
type Page struct {
	Keys []Key
	// Cursor asks for the next page, together with the same prefix; empty when
	// Complete.
	Cursor string
	// Complete says that no page follows. A page can be empty and yet not
	// complete: expired and deleted keys are stepped over.
	Complete bool
}

// Reset empties p and keeps its buffers.
func (p *Page) Reset() {
	*p = Page{Keys: p.Keys[:0]}
}

// Key is one name of a listing. Its Metadata belongs to the store and is not
// to be changed.
type Key struct {
	Name       string
	Expiration int64  // seconds of Unix time; 0 when the key does not expire
	Metadata   []byte // JSON; nil when there is none
}
