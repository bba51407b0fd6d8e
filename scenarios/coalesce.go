package scenarios

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/ledger"
	"kvbench/internal/load"
	"kvbench/internal/record"
	"kvbench/kv"
)

// The outcomes of coalesce.
const (
	coalesceRead bench.Outcome = iota
	coalesceUpdated
	coalesceCreated
)

// The marks of coalesce.
const (
	coalesceLost = iota
	coalesceTorn
	coalesceRejected
	coalesceAmplification
)

func coalesce() *bench.Pattern {
	return &bench.Pattern{
		Name: "coalesce",
		Doc:  "Keep the fields of an object in one key, or each in a key of its own.",
		Variants: []bench.Variant{
			{Name: "per-field", Doc: "a key per field, read and written one after the other"},
			{Name: "per-field-parallel", Doc: "a key per field, read and written at the same time"},
			{Name: "per-field-bulk", Doc: "a key per field, read with one bulk get, which is billed a read a key, and written one after the other"},
			{Name: "seed", Doc: "one key for the object; an update reads it, changes it and puts it back"},
			{Name: "coalesced-retry", Doc: "as seed, but an update reads the object again after its put, and tries again when it is not there"},
		},
		Outcomes: []string{"read", "updated", "created"},
		Marks: []record.Series{
			{Name: "lost-update", Unit: "ns", Of: "updated", Doc: "an update that was acknowledged and is gone: how long it stood before the next one was acknowledged"},
			{Name: "torn-read", Unit: "ns", Of: "read", Doc: "an answer that mixes fields of two updates: how old the newer one was"},
			{Name: "put-rejected", Unit: "ns", Of: "put", Doc: "a put that KV refused with 429: how long the caller waited to hear so"},
			{Name: "write-amplification", Unit: "percent", Doc: "bytes written by an update for each 100 that it changed"},
		},
		New: newCoalesce,
	}
}

type coalesceKnobs struct {
	Fields       int     `yaml:"fields"`        // of an object, 1 to 8
	Update       float64 `yaml:"update"`        // share of the transactions that update, the others read
	UpdateFields int     `yaml:"update-fields"` // fields that an update changes together
	Absent       float64 `yaml:"absent"`        // share of the objects that do not exist at first
	// Pause is how long coalesced-retry waits before it tries again: KV takes one
	// write a second of a key.
	Pause time.Duration `yaml:"pause"`
}

type coalesceLoad struct {
	coalesceKnobs
	bench.Knobs
	objects, parallel, bulk, retry bool
	chooser                        *load.Chooser
	names                          []string       // by object, or by object and field
	updates                        *ledger.Ledger // likewise
}

func newCoalesce(s bench.Setup) (bench.Workload, error) {
	p := &coalesceLoad{
		coalesceKnobs: coalesceKnobs{Fields: 4, Update: 0.2, UpdateFields: 2, Pause: 1100 * time.Millisecond},
		Knobs:         s.Knobs,
		objects:       s.Variant == "seed" || s.Variant == "coalesced-retry",
		retry:         s.Variant == "coalesced-retry",
		parallel:      s.Variant == "per-field-parallel",
		bulk:          s.Variant == "per-field-bulk",
	}
	if err := s.Decode(&p.coalesceKnobs); err != nil {
		return nil, err
	}
	switch {
	case p.Fields < 1 || p.Fields > 8:
		return nil, fmt.Errorf("fields must be 1 to 8; it is %d", p.Fields)
	case p.UpdateFields < 1 || p.UpdateFields > p.Fields:
		return nil, fmt.Errorf("update-fields must be 1 to fields, which is %d; it is %d", p.Fields, p.UpdateFields)
	}
	if err := checkShare("update", p.Update); err != nil {
		return nil, err
	}
	return p, checkShare("absent", p.Absent)
}

// keysPer is how many keys an object has.
func (p *coalesceLoad) keysPer() int {
	if p.objects {
		return 1
	}
	return p.Fields
}

