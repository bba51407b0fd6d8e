package detect

import (
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/tidwall/btree"
)

// Options are those of a Detector.
type Options struct {
	Epoch time.Time // the instant at which the scenario's clock is 0, for expirations
	// Window is how long a version may still be read, and be built upon, after it was
	// replaced: 0 is DefaultWindow. The longest cacheTtl that a call asked for is added.
	Window time.Duration
	// Pause is how long a script may take from the end of a get until it begins the next, where
	// it waits for nothing else: 0 in virtual time. A tenth of the get's time is not taken to be
	// waiting either, where Pause is not 0.
	Pause time.Duration
	// Report is told each occurrence that counts, but for suppressed ones; nil: nobody is.
	// It must not call the Detector. A kind that is of "invocation" comes once an invocation,
	// before Ended returns or in Finish, the others as they are settled: a clobbered write
	// can be restored by who had read it, so it comes when nobody can have any more.
	Report func(Occurrence)
	// Suppressed says that findings of a kind at a site are to be kept apart; nil: none are.
	// Each pair is asked for once or more.
	Suppressed func(Kind, Site) bool
}

// Occurrence is one of a kind.
type Occurrence struct {
	Kind       Kind
	Invocation uint64        // whose it is
	Due        time.Duration // when that was due
	Size       int64         // in the unit of its kind
}

const (
	// DefaultWindow is longer than any version was seen to be served after it was replaced:
	// Workers KV says that a write is seen everywhere after 60 s or more.
	DefaultWindow = 10 * time.Minute
	// maxKeys bounds the keys that are watched, maxVersions the versions of all of them,
	// maxGroups the findings that are told apart.
	maxKeys, maxVersions, maxGroups = 1 << 20, 1 << 20, 1000
)

// Detector finds hazards, staleness and what could be done better in the calls of
// invocations. It implements Watcher, and is safe for concurrent use.
//
// A version of a key is told by its content: value, metadata and expiration. Where the same
// content was written more than once, who reads it is taken to have read the last of them
// that was sent by then; what matches no write is taken to be anything. So doubt never
// makes a finding. What the store holds is what was acknowledged last.
//
// It keeps of each key the versions that were written or replaced within the window or
// while an invocation ran that still does, of 2²⁰ keys and 2²⁰ versions at most: with more,
// Notes says what is not seen.
type Detector struct {
	o Options

	mu       sync.Mutex
	keys     map[keyName]*key
	names    map[int]*btree.BTreeG[*key] // by namespace, once it was listed
	live     map[uint64]*invocation
	idle     []*invocation
	groups   map[groupKey]*group
	writes   map[uint64]*version // in flight
	written  uint64              // so many have begun
	versions int                 // kept, of all keys
	window   time.Duration
	mostKeys int
	swept    time.Duration
	now      time.Duration
	measured tally // what was told of invocations that count
	notes    [numNotes]uint64
}

// tally counts what kinds are shares of.
type tally struct{ puts, deletes, invocations uint64 }

func (t *tally) of(k Kind) uint64 {
	switch kinds[k].Of {
	case "put":
		return t.puts
	case "delete":
		return t.deletes
	}
	return t.invocations
}

// The notes.
const (
	noteKeys = iota
	noteVersions
	noteGroups
	numNotes
)

// New returns a Detector that has seen nothing.
func New(o Options) *Detector {
	if o.Window == 0 {
		o.Window = DefaultWindow
	}
	return &Detector{
		o: o, window: o.Window, mostKeys: maxKeys,
		keys: map[keyName]*key{}, names: map[int]*btree.BTreeG[*key]{}, live: map[uint64]*invocation{},
		groups: map[groupKey]*group{}, writes: map[uint64]*version{},
	}
}

