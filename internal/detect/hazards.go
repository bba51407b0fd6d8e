package detect

import (
	"errors"
	"net/http"
	"time"

	"kvbench/kv"
)

// lost is told that a write was overwritten by one that was not built on it.
func (d *Detector) lost(v, by *version, stood time.Duration) {
	if v == nil || by == nil || by.by == nil || v.by == by.by ||
		v.expires != 0 && d.o.Epoch.Add(v.acked+stood).Unix() >= v.expires {
		return
	}
	kind := ClobberedWrite
	switch {
	case v.deleted:
		kind = UndoneDelete
	case v.value == by.value && v.meta == by.meta && !by.deleted:
		return // what was written stands, also where it was filled twice
	case by.absent:
		kind = DuplicateFill
	}
	if v.by == nil || v.warmUp { // not counted among the writes either
		return
	}
	o := occurrence{
		Occurrence: Occurrence{Kind: kind, Invocation: v.by.number, Due: v.due, Size: int64(stood)},
		site:       by.site, other: v.site, key: v.key,
		actors: []actor{{v.by, Overwritten}, {by.by, Found}},
	}
	d.occurred(o)
}

// dropped looks at what a put that was acknowledged has replaced.
func (d *Detector) dropped(v, over *version) {
	if v.by == nil || v.warmUp || v.deleted || over == nil || over.deleted || over.acked > v.start || over.expired(d.o.Epoch, v.acked) {
		return
	}
	o := occurrence{
		Occurrence: Occurrence{Invocation: v.by.number, Due: v.due},
		site:       v.site, other: over.site, key: v.key, actors: []actor{{v.by, Found}},
	}
	if over.by != nil && over.by != v.by {
		o.actors = []actor{{over.by, Before}, {v.by, Found}}
	}
	if over.expires != 0 && v.expires == 0 {
		o.Kind, o.Size = ExpiryDropped, int64(time.Unix(over.expires, 0).Sub(d.o.Epoch)-v.acked)
		d.occurred(o)
	}
	if over.metaBytes > 0 && v.metaBytes == 0 {
		o.Kind, o.Size = MetadataDropped, int64(over.metaBytes)
		d.occurred(o)
	}
}

// limits looks at what a call asked for and how it was refused.
func (d *Detector) limits(c *Call) {
	if errors.Is(c.Err, kv.ErrInvocationLimit) {
		d.invocation(c).refusals++
		d.once(c, OperationsLimit, int64(d.invocation(c).refusals))
	}
	if (c.Op == Put || c.Op == Delete) && kv.HasStatus(c.Err, http.StatusTooManyRequests) {
		d.once(c, WriteThrottled, int64(c.End-c.Start))
	}
	short := time.Duration(0)
	if ttl := c.Get.CacheTTL; ttl > 0 {
		short = kv.MinCacheTTL - ttl
	}
	if ttl := c.Put.TTL; ttl > 0 {
		short = kv.MinTTL - ttl
	} else if c.Put.Expiration != 0 {
		ahead := time.Unix(c.Put.Expiration, 0).Sub(d.o.Epoch.Add(c.Start).Truncate(time.Second))
		short = kv.MinTTL - ahead
	}
	if short > 0 {
		d.once(c, TTLBelowMinimum, int64(short))
	}
	if c.Op == Put {
		const near = 90 // percent
		most := max(100*len(c.Value)/kv.MaxValueBytes, 100*len(c.Put.Metadata)/kv.MaxMetadataBytes)
		if most >= near && !c.WarmUp {
			d.occurred(occurrence{
				Occurrence: Occurrence{Kind: NearLimit, Invocation: c.Invocation, Due: c.Due, Size: int64(most)},
				site:       c.Site, key: d.keys[keyName{c.Namespace, c.Keys[0]}], actors: []actor{{d.invocation(c), Found}},
			})
		}
	}
}

// listed is told of a page of a listing.
func (d *Detector) listed(c *Call) {
	in := d.invocation(c)
	s := in.add(c, nil, nil)
	if c.Page == nil || c.Err != nil {
		return
	}
	s.names = len(c.Page.Keys)
	names := s.names
	first := c.List.Cursor == ""
	for i, l := range in.lists {
		if l.namespace == c.Namespace && l.cursor == c.List.Cursor {
			in.lists = append(in.lists[:i], in.lists[i+1:]...)
			names += l.names
			first = true // it goes on with one of its own
			break
		}
	}
	// A cursor that the invocation did not get itself pages through a listing request by
	// request, and a limit asks for so many.
	if first && !c.Page.Complete && c.List.Limit == 0 {
		in.lists = append(in.lists, listing{namespace: c.Namespace, cursor: string([]byte(c.Page.Cursor)), site: c.Site, names: names})
	}
}

// judge looks at an invocation that is over.
func (d *Detector) judge(in *invocation) {
	for _, v := range in.writes {
		if d.flying(v) {
			in.note(noted{groupKey{kind: UnawaitedWrite, site: v.site}, v.key, int64(in.end - v.start), nil})
		}
	}
	for _, l := range in.lists {
		in.note(noted{groupKey{kind: ListTruncated, site: l.site}, nil, int64(l.names), nil})
	}
	in.endRow()
	if !in.warmUp {
		d.tell(in)
	}
	in.noted = in.noted[:0]
}

// flying reports whether a write has begun and not ended.
func (d *Detector) flying(v *version) bool {
	return v.write != 0 && d.writes[v.write] == v
}

// once notes an occurrence of a kind that an invocation has at most once.
func (d *Detector) once(c *Call, kind Kind, size int64) {
	var k *key
	if len(c.Keys) > 0 {
		k = d.keys[keyName{c.Namespace, c.Keys[0]}]
	}
	d.invocation(c).note(noted{groupKey{kind: kind, site: c.Site}, k, size, nil})
}
