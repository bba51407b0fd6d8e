package detect

import (
	"bytes"
	"errors"
	"strings"
	"time"
	"unicode"

	"kvbench/kv"

	"github.com/tidwall/btree"
)

// read is told of a get, a bulk get or a page of a listing that has ended.
func (d *Detector) read(c *Call) {
	if c.Op == List {
		d.listed(c)
		if c.Err == nil && c.Page != nil {
			d.held(c)
		}
		return
	}
	if c.Err != nil && !errors.Is(c.Err, kv.ErrNotFound) {
		if !cancelled(c.Err) {
			d.invocation(c).add(c, nil, nil)
		}
		return
	}
	in := d.invocation(c)
	d.inRow(in, c)
	for i, name := range c.Keys {
		k := d.key(c, name)
		if k == nil {
			continue
		}
		if at := in.before(k); at >= 0 && in.steps[at].write == nil && in.steps[at].end <= c.Start {
			in.note(noted{groupKey{kind: RepeatedGet, site: c.Site}, k, int64(c.End - c.Start), nil})
		}
		e := &c.Entries[i]
		s := in.add(c, k, nil)
		s.read, s.cached = k.read(c, e, d.o.Epoch), e.Cached
		d.stale(in, k, c, s)
	}
}

// stale tells of a get whether what it found had been replaced.
func (d *Detector) stale(in *invocation, k *key, c *Call, s *step) {
	if !s.read.known {
		return
	}
	sent := time.Duration(0)
	v := k.find(s.read.number)
	if v != nil {
		sent = v.start
	}
	age := k.trail.StaleFor(s.read.number, sent, c.Start)
	if age == 0 {
		return
	}
	last, since := d.sure(k, c.Start)
	gone := last != nil && (last.deleted || last.expired(d.o.Epoch, c.End))
	switch {
	case s.read.absent && (last == nil || gone): // it may be gone
	case s.read.absent:
		in.note(noted{groupKey{kind: MissedKey, site: c.Site}, k, int64(since), k.latest(c.Start)})
	case last != nil && last.deleted:
		in.note(noted{groupKey{kind: DeletedGet, site: c.Site}, k, int64(since), k.latest(c.Start)})
	default:
		in.note(noted{groupKey{kind: StaleGet, site: c.Site}, k, int64(age), k.latest(c.Start)})
	}
}

// held holds the names of a page against what is sure to be there. A page tells of the
// names from its first, or from the prefix where it is the first page, to its last, or to
// the end of the prefix where it is complete.
func (d *Detector) held(c *Call) {
	in := d.invocation(c)
	page := c.Page.Keys
	from, to := c.List.Prefix, ""
	if c.List.Cursor != "" {
		if len(page) == 0 {
			return
		}
		from = page[0].Name
	}
	if !c.Page.Complete {
		if len(page) == 0 {
			return
		}
		to = page[len(page)-1].Name
	}
	var ghost, missing time.Duration
	var ghostKey, missingKey *key
	d.byName(c.Namespace).Ascend(&key{keyName: keyName{name: from}}, func(k *key) bool {
		if !strings.HasPrefix(k.name, c.List.Prefix) || !c.Page.Complete && k.name > to {
			return false
		}
		for len(page) > 0 && page[0].Name < k.name {
			page = page[1:]
		}
		there := len(page) > 0 && page[0].Name == k.name
		last, age := d.sure(k, c.Start)
		switch {
		case last == nil:
		case there && last.deleted && age > ghost:
			ghost, ghostKey = age, k
		case !there && !last.deleted && !last.expired(d.o.Epoch, c.End) && age > missing:
			missing, missingKey = age, k
		}
		return true
	})
	if ghostKey != nil {
		in.note(noted{groupKey{kind: GhostName, site: c.Site}, ghostKey, int64(ghost), ghostKey.latest(c.Start)})
	}
	if missingKey != nil {
		in.note(noted{groupKey{kind: MissingName, site: c.Site}, missingKey, int64(missing), missingKey.latest(c.Start)})
	}
}

// byName are the keys of a namespace in the order of listings.
func (d *Detector) byName(namespace int) *btree.BTreeG[*key] {
	names := d.names[namespace]
	if names == nil {
		names = btree.NewBTreeGOptions(func(a, b *key) bool { return a.name < b.name }, btree.Options{NoLocks: true})
		for _, k := range d.ordered() {
			if k.namespace == namespace {
				names.Set(k)
			}
		}
		d.names[namespace] = names
	}
	return names
}

// sure is what a key is sure to have held at a time, and for how long; nil where it is not:
// a write in flight may have been seen.
func (d *Detector) sure(k *key, at time.Duration) (*version, time.Duration) {
	number, acked, sure := k.trail.Last(at)
	v := k.find(number)
	if v == nil || !sure {
		return nil, 0
	}
	for i := len(k.versions) - 1; i >= 0; i-- {
		if o := k.versions[i]; o != v && (o.acked < 0 || o.acked >= at) {
			return nil, 0
		}
	}
	return v, at - acked
}

// row is gets one after the other.
type row struct {
	n         int
	namespace int
	start     time.Duration // of the last
	end       time.Duration
	site      Site
	ttl       time.Duration
	read      []byte // the beginnings of what was read
}

// maxRead is how much of each value, and of all of a row, is kept to look for names in.
const maxRead, maxReads = 4096, 16384

// told reports whether the last part of a key's name, behind all that is no letter or digit,
// is in what was read: the key may then not have been known before.
func (r *row) told(name string) bool {
	last := name[1+strings.LastIndexFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }):]
	return last != "" && bytes.Contains(r.read, []byte(last))
}

func (r *row) keep(e *kv.Entry) {
	n := min(len(e.Value), maxRead, maxReads-len(r.read))
	r.read = append(append(r.read, e.Value[:n]...), 0)
}

// next reports whether a get that begins at a time follows the row, with no wait between.
func (d *Detector) next(r *row, start time.Duration) bool {
	pause := d.o.Pause
	if pause > 0 {
		pause = max(pause, (r.end-r.start)/10)
	}
	return start >= r.end && start-r.end <= pause
}

// inRow notes that a get has ended.
func (d *Detector) inRow(in *invocation, c *Call) {
	r := &in.row
	if c.Op != Get {
		in.endRow()
		return
	}
	k := d.keys[keyName{c.Namespace, c.Keys[0]}]
	again := k != nil && in.before(k) >= 0
	if r.n > 0 && r.namespace == c.Namespace && r.ttl == c.Get.CacheTTL && d.next(r, c.Start) && !c.Queued && !again && r.n < kv.MaxBulkGetKeys && !r.told(c.Keys[0]) {
		r.n++
		r.start, r.end, r.site = c.Start, c.End, c.Site
		r.keep(&c.Entries[0])
		return
	}
	in.endRow()
	if !again {
		*r = row{n: 1, namespace: c.Namespace, start: c.Start, end: c.End, site: c.Site, ttl: c.Get.CacheTTL, read: r.read[:0]}
		r.keep(&c.Entries[0])
	}
}

// endRow tells of a row of gets that is over.
func (in *invocation) endRow() {
	if in.row.n > 1 {
		in.note(noted{groupKey{kind: SequentialGets, site: in.row.site}, nil, int64(in.row.n), nil})
	}
	in.row = row{read: in.row.read[:0]}
}

// latest is what was acknowledged last by a time, nil where there is none.
func (k *key) latest(at time.Duration) *version {
	number, _, _ := k.trail.Last(at)
	return k.find(number)
}