// Began implements Watcher.
func (d *Detector) Began(c *Call) uint64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.written++
	id := d.written
	k := d.key(c, c.Keys[0])
	if k == nil {
		return id
	}
	v := k.begin(c, d.o.Epoch)
	v.write = id
	d.versions++
	d.writes[id] = v
	if c.Invocation == Outside {
		return id
	}
	in := d.invocation(c)
	v.by = in
	in.wrote = true
	in.writes = append(in.writes, v)
	k.line.Based(v.number, in.base(k, v))
	return id
}

// Called implements Watcher.
func (d *Detector) Called(c *Call) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = max(d.now, c.End)
	if ttl := c.Get.CacheTTL; ttl > 0 && ttl < math.MaxInt64/4 {
		d.window = max(d.window, d.o.Window+ttl)
	}
	if c.Op == Put || c.Op == Delete {
		d.wrote(c)
	} else if c.Invocation != Outside && !c.Late {
		d.read(c)
	}
	if c.Invocation != Outside && !c.Late {
		d.limits(c)
	}
	if d.now-d.swept > d.window/4 || d.versions > maxVersions {
		d.sweep()
	}
}

// wrote is told of a put or a delete that has ended.
func (d *Detector) wrote(c *Call) {
	counts := c.Invocation != Outside && !c.WarmUp
	if counts && c.Op == Put {
		d.measured.puts++
	} else if counts {
		d.measured.deletes++
	}
	v := d.writes[c.Write]
	if v == nil {
		return
	}
	delete(d.writes, c.Write)
	k := v.key
	if in := v.by; in != nil && !c.Late {
		in.add(c, k, v)
	}
	if c.Err != nil {
		if refused(c.Err) {
			k.refused(v)
			d.versions--
		}
		return
	}
	over := k.find(k.line.Head())
	v.acked = c.End
	if v.by != nil {
		k.line.Based(v.number, v.by.settledBase(k, v))
	}
	k.line.Acked(v.number, c.End)
	k.trail.Acked(v.number, v.start, c.End)
	d.dropped(v, over)
}

// Ended implements Watcher.
func (d *Detector) Ended(invocation uint64, at time.Duration, warmUp bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = max(d.now, at)
	if !warmUp {
		d.measured.invocations++
	}
	in := d.live[invocation]
	if in == nil {
		return
	}
	delete(d.live, invocation)
	in.end, in.over = at, true
	d.judge(in)
	if in.wrote {
		in.trim() // its versions hold it
	} else {
		in.reset()
		d.idle = append(d.idle, in)
	}
}

// Finish settles all that is open, when all invocations have ended. Nothing is told after it.
func (d *Detector) Finish() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, k := range d.ordered() {
		d.settle(k, math.MaxInt64)
	}
}

// sweep forgets what nobody can see any more.
func (d *Detector) sweep() {
	d.swept = d.now
	before := d.now - d.window
	if d.versions > maxVersions/2 {
		d.notes[noteVersions]++
		before = d.now - d.window/8
	}
	for _, in := range d.live {
		before = min(before, in.start)
	}
	for _, k := range d.ordered() {
		d.settle(k, before)
	}
}

func (d *Detector) settle(k *key, before time.Duration) {
	k.line.Settle(before, func(version, by uint64, stood time.Duration) {
		d.lost(k.find(version), k.find(by), stood)
	})
	k.trail.Forget(before)
	d.versions -= k.forget()
}

// Notes are what limits what was found, one sentence each.
func (d *Detector) Notes() (notes []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, text := range [numNotes]string{
		noteKeys:     fmt.Sprintf("the detector watches %d keys; %%d calls of others were not looked at", d.mostKeys),
		noteVersions: fmt.Sprintf("more than %d versions were written within %v: older ones were forgotten early, %%d times", maxVersions/2, d.window),
		noteGroups:   fmt.Sprintf("the detector tells %d findings apart; %%d occurrences of others were left out", maxGroups),
	} {
		if d.notes[i] > 0 {
			notes = append(notes, fmt.Sprintf(text, d.notes[i]))
		}
	}
	return notes
}

var _ Watcher = (*Detector)(nil)
