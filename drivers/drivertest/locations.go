package drivertest

import (
	"time"

	"kvbench/kv"
)

func locationRows() []Row {
	const page = "developers.cloudflare.com/kv/concepts/how-kv-works"
	several := needs(func(t kv.Capabilities) bool { return t.Locations > 1 }, "it has one location")
	caching := needs(func(t kv.Capabilities) bool { return t.Locations > 1 && t.EdgeCache },
		"it has one location, or its locations do not cache")
	settled := func(t kv.Capabilities) time.Duration { return t.Staleness }
	// held is a cacheTtl that ends after every write has propagated.
	held := func(t kv.Capabilities) time.Duration { return t.Staleness + 5*time.Minute }
	return []Row{
		{
			Name: "own-writes", Rule: "a write is seen at once where it was made, whatever was cached there", Why: page,
			Needs: several, check: func(x *exam) {
				y := x.at(1)
				y.absent("a")
				y.put("a", "1", kv.PutOptions{})
				y.reads("a", "1")
				y.put("a", "2", kv.PutOptions{})
				y.reads("a", "2")
				y.remove("a")
				y.absent("a")
			},
		},
		{
			Name: "seen-elsewhere", Rule: "a write is seen everywhere when the declared staleness has passed", Why: page,
			Needs: several, Waits: settled, check: func(x *exam) {
				x.put("a", "1", kv.PutOptions{})
				x.put("b", "1", kv.PutOptions{})
				x.settle()
				x.remove("b")
				x.settle()
				for n := range x.capabilities.Locations {
					x.at(n).reads("a", "1")
					x.at(n).absent("b")
					x.at(n).lists("", 0, "a")
				}
			},
		},
		{
			Name: "last-write-wins", Rule: "of two writes the later is what every location comes to see", Why: page,
			Needs: several, Waits: settled, check: func(x *exam) {
				x.put("a", "first", kv.PutOptions{})
				x.at(1).put("a", "second", kv.PutOptions{})
				x.settle()
				for n := range x.capabilities.Locations {
					x.at(n).reads("a", "second")
				}
			},
		},
		{
			Name: "absence-cached", Rule: "a location that found a key absent goes on to, until its cacheTtl has passed",
			Why: page, Needs: caching, Waits: held, check: func(x *exam) {
				o := kv.GetOptions{CacheTTL: held(x.capabilities)}
				start := x.clock.Now()
				x.at(1).absentWith("a", o)
				x.put("a", "1", kv.PutOptions{})
				x.settle()
				x.at(1).absentWith("a", o)
				x.sleepUntil(start + o.CacheTTL + time.Minute)
				x.at(1).readsWith("a", "1", o)
			},
		},
		{
			Name: "value-cached", Rule: "a location goes on to serve a value until its cacheTtl has passed",
			Why: page, Needs: caching, Waits: held, check: func(x *exam) {
				o := kv.GetOptions{CacheTTL: held(x.capabilities)}
				x.at(1).put("a", "old", kv.PutOptions{})
				x.settle()
				start := x.clock.Now()
				x.at(1).readsWith("a", "old", o)
				x.put("a", "new", kv.PutOptions{})
				x.settle()
				x.at(1).readsWith("a", "old", o)
				o.Metadata = true // a binding tells it only with these
				if e := x.at(1).get("a", o); !e.Cached {
					x.fatalf("a cached answer is not marked so")
				}
				x.sleepUntil(start + o.CacheTTL + time.Minute)
				x.at(1).readsWith("a", "new", o)
			},
		},
		{
			Name: "cache-ttl-fixed", Rule: "a get with a higher cacheTtl does not lengthen what is cached already", Why: page,
			Needs: caching, Waits: held, check: func(x *exam) {
				o := kv.GetOptions{CacheTTL: held(x.capabilities)}
				start := x.clock.Now()
				x.at(1).absentWith("a", o)
				x.put("a", "1", kv.PutOptions{})
				x.sleepUntil(start + o.CacheTTL + time.Minute)
				x.at(1).readsWith("a", "1", kv.GetOptions{CacheTTL: 10 * o.CacheTTL})
			},
		},
		{
			Name: "cache-ttl-shortens", Rule: "a get with a lower cacheTtl shortens what is cached already", Why: page,
			Needs: caching, Waits: held, check: func(x *exam) {
				long := kv.GetOptions{CacheTTL: 10 * held(x.capabilities)}
				x.put("a", "old", kv.PutOptions{})
				x.settle()
				x.at(1).readsWith("a", "old", long)
				x.put("a", "new", kv.PutOptions{})
				x.sleep(x.capabilities.Staleness + x.capabilities.MinCacheTTL)
				x.at(1).readsWith("a", "old", long)
				x.at(1).readsWith("a", "new", kv.GetOptions{CacheTTL: x.capabilities.MinCacheTTL})
				x.at(1).readsWith("a", "new", long)
			},
		},
		{
			Name: "bulk-get-caches", Rule: "a bulk get uses the location's cache as a get does", Why: page,
			Needs: needs(func(t kv.Capabilities) bool { return t.Locations > 1 && t.EdgeCache && t.BulkGetKeys > 0 },
				"it has one location, or no cache, or no bulk get"),
			Waits: held, check: func(x *exam) {
				o := kv.GetOptions{CacheTTL: held(x.capabilities)}
				es := make([]kv.Entry, 1)
				bulk := x.at(1).store.(kv.BulkGetter)
				x.must(bulk.BulkGet(x.ctx, []string{x.key("a")}, o, es), "bulk get")
				x.put("a", "1", kv.PutOptions{})
				x.settle()
				x.must(bulk.BulkGet(x.ctx, []string{x.key("a")}, o, es), "bulk get")
				if es[0].Found {
					x.fatalf("a bulk get did not use what another had cached")
				}
				x.at(1).absentWith("a", o)
			},
		},
	}
}

// sleepUntil waits for a time of the clock.
func (x *exam) sleepUntil(t time.Duration) { x.sleep(t - x.clock.Now()) }
