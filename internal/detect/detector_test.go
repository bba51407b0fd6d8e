package detect_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"kvbench/internal/detect"
	"kvbench/internal/ledger"
	"kvbench/kv"

	"pgregory.net/rapid"
)

// Where each write is an acknowledged read-modify-write of any version that was written by
// then, in any order of acknowledgements, the clobbered writes are the ledger's lost updates.
func TestClobberedIsLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(detect.Options{})
		l := ledger.New(1)
		w.call(detect.Outside, 0, put("k", "v0"))
		type open struct {
			c             *detect.Call
			version, base uint64
		}
		written, last := []uint64{0}, uint64(0)
		var flying []open
		ack := func(i int) {
			o := flying[i]
			flying = append(flying[:i:i], flying[i+1:]...)
			w.ended(o.c, nil)
			w.over(o.version)
			l.Note(0, ledger.Update{Version: o.version, Base: o.base, Start: o.c.Start, Acked: o.c.End})
			written, last = append(written, o.version), o.version
		}
		n := rapid.IntRange(1, 30).Draw(t, "updates")
		for v := uint64(1); v <= uint64(n); v++ {
			base := rapid.SampledFrom(written).Draw(t, "base")
			w.call(v, 1, get("k", fmt.Sprint("v", base)))
			flying = append(flying, open{w.sent(v, 2, put("k", fmt.Sprint("v", v))), v, base})
			for len(flying) > 0 && rapid.Bool().Draw(t, "acked") {
				ack(rapid.IntRange(0, len(flying)-1).Draw(t, "which"))
			}
		}
		for len(flying) > 0 {
			ack(0)
		}
		w.Finish()
		if lost := len(l.Lost(0, last)); w.counted[detect.ClobberedWrite] != lost {
			t.Fatalf("%d clobbered, %d lost", w.counted[detect.ClobberedWrite], lost)
		}
	})
}

// A put over a version goes by the order of acknowledgements, not by that of sending.
func TestOrderOfAcknowledgements(t *testing.T) {
	w := newWorld(detect.Options{})
	w.call(detect.Outside, 0, put("k", "v0"))
	w.call(1, 1, get("k", "v0"))
	w.call(2, 11, get("k", "v0"))
	first := w.sent(1, 2, put("k", "v1"))
	second := w.sent(2, 12, put("k", "v2"))
	w.ended(second, nil)
	w.ended(first, nil)
	w.over(1)
	w.over(2)
	w.Finish()
	if f := w.Findings(); len(f) != 1 || f[0].Site != site(2) || f[0].Other != site(12) {
		t.Errorf("%+v", f)
	}
}

// What was overwritten and then restored by who had read it is not clobbered.
func TestRestored(t *testing.T) {
	w := newWorld(detect.Options{})
	w.call(detect.Outside, 0, put("k", "v0"))
	w.call(1, 1, get("k", "v0"))
	w.call(2, 11, get("k", "v0"))
	w.call(1, 2, put("k", "v1"))
	w.call(3, 21, get("k", "v1"))
	w.call(2, 12, put("k", "v2"))
	w.call(3, 22, put("k", "v3"))
	w.Finish()
	if f := w.Findings(); len(f) != 1 || f[0].Count != 1 || f[0].Site != site(22) || f[0].Other != site(12) {
		t.Errorf("%+v", f)
	}
}

// Suppressed findings are kept apart and not reported, and those of the warm-up are none.
func TestSuppressed(t *testing.T) {
	w := newWorld(detect.Options{Suppressed: func(k detect.Kind, s detect.Site) bool { return k == detect.RepeatedGet && s.Line == 5 }})
	for in := range uint64(2) {
		w.call(in+1, 4, get("k", "v"))
		w.call(in+1, 5+int(in), get("k", "v"))
		w.over(in + 1)
	}
	w.call(3, 7, with(get("k", "v"), func(c *detect.Call) { c.WarmUp = true }))
	w.call(3, 7, with(get("k", "v"), func(c *detect.Call) { c.WarmUp = true }))
	w.Ended(3, w.at, true)
	f := w.Findings()
	if len(f) != 2 || f[0].Suppressed == f[1].Suppressed || f[0].Of != 2 || w.counted[detect.RepeatedGet] != 1 {
		t.Errorf("%+v, %d reported", f, w.counted[detect.RepeatedGet])
	}
}

