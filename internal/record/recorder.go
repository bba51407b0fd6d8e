package record

import (
	"slices"
	"sync"
	"time"
)

// Tally is what one task has observed since it last committed. The zero value
// is empty. It allocates nothing once it has grown.
type Tally struct {
	samples []sample
	errors  []string
	billed  Billed
}

type sample struct {
	series int
	value  int64
}

// See adds an observation to a series.
func (t *Tally) See(series int, value int64) {
	t.samples = append(t.samples, sample{series, value})
}

// Fail counts an error by its code.
func (t *Tally) Fail(code string) { t.errors = append(t.errors, code) }

// Failed reports whether an error was counted.
func (t *Tally) Failed() bool { return len(t.errors) > 0 }

// Bill counts what is charged for.
func (t *Tally) Bill(b Billed) { t.billed.Add(b) }

// Merge moves what o holds to t.
func (t *Tally) Merge(o *Tally) {
	t.samples = append(t.samples, o.samples...)
	t.errors = append(t.errors, o.errors...)
	t.billed.Add(o.billed)
	o.Reset()
}

// Reset forgets everything and keeps the memory.
func (t *Tally) Reset() {
	t.samples, t.errors, t.billed = t.samples[:0], t.errors[:0], Billed{}
}

// Transaction is when a transaction was due, was released by the load
// generator, began and ended, and in which outcome.
type Transaction struct {
	Due, Released, Start, End time.Duration
	Outcome                   int
}

// Snapshot is what was recorded in a stretch of time.
type Snapshot struct {
	Outcomes []uint64
	Errors   map[string]uint64
	Billed   Billed
	// Histograms are by series; nil where nothing was observed.
	Histograms []*Histogram
}

// Recorder collects the tallies of many tasks. Each task commits to a shard of
// its own, as long as there are no more tasks than shards, so that none waits
// for another.
type Recorder struct {
	shards []shard
	raw    Raw // nil: nobody looks
}

// Raw is told of every value that is committed, of a series and the transaction that it belongs to; nil where it
// belongs to none. Many tasks call it at once.
type Raw func(series int, value int64, tx *Transaction)

// Tell has a Raw told from now on. Nothing may have been committed yet.
func (r *Recorder) Tell(raw Raw) { r.raw = raw }

// shard holds the observations of a few tasks. Its lock is there for the
// collector, which comes once an interval.
type shard struct {
	mu       sync.Mutex
	interval counts
	total    counts
	_        [64]byte // keeps neighbours off its cache line
}

type counts struct {
	Snapshot
	digits int
	// prompt is the service of the transactions that were released and began when they were
	// due, as all do in a closed loop: wait, response and lateness follow from it.
	prompt *Histogram // nil where there are none
}

// ready is how many shards have the histograms of all their series from the start, of
// 0.4 MB a series.
const ready = 16

// New returns a recorder for so many series, outcomes and shards.
//
// With one shard a task at a time may use it, as in virtual time; there is no lock then.
// With more the histograms are there before the first observation: to
// make them while the wall clock runs holds up what is measured by 20 ms and more, since
// the machine has to find the memory.
func New(series, outcomes, shards int) *Recorder {
	r := &Recorder{shards: make([]shard, shards)}
	for i := range r.shards {
		r.shards[i].interval = newCounts(series, outcomes, intervalDigits)
		r.shards[i].total = newCounts(series, outcomes, totalDigits)
		if shards > 1 && i < ready {
			r.shards[i].interval.ready()
			r.shards[i].total.ready()
		}
	}
	return r
}

func newCounts(series, outcomes, digits int) counts {
	return counts{
		digits: digits,
		Snapshot: Snapshot{
			Outcomes:   make([]uint64, outcomes),
			Errors:     map[string]uint64{},
			Histograms: make([]*Histogram, series),
		},
	}
}

func (c *counts) ready() {
	for i := range c.Histograms {
		c.Histograms[i] = newHistogram(c.digits)
	}
}

// Commit records what a task has observed, and the transaction unless it is
// nil, and empties the tally. Tasks with different numbers do not wait for each
// other while there are no more of them than shards.
func (r *Recorder) Commit(task int, t *Tally, tx *Transaction) {
	if r.raw != nil {
		r.raw.tell(t, tx)
	}
	s := &r.shards[0]
	if len(r.shards) > 1 {
		s = &r.shards[task%len(r.shards)]
		s.mu.Lock()
		defer s.mu.Unlock()
	}
	s.commit(t, tx)
	t.Reset()
}