// keys are the names of an object's keys.
func (p *coalesceLoad) keys(object int) []string {
	n := p.keysPer()
	return p.names[object*n : (object+1)*n]
}

// fieldSize is the size of one field of an object in bytes.
func (p *coalesceLoad) fieldSize(object int) int { return max(p.Size.Of(object)/p.Fields, 1) }

// exists reports whether an object is there before the first update.
func (p *coalesceLoad) exists(object int) bool {
	return float64(load.Mix(uint64(object))>>11)/(1<<53) >= p.Absent
}

func (p *coalesceLoad) Seed(ctx context.Context, w *bench.Worker) error {
	p.chooser = p.Popularity.Chooser(p.Keys)
	fields := [...]string{"name", "email", "role", "locale", "theme", "plan", "avatar", "bio"}
	var pairs []kv.Pair
	for o := range p.Keys {
		for f := range p.keysPer() {
			name, size := fmt.Sprintf("user:%06d:profile", o), p.Size.Of(o)
			if !p.objects {
				name, size = fmt.Sprintf("user:%06d:%s", o, fields[f]), p.fieldSize(o)
			}
			p.names = append(p.names, name)
			if p.exists(o) {
				pairs = append(pairs, kv.Pair{Key: name, Value: appendDoc(nil, stamp{}, size)})
			}
		}
	}
	p.updates = ledger.New(len(p.names))
	return fill(ctx, w, len(pairs), func(i int) kv.Pair { return pairs[i] })
}

func (p *coalesceLoad) Do(ctx context.Context, w *bench.Worker, i uint64) (bench.Outcome, error) {
	object := p.chooser.Key(w.Rand)
	if w.Rand.Float64() >= p.Update {
		return coalesceRead, p.read(ctx, w, object)
	}
	version := (i + 1) * tries // leaves a number for each try
	if p.objects {
		return p.modify(ctx, w, object, version)
	}
	return p.overwrite(ctx, w, object, version)
}

// read reads the whole object.
func (p *coalesceLoad) read(ctx context.Context, w *bench.Worker, object int) error {
	keys := p.keys(object)
	var stamps [8]stamp
	var err error
	switch {
	case p.bulk:
		for len(w.Entries) < len(keys) {
			w.Entries = append(w.Entries, kv.Entry{})
		}
		if err = w.BulkGet(ctx, keys, kv.GetOptions{}, w.Entries[:len(keys)]); err != nil {
			return err
		}
		for f := range keys {
			if e := &w.Entries[f]; e.Found && err == nil {
				stamps[f], err = readStamp(e.Value)
			}
		}
	case p.parallel:
		var got [8]stamp
		err = w.Parallel(len(keys), func(w *bench.Worker, f int) (err error) {
			got[f], _, err = getStamp(ctx, w, keys[f])
			return err
		})
		stamps = got
	default:
		for f := 0; f < len(keys) && err == nil; f++ {
			stamps[f], _, err = getStamp(ctx, w, keys[f])
		}
	}
	if err == nil {
		p.checkTorn(w, stamps[:len(keys)])
	}
	return err
}

// getStamp reads the stamp of a key's value, the zero stamp where there is none.
func getStamp(ctx context.Context, w *bench.Worker, key string) (s stamp, found bool, err error) {
	switch err = w.Get(ctx, key, kv.GetOptions{}, &w.Entry); err {
	case nil:
		s, err = readStamp(w.Entry.Value)
		return s, true, err
	case kv.ErrNotFound:
		return s, false, nil
	}
	return s, false, err
}

// checkTorn marks an answer in which fields that are always written together
// are of different updates.
func (p *coalesceLoad) checkTorn(w *bench.Worker, stamps []stamp) {
	torn, newest := false, time.Duration(0)
	for f, s := range stamps {
		if first := stamps[f-f%p.UpdateFields]; s.version != first.version {
			torn = true
			newest = max(newest, s.written, first.written)
		}
	}
	if torn {
		w.See(coalesceTorn, int64(max(0, w.Start()-newest)))
	}
}

// tries is how often coalesced-retry tries an update.
const tries = 4

