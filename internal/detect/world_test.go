package detect_test

import (
	"context"
	"testing"
	"time"

	"kvbench/internal/detect"
	"kvbench/kv"
)

// world tells a detector calls; each takes a second unless it says otherwise.
type world struct {
	*detect.Detector
	at      time.Duration
	counted map[detect.Kind]int
}

func newWorld(o detect.Options) *world {
	w := &world{counted: map[detect.Kind]int{}}
	o.Epoch = time.Unix(1_800_000_000, 0)
	o.Report = func(o detect.Occurrence) { w.counted[o.Kind]++ }
	w.Detector = detect.New(o)
	return w
}

const second = time.Second

// site is where the n-th kind of call of a script stands.
func site(line int) detect.Site { return detect.Site{File: "src/index.ts", Line: line, Column: 5} }

// call makes a call of an invocation at a line.
func (w *world) call(in uint64, line int, c detect.Call) {
	w.ended(w.sent(in, line, c), nil)
}

// sent begins a call, and ended ends it a second later.
func (w *world) sent(in uint64, line int, c detect.Call) *detect.Call {
	w.at += second
	c.Invocation, c.Site, c.Start = in, site(line), w.at
	if c.Op == detect.Put || c.Op == detect.Delete {
		c.Write = w.Began(&c)
	}
	return &c
}

func (w *world) ended(c *detect.Call, err error) {
	w.at += second
	c.End, c.Err = w.at, err
	w.Called(c)
}

func (w *world) over(in uint64) {
	w.at += second
	w.Ended(in, w.at, false)
}

// get is a get that found a value; empty is nothing.
func get(key, value string) detect.Call {
	return detect.Call{Op: detect.Get, Keys: []string{key}, Entries: []kv.Entry{{Found: value != "", Value: []byte(value)}}}
}

func put(key, value string) detect.Call {
	return detect.Call{Op: detect.Put, Keys: []string{key}, Value: []byte(value)}
}

func del(key string) detect.Call { return detect.Call{Op: detect.Delete, Keys: []string{key}} }

func list(limit int, cursor, next string, names ...string) detect.Call {
	p := &kv.Page{Cursor: next, Complete: next == ""}
	for _, name := range names {
		p.Keys = append(p.Keys, kv.Key{Name: name})
	}
	return detect.Call{Op: detect.List, List: kv.ListOptions{Limit: limit, Cursor: cursor}, Page: p}
}

func with(c detect.Call, change func(*detect.Call)) detect.Call {
	change(&c)
	return c
}