// What is kept is bounded by the window, however long it runs, and a race is found in it
// all the same.
func TestForgets(t *testing.T) {
	w := newWorld(detect.Options{Window: time.Minute})
	in, races := uint64(0), 100
	for range races {
		for range 50 {
			in += 2
			value := fmt.Sprint("v", in)
			w.call(detect.Outside, 0, put("k", value))
			w.call(in, 1, get("k", value))
			w.call(in+1, 1, get("k", value))
			w.call(in, 2, put("k", value+"a"))
			w.over(in)
			w.over(in + 1)
		}
		w.call(in+1, 1, get("k", fmt.Sprint("v", in)))
		w.call(in+1, 3, put("k", fmt.Sprint("w", in)))
		w.over(in + 1)
	}
	if n := w.Kept(); n > 100 {
		t.Errorf("%d versions are kept", n)
	}
	w.Finish()
	if w.counted[detect.ClobberedWrite] != races {
		t.Errorf("%d of %d races are found", w.counted[detect.ClobberedWrite], races)
	}
}

// It may be told by many tasks at once, as on the wall clock.
func TestAtOnce(t *testing.T) {
	d := detect.New(detect.Options{})
	var wait sync.WaitGroup
	const tasks, each = 8, 200
	for task := range uint64(tasks) {
		wait.Go(func() {
			random := rand.New(rand.NewPCG(1, task))
			for i := range uint64(each) {
				in, at := task*each+i, time.Duration(i)*time.Millisecond
				key := fmt.Sprint("k", random.IntN(5))
				c := get(key, "")
				c.Invocation, c.Start, c.End = in, at, at
				d.Called(&c)
				c = put(key, fmt.Sprint(in))
				c.Invocation, c.Start = in, at
				c.Write = d.Began(&c)
				c.End = at
				d.Called(&c)
				d.Ended(in, at, false)
			}
		})
	}
	wait.Wait()
	d.Finish()
	var n uint64
	for _, f := range d.Findings() {
		if f.Kind == detect.DuplicateFill {
			n += f.Count
		}
	}
	if n == 0 || n > tasks*each {
		t.Errorf("%d duplicate fills", n)
	}
}

// With too many keys it says so.
func TestTooManyKeys(t *testing.T) {
	d := detect.New(detect.Options{})
	d.SetMostKeys(10)
	for i := range 13 {
		d.Called(&detect.Call{Op: detect.Get, Keys: []string{fmt.Sprint(i)}, Entries: []kv.Entry{{}}})
		d.Ended(0, 0, false)
	}
	if notes := d.Notes(); len(notes) != 1 || !strings.Contains(notes[0], "3 calls") {
		t.Error(notes)
	}
}

// On the wall clock a script takes some time between two gets that are one after the other; what
// begins before the other has ended, or long after it, is not.
func TestSequentialGetsOnTheWallClock(t *testing.T) {
	const ms = time.Millisecond
	read := func(start, end time.Duration) [2]time.Duration { return [2]time.Duration{start, end} }
	for _, test := range []struct {
		name  string
		pause time.Duration
		reads [][2]time.Duration // by their end
		want  uint64
	}{
		{"after a moment", 2 * ms, [][2]time.Duration{read(0, 5*ms), read(7*ms, 12*ms)}, 1},
		{"after a tenth", 2 * ms, [][2]time.Duration{read(0, 100*ms), read(110*ms, 112*ms)}, 1},
		{"after a wait", 2 * ms, [][2]time.Duration{read(0, 5*ms), read(8*ms, 12*ms)}, 0},
		{"at once", 2 * ms, [][2]time.Duration{read(0, 5*ms), read(0, 6*ms)}, 0},
		{"two by two", 2 * ms, [][2]time.Duration{read(0, 5*ms), read(0, 6*ms), read(5*ms+1, 11*ms), read(6*ms-1, 12*ms)}, 0},
		{"in virtual time", 0, [][2]time.Duration{read(0, 5*ms), read(5*ms+1, 12*ms)}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(detect.Options{Pause: test.pause})
			for n, at := range test.reads {
				c := get(string(rune('k'+n)), "v")
				c.Invocation, c.Site, c.Start, c.End = 1, site(n+1), at[0], at[1]
				w.Called(&c)
			}
			w.over(1)
			w.Finish()
			if got := uint64(w.counted[detect.SequentialGets]); got != test.want {
				t.Errorf("found %d times: %+v", got, w.Findings())
			}
		})
	}
}
