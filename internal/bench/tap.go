package bench

import (
	"time"

	"kvbench/internal/detect"
	"kvbench/kv"
)

// told is what a worker tells a detect.Watcher with: its memory is used again.
type told struct {
	call detect.Call
	key  [1]string
	one  [1]kv.Entry

	queued bool // the last call waited for a connection
}

// tell fills in what the watcher is told of every call.
func (w *Worker) tell(op detect.Op, start time.Duration) *detect.Call {
	c := &w.told.call
	*c = detect.Call{
		Invocation: detect.Outside, Isolate: w.isolate, Location: w.Location(), Namespace: w.Namespace, Site: w.Site,
		Op: op, Start: start, Queued: w.told.queued,
	}
	if w.metered {
		c.Invocation, c.Due, c.WarmUp = w.invocation.number, w.tx.Due, w.tx.Due < w.run.measureFrom
	}
	return c
}

// tellKey is tell of a call of one key.
func (w *Worker) tellKey(op detect.Op, start time.Duration, key string) *detect.Call {
	c := w.tell(op, start)
	w.told.key[0] = key
	c.Keys = w.told.key[:]
	return c
}

// ended tells the watcher how a call ended.
func (w *Worker) ended(c *detect.Call, err error) {
	c.End, c.Err = w.Now(), err
	c.Late = w.invocation.over.Load()
	w.run.Calls.Called(c)
	*c = detect.Call{}
	w.told.one[0] = kv.Entry{}
}

// unsent tells the watcher of a call that was refused before it reached the store.
func (w *Worker) unsent(op detect.Op, key string, err error) {
	if w.run.Calls == nil {
		return
	}
	c := w.tell(op, w.Now())
	if key != "" {
		c = w.tellKey(op, c.Start, key)
		w.told.one[0] = kv.Entry{}
		c.Entries = w.told.one[:]
	}
	w.ended(c, err)
}

// began tells the watcher that a write is sent.
func (w *Worker) began(c *detect.Call) *detect.Call {
	c.Write = w.run.Calls.Began(c)
	return c
}

// tellPairs tells the watcher of a bulk put, as puts of their own: there is no such
// operation in a Worker, and a scenario fills its store with it.
func (w *Worker) tellPairs(start time.Duration, pairs []kv.Pair, err error) {
	for i := range pairs {
		p := &pairs[i]
		c := w.tellKey(detect.Put, start, p.Key)
		c.Value, c.Put = p.Value, p.Options
		w.ended(w.began(c), err)
	}
}

// Over says that the invocation is over, though tasks that it left to run are not: the
// watcher is told that it has ended, and of what they still call that it is late. Without it
// that is so when the transaction and all its tasks of Later have ended. Call it before the
// context of those tasks is cancelled.
func (w *Worker) Over() {
	if w.run.Calls != nil && w.metered && w.invocation.over.CompareAndSwap(false, true) {
		w.run.Calls.Ended(w.invocation.number, w.Now(), w.tx.Due < w.run.measureFrom)
	}
}

// leave says that one task of the invocation has ended; it is over after the last.
func (w *Worker) leave() {
	if w.run.Calls != nil && w.invocation.tasks.Add(-1) == 0 {
		w.Over()
	}
}