// Each kind planted in calls is found at its line, and without it nothing of that kind is.
func TestKinds(t *testing.T) {
	expiring := with(put("k", "v1"), func(c *detect.Call) { c.Put.TTL = time.Hour })
	tagged := with(put("k", "v1"), func(c *detect.Call) { c.Put.Metadata = []byte(`{"a":1}`) })
	for _, test := range []struct {
		kind      detect.Kind
		line      int
		size      int64
		bad, good func(w *world)
		other     int // the other line
	}{
		{kind: detect.ClobberedWrite, line: 14, other: 4, size: int64(3 * second), bad: func(w *world) {
			w.call(detect.Outside, 0, put("k", "v1"))
			w.call(1, 3, get("k", "v1"))
			w.call(2, 13, get("k", "v1"))
			w.call(1, 4, put("k", "v2"))
			w.over(1)
			w.call(2, 14, put("k", "v3"))
			w.over(2)
		}, good: func(w *world) {
			w.call(detect.Outside, 0, put("k", "v1"))
			w.call(1, 3, get("k", "v1"))
			w.call(1, 4, put("k", "v2"))
			w.over(1)
			w.call(2, 13, get("k", "v2"))
			w.call(2, 14, put("k", "v3"))
			w.call(2, 15, put("k", "v4")) // over its own
			w.over(2)
			w.call(3, 16, put("k", "v5")) // has read nothing
			w.over(3)
		}},
		{kind: detect.UndoneDelete, line: 14, other: 4, size: int64(3 * second), bad: func(w *world) {
			w.call(detect.Outside, 0, put("k", "v1"))
			w.call(2, 13, get("k", "v1"))
			w.call(1, 4, del("k"))
			w.over(1)
			w.call(2, 14, put("k", "v3"))
			w.over(2)
		}, good: func(w *world) {
			w.call(detect.Outside, 0, put("k", "v1"))
			w.call(1, 4, del("k"))
			w.over(1)
			w.call(2, 13, get("k", ""))
			w.call(2, 14, put("k", "v3"))
			w.over(2)
		}},
		{kind: detect.DuplicateFill, line: 14, other: 4, size: int64(2 * second), bad: func(w *world) {
			w.call(1, 3, get("k", ""))
			w.call(2, 13, get("k", ""))
			w.call(1, 4, put("k", "v"))
			w.call(2, 14, put("k", "w"))
			w.over(1)
			w.over(2)
		}, good: func(w *world) {
			w.call(1, 3, get("k", ""))
			w.call(1, 4, put("k", "v"))
			w.call(2, 13, get("k", "v"))
			w.over(1)
			w.over(2)
			w.call(3, 13, get("l", ""))
			w.call(4, 13, get("l", ""))
			w.call(3, 14, put("l", "v"))
			w.call(4, 14, put("l", "v")) // the same again
			w.over(3)
			w.over(4)
		}},
		{kind: detect.UnawaitedWrite, line: 4, size: int64(second), bad: func(w *world) {
			c := w.sent(1, 4, put("k", "v"))
			w.over(1)
			c.Late = true
			w.ended(c, context.Canceled)
		}, good: func(w *world) {
			w.call(1, 4, put("k", "v"))
			w.over(1)
		}},
		{kind: detect.ExpiryDropped, line: 4, other: 1, size: int64(time.Hour - 3*second), bad: func(w *world) {
			w.call(3, 1, expiring)
			w.call(1, 4, put("k", "v2"))
			w.over(1)
			w.over(3)
		}, good: func(w *world) {
			w.call(3, 1, expiring)
			w.call(1, 4, with(put("k", "v2"), func(c *detect.Call) { c.Put.TTL = time.Hour }))
			w.at += time.Hour + second
			w.call(1, 5, put("k", "v2")) // it has expired
			w.over(1)
			w.over(3)
		}},
		{kind: detect.MetadataDropped, line: 4, other: 1, size: 7, bad: func(w *world) {
			w.call(3, 1, tagged)
			w.call(1, 4, put("k", "v2"))
			w.over(1)
			w.over(3)
		}, good: func(w *world) {
			w.call(3, 1, tagged)
			w.call(1, 3, del("k"))
			w.call(1, 4, put("k", "v2"))
			w.over(1)
			w.over(3)
		}},
		{kind: detect.ListTruncated, line: 4, size: 3, bad: func(w *world) {
			w.call(1, 4, list(0, "", "c1", "a", "b"))
			w.call(1, 4, list(0, "c1", "c2", "c"))
			w.over(1)
		}, good: func(w *world) {
			w.call(1, 4, list(0, "", "c1", "a", "b"))
			w.call(1, 4, list(0, "c1", "", "c"))
			w.over(1)
			w.call(2, 4, list(2, "", "c1", "a", "b")) // two were asked for
			w.over(2)
			w.call(3, 4, list(0, "c1", "c2", "c")) // the client has the cursor
			w.over(3)
		}},
		{kind: detect.WriteThrottled, line: 4, size: int64(second), bad: func(w *world) {
			w.ended(w.sent(1, 4, put("k", "v")), &kv.Error{Status: 429})
			w.over(1)
		}, good: func(w *world) {
			w.ended(w.sent(1, 4, put("k", "v")), &kv.Error{Status: 500})
			w.ended(w.sent(1, 4, get("k", "")), &kv.Error{Status: 429})
			w.over(1)
		}},
		{kind: detect.OperationsLimit, line: 4, size: 2, bad: func(w *world) {
			w.ended(w.sent(1, 4, get("k", "")), kv.ErrInvocationLimit)
			w.ended(w.sent(1, 4, get("l", "")), kv.ErrInvocationLimit)
			w.over(1)
		}, good: func(w *world) {
			w.call(1, 4, get("k", ""))
			w.over(1)
		}},
		{kind: detect.TTLBelowMinimum, line: 4, size: int64(30 * second), bad: func(w *world) {
			w.call(1, 4, with(put("k", "v"), func(c *detect.Call) { c.Put.TTL = 30 * second }))
			w.over(1)
		}, good: func(w *world) {
			w.call(1, 4, with(put("k", "v"), func(c *detect.Call) { c.Put.TTL = 60 * second }))
			w.call(1, 5, with(get("k", "v"), func(c *detect.Call) { c.Get.CacheTTL = 30 * second }))
			w.over(1)
		}},
		{kind: detect.StaleGet, line: 9, size: int64(second), bad: func(w *world) {
			w.call(1, 4, put("k", "v1"))
			w.call(1, 5, put("k", "v2"))
			w.call(2, 9, get("k", "v1"))
			w.over(1)
			w.over(2)
		}, good: func(w *world) {
			w.call(1, 4, put("k", "v1"))
			w.call(1, 5, put("k", "v2"))
			w.call(1, 6, put("k", "v1")) // the same again
			w.call(2, 9, get("k", "v1"))
			w.call(2, 10, get("l", "what nobody wrote"))
			w.over(1)
			w.over(2)
		}},
		{kind: detect.MissedKey, line: 9, size: int64(second), bad: func(w *world) {
			w.call(1, 4, put("k", "v1"))
			w.call(2, 9, get("k", ""))
			w.over(1)
			w.over(2)
		}, good: func(w *world) {
			w.call(1, 4, put("k", "v1"))
			c := w.sent(1, 5, del("k"))
			w.call(2, 9, get("k", "")) // it may be gone
			w.ended(c, nil)
			w.call(2, 10, get("l", ""))
			w.over(1)
			w.over(2)
		}},
		{kind: detect.DeletedGet, line: 9, size: int64(second), bad: func(w *world) {
			w.call(1, 4, put("k", "v1"))
			w.call(1, 5, del("k"))
			w.call(2, 9, get("k", "v1"))
			w.over(1)
			w.over(2)
		}, good: func(w *world) {
			w.call(1, 4, put("k", "v1"))
			w.call(1, 5, del("k"))
			w.call(2, 9, get("k", ""))
			w.over(1)
			w.over(2)
		}},
		{kind: detect.GhostName, line: 9, size: int64(second), bad: func(w *world) {
			w.call(1, 4, put("b", "v1"))
			w.call(1, 5, del("b"))
			w.call(2, 9, list(0, "", "", "a", "b", "c"))
			w.over(1)
			w.over(2)
		}, good: func(w *world) {
			w.call(1, 4, put("b", "v1"))
			w.call(2, 9, list(0, "", "", "a", "b", "c"))
			w.over(1)
			w.over(2)
		}},
		{kind: detect.MissingName, line: 9, size: int64(second), bad: func(w *world) {
			w.call(1, 4, put("b", "v1"))
			w.call(2, 9, list(0, "", "", "a", "c"))
			w.over(1)
			w.over(2)
		}, good: func(w *world) {
			w.call(1, 4, put("b", "v1"))
			w.call(2, 9, with(list(0, "", "", "ac"), func(c *detect.Call) { c.List.Prefix = "a" }))
			w.call(2, 10, list(1, "", "n", "a"))
			w.call(2, 11, list(1, "x", "n", "c"))
			w.over(1)
			w.over(2)
		}},
		{kind: detect.RepeatedGet, line: 5, size: int64(second), bad: func(w *world) {
			w.call(1, 4, get("k", "v"))
			w.call(1, 5, get("k", "v"))
			w.over(1)
		}, good: func(w *world) {
			w.call(1, 4, get("k", "v"))
			w.call(1, 6, put("k", "v"))
			w.call(1, 5, get("k", "v"))
			w.over(1)
			w.call(2, 5, get("k", "v"))
			w.over(2)
		}},
		{kind: detect.SequentialGets, line: 5, size: 2, bad: func(w *world) {
			w.call(1, 4, get("k", "v"))
			w.at -= second
			w.call(1, 5, get("l", "v"))
			w.over(1)
		}, good: func(w *world) {
			w.call(1, 4, get("k", "v"))
			w.call(1, 5, get("l", "v")) // it did something else in between
			w.over(1)
			w.call(2, 4, get("session:s", `{"user":"u7"}`))
			w.at -= second
			w.call(2, 5, get("user:u7", "v")) // whose name was in what it read
			w.over(2)
		}},
		{kind: detect.NearLimit, line: 4, size: 97, bad: func(w *world) {
			w.call(1, 4, with(put("k", "v"), func(c *detect.Call) { c.Put.Metadata = make([]byte, 1000) }))
			w.over(1)
		}, good: func(w *world) {
			w.call(1, 4, with(put("k", "v"), func(c *detect.Call) { c.Put.Metadata = make([]byte, 900) }))
			w.over(1)
		}},
	} {
		t.Run(test.kind.String(), func(t *testing.T) {
			bad := newWorld(detect.Options{})
			test.bad(bad)
			bad.Finish()
			found := 0
			for _, f := range bad.Findings() {
				if f.Kind != test.kind {
					continue
				}
				found++
				if f.Site != site(test.line) || f.Count != 1 || f.Most != test.size || f.Least != f.Most || f.Median != f.Most ||
					test.other != 0 && f.Other != site(test.other) || f.Of == 0 || f.Example == nil {
					t.Errorf("found %+v", f)
				}
			}
			if found != 1 || bad.counted[test.kind] != 1 {
				t.Errorf("%d findings, %d reported: %+v", found, bad.counted[test.kind], bad.Findings())
			}
			good := newWorld(detect.Options{})
			test.good(good)
			good.Finish()
			for _, f := range good.Findings() {
				if f.Kind == test.kind {
					t.Errorf("found without cause: %+v", f)
				}
			}
		})
	}
}
