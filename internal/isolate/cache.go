package isolate

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"kvbench/internal/clock"
	"kvbench/internal/webapi"

	"github.com/dop251/goja"
)

// Caches are the caches of one location, caches.default and those of caches.open, as the
// isolates there share them. What they keep is bounded: the oldest makes room.
type Caches struct {
	clock clock.Clock
	mu    sync.Mutex
	kept  map[cacheKey]*cached
	order []cacheKey // oldest first; a key stands once for each time that it was put
	bytes int
}

// CacheBytes is how much the caches of a location keep.
const CacheBytes = 64 << 20

type cacheKey struct{ cache, url string }

type cached struct {
	response *webapi.Response
	until    time.Duration // on the clock
	puts     int           // entries of order that stand for it
}

// NewCaches returns empty caches that live by a clock.
func NewCaches(c clock.Clock) *Caches {
	return &Caches{clock: c, kept: map[cacheKey]*cached{}}
}

func (c *Caches) match(k cacheKey) *webapi.Response {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.kept[k]
	if e == nil || e.response == nil {
		return nil
	}
	if c.clock.Now() >= e.until {
		c.drop(k, e)
		return nil
	}
	return e.response
}

func (c *Caches) put(k cacheKey, r *webapi.Response, age time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.kept[k]
	if e == nil {
		e = &cached{}
		c.kept[k] = e
		c.bytes += cost(k, nil)
	}
	c.bytes += cost(k, r) - cost(k, e.response)
	e.response, e.until = r, c.clock.Now()+age
	e.puts++
	c.order = append(c.order, k)
	for len(c.order) > 0 && (c.bytes > CacheBytes || len(c.order) > 2*len(c.kept)+16 || c.spent(c.order[0])) {
		c.forgetOldest()
	}
}

// spent reports whether nothing is lost with the oldest put, which is that of k.
func (c *Caches) spent(k cacheKey) bool {
	e := c.kept[k]
	return e.puts > 1 || e.response == nil || c.clock.Now() >= e.until
}

// drop forgets a response; order still has its key.
func (c *Caches) drop(k cacheKey, e *cached) {
	c.bytes += cost(k, nil) - cost(k, e.response)
	e.response = nil
}

// forgetOldest takes the oldest put out, and what it kept where no later one did.
func (c *Caches) forgetOldest() {
	k := c.order[0]
	c.order = c.order[1:]
	e := c.kept[k]
	if e.puts--; e.puts > 0 {
		return
	}
	c.bytes -= cost(k, e.response)
	delete(c.kept, k)
}

func (c *Caches) delete(k cacheKey) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.kept[k]
	if e == nil || e.response == nil {
		return false
	}
	fresh := c.clock.Now() < e.until
	c.drop(k, e)
	return fresh
}

// What an entry takes beside its URL and its body, about: its place, and its response with a
// few headers.
const (
	placeBytes    = 250
	responseBytes = 750
)

// cost is about what an entry takes, in bytes; r is nil where its place alone is left.
func cost(k cacheKey, r *webapi.Response) int {
	n := placeBytes + len(k.cache) + len(k.url)
	if r != nil {
		n += responseBytes + len(r.Body)
	}
	return n
}

// cache is which cache a method is called on.
func (i *Isolate) cache(this goja.Value) string {
	if o, ok := this.(*goja.Object); ok {
		if name, ok := i.cacheNames[o]; ok {
			return name
		}
	}
	i.throwType("Illegal invocation")
	return ""
}

// maxCaches is how many caches a script may open.
const maxCaches = 100

func (i *Isolate) cacheOpen(c goja.FunctionCall) goja.Value {
	return i.promised(func() goja.Value {
		name := openPrefix + c.Argument(0).String()
		for o, known := range i.cacheNames {
			if known == name {
				return i.resolved(o)
			}
		}
		if len(i.cacheNames) > maxCaches {
			panic(i.newError("more than %d caches are not here; the real runtime has no such limit", maxCaches))
		}
		v, err := i.runtime.openCache(goja.Undefined())
		if err != nil {
			i.rethrow(err)
		}
		i.cacheNames[v.(*goja.Object)] = name
		return i.resolved(v)
	})
}

func (i *Isolate) resolved(v goja.Value) goja.Value {
	promise, resolve, _ := i.vm.NewPromise()
	_ = resolve(v)
	return i.vm.ToValue(promise)
}

