package detect

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sort"
	"strings"
	"time"

	"kvbench/internal/ledger"
	"kvbench/kv"

	"github.com/cespare/xxhash/v2"
)

type keyName struct {
	namespace int
	name      string
}

// key is what is known of a key.
type key struct {
	keyName
	line     ledger.Lineage
	trail    ledger.Trail
	versions []*version // those that are kept, by number
	next     uint64
	first    time.Duration // when the first was sent
	// initial is the content that was there before all writes, as far as it was read.
	initial    uint64
	hasInitial bool
	place      int // among all keys, so that they can be gone through in one order
}

// version is a write of a key.
type version struct {
	number      uint64 // among those of the key, from 1
	key         *key
	by          *invocation // nil: outside of any
	site        Site
	due         time.Duration
	warmUp      bool
	deleted     bool
	value, meta uint64 // hashes
	metaBytes   int
	expires     int64 // seconds of Unix time; 0: never
	start       time.Duration
	acked       time.Duration // ledger.Never while it is not
	write       uint64        // what Began has returned for it
	absent      bool          // who wrote it had found the key absent
}

// key finds the key of a call, or begins to watch it; nil when there are too many.
func (d *Detector) key(c *Call, name string) *key {
	k := d.keys[keyName{c.Namespace, name}]
	if k != nil {
		return k
	}
	if len(d.keys) == d.mostKeys {
		d.notes[noteKeys]++
		return nil
	}
	k = &key{keyName: keyName{c.Namespace, strings.Clone(name)}, place: len(d.keys)}
	d.keys[k.keyName] = k
	if names := d.names[c.Namespace]; names != nil {
		names.Set(k)
	}
	return k
}

// ordered returns all keys in the order in which they were first seen.
func (d *Detector) ordered() []*key {
	all := make([]*key, 0, len(d.keys))
	for _, k := range d.keys {
		all = append(all, k)
	}
	slices.SortFunc(all, func(a, b *key) int { return cmp.Compare(a.place, b.place) })
	return all
}

// begin notes a write that is sent.
func (k *key) begin(c *Call, epoch time.Time) *version {
	if k.next == 0 {
		k.first = c.Start
	}
	k.next++
	v := &version{
		number: k.next, key: k, site: c.Site, due: c.Due, warmUp: c.WarmUp, deleted: c.Op == Delete,
		start: c.Start, acked: ledger.Never,
	}
	if !v.deleted {
		v.value, v.meta, v.metaBytes = xxhash.Sum64(c.Value), xxhash.Sum64(c.Put.Metadata), len(c.Put.Metadata)
		v.expires = c.Put.Expiration
		if c.Put.TTL > 0 {
			v.expires = kv.ExpiresAt(epoch.Add(c.Start), c.Put.TTL)
		}
	}
	k.versions = append(k.versions, v)
	k.line.Begin(v.number, c.Start)
	return v
}

// refused forgets a write that did not take effect.
func (k *key) refused(v *version) {
	k.line.Refused(v.number)
	k.versions = slices.DeleteFunc(k.versions, func(o *version) bool { return o == v })
}

// refused reports whether a write that ended in an error is sure to have had no effect.
func refused(err error) bool {
	var e *kv.Error
	return errors.Is(err, kv.ErrInvocationLimit) || errors.As(err, &e) && e.Status >= 400 && e.Status < 500
}

// cancelled reports whether a call was given up by its caller.
func cancelled(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// find returns a version that is kept; nil when it is not.
func (k *key) find(number uint64) *version {
	i := sort.Search(len(k.versions), func(i int) bool { return k.versions[i].number >= number })
	if i == len(k.versions) || k.versions[i].number != number {
		return nil
	}
	return k.versions[i]
}

// forget leaves out the versions that the lineage has forgotten, and says how many.
func (k *key) forget() int {
	n := len(k.versions)
	k.versions = slices.DeleteFunc(k.versions, func(v *version) bool { return !k.line.Has(v.number) })
	return n - len(k.versions)
}

// expired reports whether a version has expired by a time of the scenario's clock, for
// certain: a second and the time that its put took are left to doubt.
func (v *version) expired(epoch time.Time, at time.Duration) bool {
	return v.expires != 0 && epoch.Add(at).Unix() >= v.expires
}

// reading is what a get found of a key.
type reading struct {
	number uint64 // of the version; 0 is what was there before all writes
	known  bool   // false: it may be any
	absent bool
}

// read tells which version a get found: the last that was sent by then and has the content.
func (k *key) read(c *Call, e *kv.Entry, epoch time.Time) reading {
	if !e.Found {
		for i := len(k.versions) - 1; i >= 0; i-- {
			if v := k.versions[i]; v.start <= c.End && (v.deleted || v.expired(epoch, c.End)) {
				return reading{v.number, true, true}
			}
		}
		return reading{0, true, true}
	}
	value, meta := xxhash.Sum64(e.Value), xxhash.Sum64(e.Metadata)
	for i := len(k.versions) - 1; i >= 0; i-- {
		v := k.versions[i]
		if v.start > c.End || v.deleted || v.value != value || c.Get.Metadata && v.meta != meta {
			continue
		}
		if e.Expiration != 0 && (v.expires == 0 || !near(e.Expiration, v.expires, c.End-v.start)) {
			continue
		}
		return reading{v.number, true, false}
	}
	if k.next == 0 || c.Start < k.first {
		k.initial, k.hasInitial = value, true
	}
	return reading{0, k.hasInitial && k.initial == value, false}
}

// near reports whether an expiration may be that of a write which has one at least, by when
// the store made the write: until then it may have been on its way.
func near(told, asked int64, way time.Duration) bool {
	return told >= asked-1 && told <= asked+1+int64(way/time.Second)
}
