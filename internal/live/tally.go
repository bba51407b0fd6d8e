package live

import (
	"bytes"
	"time"

	"kvbench/internal/metric"
	"kvbench/internal/runfile"
)

// Tally follows the run files of shards as they come. It is for one task at a time.
type Tally struct {
	now    func() time.Time
	known  map[key]Variant
	shards map[int]*tallied
	sum    meter
}

// tallied is what came of a shard's last attempt.
type tallied struct {
	attempt string
	rest    []byte // of a line that has not ended
	skips   bool   // that line is too long
	meter   meter
	at      runfile.Key
	runs    bool // at is known
	to      time.Duration
	seen    uint64 // transactions of at
}

// maxLine is the longest line that is looked at.
const maxLine = 8 << 20

// NewTally returns a tally of a run of these variants, to which nothing was added. now tells the machine's
// time.
func NewTally(planned []Variant, now func() time.Time) *Tally {
	t := &Tally{now: now, known: map[key]Variant{}, shards: map[int]*tallied{}, sum: newMeter(now())}
	for _, v := range planned {
		t.known[v.key()] = v
		if any := (key{v.Scenario, "", v.Name}); t.known[any].Name == "" {
			t.known[any] = v // of the steps of a search
		}
	}
	return t
}

// Add adds text that came of an attempt of a shard, behind what came of it before.
func (t *Tally) Add(shard int, attempt string, text []byte) {
	s := t.shards[shard]
	if s == nil || s.attempt != attempt {
		s = &tallied{attempt: attempt, meter: newMeter(t.now())}
		t.shards[shard] = s
	}
	for line := range bytes.Lines(text) {
		ends := line[len(line)-1] == '\n'
		if s.skips || len(s.rest)+len(line) > maxLine {
			s.rest, s.skips = nil, !ends // a figure is missing on the screen, and nowhere else
			continue
		}
		if !ends {
			s.rest = append(s.rest, line...)
			return
		}
		if len(s.rest) > 0 {
			line, s.rest = append(s.rest, line...), nil
		}
		g, ok := runfile.GlanceAt(line)
		if !ok {
			continue
		}
		if g.Begins {
			s.at, s.runs, s.to, s.seen = g.Key, true, 0, 0
		}
		s.to, s.seen = max(s.to, g.To), s.seen+g.Transactions
		s.meter.add(g.Transactions, t.now())
		t.sum.add(g.Transactions, t.now())
	}
}

// Caught says that what came so far had come before anyone looked: rates begin now.
func (t *Tally) Caught() {
	t.sum.restart(t.now())
	for _, s := range t.shards {
		s.meter.restart(t.now())
	}
}

// Transactions are all that came, and how many a second of late.
func (t *Tally) Transactions() (n uint64, rate metric.Quantity) {
	return t.sum.n, t.sum.rate(t.now())
}

// Row is what is known of a shard that runs on a host.
func (t *Tally) Row(shard int, host string) Shard {
	out := Shard{Number: shard, Host: host}
	s := t.shards[shard]
	if s == nil {
		return out
	}
	out.Rate = s.meter.rate(t.now())
	if !s.runs {
		return out
	}
	at := runfile.Words(s.at.Point)
	v, known := t.known[key{s.at.Scenario, at, s.at.Variant}]
	if !known {
		v, known = t.known[key{s.at.Scenario, "", s.at.Variant}]
	}
	if !known {
		v.Name = s.at.Variant
	}
	out.Run = s.at.Scenario + "/" + v.label(s.at.Repeat)
	if at != "" {
		out.Run += " at " + at
	}
	switch l := v.Load; {
	case l.Duration > 0:
		out.Share = metric.Of(min(max(s.to.Seconds(), 0)/l.Duration.Seconds(), 1))
	case l.Transactions > 0:
		out.Share = metric.Of(min(float64(s.seen)/float64(l.Transactions), 1))
	}
	return out
}

// window is how long a rate looks back, and twice that at most.
const window = 3 * time.Second

// meter counts, and tells how much a second came in the last window or two.
type meter struct {
	n           uint64
	last, older mark
}

type mark struct {
	at time.Time
	n  uint64
}

func newMeter(now time.Time) (m meter) {
	m.restart(now)
	return m
}

func (m *meter) restart(now time.Time) {
	m.last = mark{now, m.n}
	m.older = m.last
}

func (m *meter) add(n uint64, now time.Time) {
	m.turn(now)
	m.n += n
}

// turn has the marks not be older than they may.
func (m *meter) turn(now time.Time) {
	switch since := now.Sub(m.last.at); {
	case since >= 2*window: // nothing came, and nobody asked
		m.last = mark{now.Add(-window), m.n}
		m.older = m.last
	case since >= window:
		m.older, m.last = m.last, mark{now, m.n}
	}
}

// rate is what came a second; none before there was a second.
func (m *meter) rate(now time.Time) metric.Quantity {
	m.turn(now)
	took := now.Sub(m.older.at)
	if took < time.Second {
		return metric.Quantity{}
	}
	return metric.Of(float64(m.n-m.older.n) / took.Seconds())
}