func (raw Raw) tell(t *Tally, tx *Transaction) {
	for _, o := range t.samples {
		raw(o.series, o.value, tx)
	}
	if tx != nil {
		raw(Service, int64(tx.End-tx.Start), tx)
		raw(Response, int64(tx.End-tx.Due), tx)
		raw(Wait, int64(tx.Start-tx.Due), tx)
		raw(Lateness, int64(tx.Released-tx.Due), tx)
	}
}

func (s *shard) commit(t *Tally, tx *Transaction) {
	for _, o := range t.samples {
		s.record(o.series, o.value)
	}
	switch {
	case tx == nil:
	case tx.Start == tx.Due && tx.Released == tx.Due:
		s.interval.soon(int64(tx.End - tx.Start))
		s.total.soon(int64(tx.End - tx.Start))
	default:
		s.record(Service, int64(tx.End-tx.Start))
		s.record(Response, int64(tx.End-tx.Due))
		s.record(Wait, int64(tx.Start-tx.Due))
		s.record(Lateness, int64(tx.Released-tx.Due))
	}
	for _, c := range [...]*counts{&s.interval, &s.total} {
		if tx != nil {
			c.Outcomes[tx.Outcome]++
		}
		for _, code := range t.errors {
			c.Errors[code]++
		}
		c.Billed.Add(t.billed)
	}
}

// record adds a value to a series, of the interval and of the whole.
func (s *shard) record(series int, value int64) {
	s.interval.record(series, value, 1)
	s.total.record(series, value, 1)
}

func (c *counts) record(series int, value, times int64) {
	h := c.Histograms[series]
	if h == nil {
		h = newHistogram(c.digits)
		c.Histograms[series] = h
	}
	h.Record(value, times)
}

// soon records the service of a transaction as that of a prompt one.
func (c *counts) soon(service int64) {
	if c.prompt == nil {
		c.prompt = newHistogram(c.digits)
	}
	c.prompt.Record(service, 1)
}

// Interval returns what was recorded since the last call.
func (r *Recorder) Interval() Snapshot {
	return r.collect(intervalDigits, func(s *shard, into *counts) {
		into.merge(&s.interval)
		s.interval.reset()
	})
}

// Total returns all that was recorded.
func (r *Recorder) Total() Snapshot {
	return r.collect(totalDigits, func(s *shard, into *counts) { into.merge(&s.total) })
}

func (r *Recorder) collect(digits int, from func(*shard, *counts)) Snapshot {
	first := &r.shards[0].total
	all := newCounts(len(first.Histograms), len(first.Outcomes), digits)
	for i := range r.shards {
		s := &r.shards[i]
		s.mu.Lock()
		from(s, &all)
		s.mu.Unlock()
	}
	if n := all.prompt.TotalCount(); n > 0 {
		none := zeros(digits, n)
		all.add(Service, all.prompt)
		all.add(Response, all.prompt)
		all.add(Wait, none)
		all.add(Lateness, none)
	}
	return all.Snapshot
}

func (c *counts) merge(o *counts) {
	for i, n := range o.Outcomes {
		c.Outcomes[i] += n
	}
	for code, n := range o.Errors {
		c.Errors[code] += n
	}
	c.Billed.Add(o.Billed)
	for i, h := range o.Histograms {
		c.add(i, h)
	}
	c.prompt = sum(c.prompt, o.prompt)
}

// add adds the values of h, which may be nil, to a series.
func (c *counts) add(series int, h *Histogram) {
	c.Histograms[series] = sum(c.Histograms[series], h)
}

// sum adds the values of h to those of to, and returns that. Either may be nil.
func sum(to, h *Histogram) *Histogram {
	switch {
	case h.TotalCount() == 0:
	case to == nil:
		return h.Clone()
	default:
		to.Merge(h)
	}
	return to
}

func (c *counts) reset() {
	clear(c.Outcomes)
	c.Billed = Billed{}
	clear(c.Errors)
	for _, h := range append(slices.Clip(c.Histograms), c.prompt) {
		if h != nil && h.TotalCount() > 0 {
			h.Reset()
		}
	}
}

// Merge adds o, a snapshot of the same series and outcomes, to s.
func (s *Snapshot) Merge(o *Snapshot) {
	c := counts{Snapshot: *s}
	if c.Errors == nil {
		c.Errors = map[string]uint64{}
	}
	c.merge(&counts{Snapshot: *o})
	*s = c.Snapshot
}
