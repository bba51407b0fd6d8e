package isolate

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"kvbench/internal/clock"
	"kvbench/internal/webapi"
)

// handClock stands where it is put.
type handClock struct {
	clock.Clock // none: it is only asked what time it is
	now         time.Duration
}

func (c *handClock) Now() time.Duration { return c.now }

func TestCachesForget(t *testing.T) {
	response := func() *webapi.Response { return &webapi.Response{Status: http.StatusOK, Body: make([]byte, 100)} }
	key := func(n int) cacheKey { return cacheKey{url: fmt.Sprintf("https://example.com/%d", n)} }
	for name, each := range map[string]func(c *Caches, hand *handClock, n int){
		"what is over": func(c *Caches, hand *handClock, n int) {
			c.put(key(n), response(), time.Second)
			hand.now += time.Second
		},
		"what is deleted": func(c *Caches, _ *handClock, n int) {
			c.put(key(n), response(), time.Hour)
			c.delete(key(n))
		},
		"what is put again": func(c *Caches, _ *handClock, _ int) { c.put(key(0), response(), time.Hour) },
		"what is found to be over": func(c *Caches, hand *handClock, n int) {
			c.put(key(n), response(), time.Second)
			hand.now += 2 * time.Second
			c.match(key(n))
		},
	} {
		hand := &handClock{}
		c := NewCaches(hand)
		for n := range 1000 {
			each(c, hand, n)
		}
		if len(c.kept) > 2 || len(c.order) > 2 {
			t.Errorf("%s: there are %d, in %d places", name, len(c.kept), len(c.order))
		}
		for len(c.order) > 0 {
			c.forgetOldest()
		}
		if c.bytes != 0 || len(c.kept) != 0 {
			t.Errorf("%s: of nothing there are %d bytes, and %d", name, c.bytes, len(c.kept))
		}
	}
	// Behind one that lasts, deleted ones take room of their own.
	hand := &handClock{}
	c := NewCaches(hand)
	for n := range 400_000 {
		c.put(key(n), response(), time.Hour)
		if n > 0 {
			c.delete(key(n))
		}
	}
	if c.bytes > CacheBytes || len(c.kept) > CacheBytes/placeBytes {
		t.Errorf("there are %d bytes, and %d entries", c.bytes, len(c.kept))
	}
}