// cacheRequest reads the first argument of a cache's methods: a Request or its URL.
func (i *Isolate) cacheRequest(c goja.FunctionCall) (k cacheKey, r *webapi.Request) {
	k.cache = i.cache(c.This)
	request, err := i.vm.New(i.vm.Get("Request"), c.Argument(0))
	if err != nil {
		i.rethrow(err)
	}
	r, _, _, err = i.web.ReadRequest(request)
	if err != nil {
		i.rethrow(err)
	}
	k.url = r.URL
	return k, r
}

// ignoresMethod reads the options of match and delete.
func ignoresMethod(v goja.Value) bool {
	o, ok := v.(*goja.Object)
	return ok && o.Get("ignoreMethod") != nil && o.Get("ignoreMethod").ToBoolean()
}

// none is what a host call does that need not wait: it takes its turn on the clock.
func none(context.Context, Task) error { return nil }

func (i *Isolate) cacheMatch(c goja.FunctionCall) goja.Value {
	return i.promised(func() goja.Value {
		k, r := i.cacheRequest(c)
		skip := r.Method != http.MethodGet && !ignoresMethod(c.Argument(1))
		return i.io(none, func() goja.Value {
			if skip {
				return goja.Undefined()
			}
			answer := StoredCache{i.config.Caches, k.cache}.Match(k.url)
			if answer == nil {
				return goja.Undefined()
			}
			v, err := i.web.NewResponse(answer, r.URL)
			if err != nil {
				i.rethrow(err)
			}
			return v
		}, i.refusal("cache"))
	})
}

func (i *Isolate) cacheDelete(c goja.FunctionCall) goja.Value {
	return i.promised(func() goja.Value {
		k, r := i.cacheRequest(c)
		skip := r.Method != http.MethodGet && !ignoresMethod(c.Argument(1))
		return i.io(none, func() goja.Value { return i.vm.ToValue(!skip && i.config.Caches.delete(k)) }, i.refusal("cache"))
	})
}

func (i *Isolate) cachePut(c goja.FunctionCall) goja.Value {
	return i.promised(func() goja.Value {
		k, request := i.cacheRequest(c)
		r, pending, err := i.web.ReadResponse(c.Argument(1))
		switch {
		case err != nil:
			i.throwType("Cache API cannot put what is not a Response.")
		case request.Method != http.MethodGet:
			i.throwType("Cannot cache response to non-GET request.")
		case r.Status == http.StatusPartialContent:
			i.throwType("Cannot cache response to a range request (206 Partial Content).")
		case slices.Contains(fields(r.Headers.Get("Vary")), "*"):
			i.throwType("Cannot cache response with 'Vary: *' header.")
		}
		age := freshness(r.Headers, i.time())
		put := func() goja.Value {
			return i.io(none, func() goja.Value {
				if age > 0 {
					i.config.Caches.put(k, r, age)
				}
				return goja.Undefined()
			}, i.refusal("cache"))
		}
		if pending == nil {
			return put()
		}
		i.locate()
		return i.chain(pending, func(v goja.Value) goja.Value {
			r.Body = i.bytes(v)
			return put()
		})
	})
}

func fields(header string) (names []string) {
	for name := range strings.SplitSeq(header, ",") {
		names = append(names, strings.ToLower(strings.TrimSpace(name)))
	}
	return names
}

// defaultFreshness is how long a response is kept that does not say: two hours for those
// statuses that Cloudflare gives a default
// (developers.cloudflare.com/cache/how-to/configure-cache-status-code).
const defaultFreshness = 2 * time.Hour

// freshness is how long a response may be kept by what its headers say; 0: not at all.
func freshness(h http.Header, now time.Time) time.Duration {
	control := fields(h.Get("Cache-Control"))
	for _, no := range []string{"no-store", "private", "no-cache"} {
		if slices.Contains(control, no) {
			return 0
		}
	}
	if h.Get("Set-Cookie") != "" && !slices.Contains(control, "private=set-cookie") {
		return 0
	}
	for _, name := range []string{"s-maxage=", "max-age="} {
		for _, directive := range control {
			value, ok := strings.CutPrefix(directive, name)
			if !ok {
				continue
			}
			seconds, err := strconv.ParseInt(strings.Trim(value, `"`), 10, 32)
			if err != nil {
				return 0
			}
			return time.Duration(seconds) * time.Second
		}
	}
	if at, err := http.ParseTime(h.Get("Expires")); err == nil {
		return max(at.Sub(now), 0)
	}
	return defaultFreshness
}