// modify is the read-modify-write of the coalesced object.
func (p *coalesceLoad) modify(ctx context.Context, w *bench.Worker, object int, version uint64) (bench.Outcome, error) {
	outcome, written := coalesceUpdated, 0
	defer func() {
		w.See(coalesceAmplification, int64(100*written/(p.fieldSize(object)*p.UpdateFields)))
	}()
	for try := range uint64(tries) {
		read, found, err := getStamp(ctx, w, p.names[object])
		if err != nil {
			return outcome, err
		}
		if !found {
			outcome = coalesceCreated
		}
		s := stamp{version: version + try, base: read.version, written: w.Now()}
		update := ledger.Update{Version: s.version, Base: s.base, Start: w.Start()}
		err = p.put(ctx, w, object, s, p.Size.Of(object), &update)
		written += len(w.Buf)
		if err == nil && p.retry {
			read, _, err = getStamp(ctx, w, p.names[object])
		}
		// What is built on this update holds it too.
		stands := !p.retry || read.version == s.version || read.base == s.version
		if !stands { // so the caller is told nothing yet
			update.Acked = ledger.Never
		}
		p.updates.Note(object, update)
		if err != nil || stands {
			return outcome, err
		}
		if err := w.Sleep(ctx, p.Pause); err != nil {
			return outcome, err
		}
	}
	return outcome, errContended
}

var errContended = errors.New("the update was overwritten each time it was tried")

// overwrite puts the fields that an update changes, each in its own key.
func (p *coalesceLoad) overwrite(ctx context.Context, w *bench.Worker, object int, version uint64) (bench.Outcome, error) {
	first := w.Rand.IntN((p.Fields+p.UpdateFields-1)/p.UpdateFields) * p.UpdateFields
	n := min(p.UpdateFields, p.Fields-first)
	outcome := coalesceUpdated
	if number := object*p.Fields + first; !p.exists(object) && !p.updates.Known(number) {
		outcome = coalesceCreated
	}
	put := func(w *bench.Worker, f int) error {
		number := object*p.Fields + first + f
		update := ledger.Update{Version: version, Base: ledger.Blind, Start: w.Start()}
		err := p.put(ctx, w, number, stamp{version: version, written: w.Now()}, p.fieldSize(object), &update)
		p.updates.Note(number, update)
		return err
	}
	w.See(coalesceAmplification, 100)
	if p.parallel {
		return outcome, w.Parallel(n, put)
	}
	for f := range n {
		if err := put(w, f); err != nil {
			return outcome, err
		}
	}
	return outcome, nil
}

// put writes one key, and when that was acknowledged.
func (p *coalesceLoad) put(ctx context.Context, w *bench.Worker, number int, s stamp, size int, u *ledger.Update) error {
	asked := w.Now()
	w.Buf = appendDoc(w.Buf[:0], s, size)
	err := w.Put(ctx, p.names[number], w.Buf, kv.PutOptions{})
	u.Acked = w.Now()
	if kv.HasStatus(err, http.StatusTooManyRequests) {
		w.See(coalesceRejected, int64(w.Now()-asked))
	}
	if err != nil {
		u.Acked = ledger.Never
	}
	return err
}

// Verify reads every key back and marks the updates that are gone. An update of
// several keys counts once.
func (p *coalesceLoad) Verify(ctx context.Context, w *bench.Worker) error {
	const tasks = 32
	return w.Parallel(tasks, func(w *bench.Worker, task int) error {
		for o := task; o < p.Keys; o += tasks {
			lost := map[uint64]time.Duration{}
			for f, key := range p.keys(o) {
				number := o*p.keysPer() + f
				if !p.updates.Known(number) {
					continue
				}
				s, _, err := getStamp(ctx, w, key)
				if err != nil {
					return err
				}
				for _, l := range p.updates.Lost(number, s.version) {
					if _, seen := lost[l.Version]; !seen {
						lost[l.Version] = l.Stood
						w.See(coalesceLost, int64(l.Stood))
					}
				}
			}
		}
		return nil
	})
}
