package detect

import (
	"errors"
	"time"

	"kvbench/internal/ledger"
	"kvbench/kv"
)

// maxSteps is how many steps an invocation that is over keeps.
const maxSteps = 40

// invocation is what is known of one.
type invocation struct {
	number            uint64
	isolate, location int
	due               time.Duration
	warmUp            bool
	start, end        time.Duration
	steps             []step
	last              map[*key]int // its last step of a key, once it has many
	writes            []*version   // that it has begun
	wrote             bool
	lists             []listing // that have a next page which was not asked for
	row               row
	refusals          int // by the limit on operations
	noted             []noted
	over              bool
}

// step is one call of an invocation, of one key.
type step struct {
	op         Op
	start, end time.Duration
	site       Site
	key        *key // nil for a list, or when it is not watched
	read       reading
	write      *version
	cached     bool
	failed     string
	names      int // of a page
}

// listing is one that has a next page.
type listing struct {
	cursor    string
	namespace int
	site      Site
	names     int
}

// invocation finds that of a call, or begins it.
func (d *Detector) invocation(c *Call) *invocation {
	if in := d.live[c.Invocation]; in != nil {
		in.start = min(in.start, c.Start)
		return in
	}
	var in *invocation
	if n := len(d.idle); n > 0 {
		in, d.idle = d.idle[n-1], d.idle[:n-1]
	} else {
		in = &invocation{}
	}
	in.number, in.isolate, in.location, in.due, in.warmUp = c.Invocation, c.Isolate, c.Location, c.Due, c.WarmUp
	in.start = c.Start
	d.live[c.Invocation] = in
	return in
}

func (in *invocation) reset() {
	clear(in.steps)
	*in = invocation{steps: in.steps[:0], lists: in.lists[:0], noted: in.noted[:0], row: row{read: in.row.read[:0]}}
}

// manySteps is from how many on an invocation keeps which is the last of each key.
const manySteps = 32

// add notes a step.
func (in *invocation) add(c *Call, k *key, write *version) *step {
	in.steps = append(in.steps, step{op: c.Op, start: c.Start, end: c.End, site: c.Site, key: k, write: write})
	s := &in.steps[len(in.steps)-1]
	if c.Err != nil && !errors.Is(c.Err, kv.ErrNotFound) {
		s.failed = kv.ErrorCode(c.Err)
	}
	if k == nil {
		return s
	}
	if len(in.steps) == manySteps {
		in.last = make(map[*key]int, 2*manySteps)
		for i := range in.steps {
			in.last[in.steps[i].key] = i
		}
	} else if in.last != nil {
		in.last[k] = len(in.steps) - 1
	}
	return s
}

// before is the index of the invocation's last step of a key, -1 where there is none.
func (in *invocation) before(k *key) int {
	if in.last != nil {
		if i, ok := in.last[k]; ok {
			return i
		}
		return -1
	}
	for i := len(in.steps) - 1; i >= 0; i-- {
		if in.steps[i].key == k {
			return i
		}
	}
	return -1
}

// base is what a write that begins is based on: what the invocation has last read or
// written of the key, ledger.Blind where it has not read it or can't be known.
func (in *invocation) base(k *key, v *version) uint64 {
	last := in.before(k)
	if last < 0 {
		return ledger.Blind
	}
	read := false
	base := uint64(ledger.Blind)
	for i := last; i >= 0; i-- {
		s := &in.steps[i]
		if s.key != k || s.failed != "" {
			continue
		}
		if s.write != nil {
			if base == ledger.Blind {
				base = s.write.number
			}
			continue
		}
		read = true
		if base == ledger.Blind {
			if !s.read.known {
				return ledger.Blind
			}
			base, v.absent = s.read.number, s.read.absent
		}
		break
	}
	if !read {
		return ledger.Blind
	}
	return base
}

// settledBase is the base of a write that is acknowledged: the invocation's own last write
// of the key where that was acknowledged after what it began with.
func (in *invocation) settledBase(k *key, v *version) uint64 {
	base := k.line.Base(v.number)
	for _, own := range in.writes {
		if own.key == k && own != v && own.acked != ledger.Never && base != ledger.Blind &&
			own.number != base && k.line.After(own.number, base) {
			base = own.number
			v.absent = false
		}
	}
	return base
}

// trim leaves of the steps of an invocation that is over what tells of its writes: those of
// the keys that it wrote, where all are too many.
func (in *invocation) trim() {
	in.last, in.lists, in.noted, in.row = nil, nil, nil, row{}
	if len(in.steps) <= maxSteps {
		return
	}
	written := map[*key]bool{}
	for _, v := range in.writes {
		written[v.key] = true
	}
	kept := make([]step, 0, maxSteps)
	for i := range in.steps {
		if s := &in.steps[i]; written[s.key] && len(kept) < maxSteps {
			kept = append(kept, *s)
		}
	}
	in.steps, in.writes = kept, nil
}
