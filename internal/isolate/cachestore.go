package isolate

import (
	"maps"
	"slices"

	"kvbench/internal/webapi"
)

// StoredCache is one of the caches of a location, for whoever answers the Cache API from
// outside of an isolate.
type StoredCache struct {
	caches *Caches
	name   string
}

// openPrefix is what the names of caches.open begin with.
const openPrefix = "open:"

// Default is caches.default.
func (c *Caches) Default() StoredCache { return StoredCache{c, ""} }

// Open is what caches.open gives for a name.
func (c *Caches) Open(name string) StoredCache { return StoredCache{c, openPrefix + name} }

// Match returns the response that is kept for a URL, which is the caller's; nil where there
// is none.
func (s StoredCache) Match(url string) *webapi.Response {
	found := s.caches.match(cacheKey{s.name, url})
	if found == nil {
		return nil
	}
	answer := *found
	answer.Headers = maps.Clone(found.Headers)
	answer.Headers.Set("Cf-Cache-Status", "HIT")
	answer.Body = slices.Clone(found.Body)
	return &answer
}

// Put keeps a response for as long as its headers say. It takes its memory.
func (s StoredCache) Put(url string, r *webapi.Response) {
	now := s.caches.clock.Epoch().Add(s.caches.clock.Now())
	if age := freshness(r.Headers, now); age > 0 {
		s.caches.put(cacheKey{s.name, url}, r, age)
	}
}

// Delete forgets what is kept for a URL, and reports whether there was something.
func (s StoredCache) Delete(url string) bool { return s.caches.delete(cacheKey{s.name, url}) }
