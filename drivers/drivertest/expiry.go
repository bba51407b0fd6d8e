package drivertest

import (
	"net/http"
	"time"

	"kvbench/kv"
)

const expiryPage = "developers.cloudflare.com/kv/api/write-key-value-pairs#expiring-keys"

// slack is left on either side of an end: it counts in whole seconds.
const slack = 2 * time.Second

// margin is how much longer a key lives that a row looks at once more before its end.
const margin = 10 * time.Second

func expiryRows() []Row {
	expiring := needs(func(t kv.Capabilities) bool { return t.MinTTL > 0 }, "no shortest TTL is declared")
	untilExpired := func(t kv.Capabilities) time.Duration { return t.MinTTL + slack + t.Staleness }
	return []Row{
		{
			Name: "ttl", Rule: "a key with a TTL lives that long and no longer", Why: expiryPage,
			Needs: expiring, Waits: untilExpired, check: func(x *exam) {
				end := x.unix() + int64(x.capabilities.MinTTL/time.Second)
				x.put("a", "1", kv.PutOptions{TTL: x.capabilities.MinTTL})
				x.until(end - 2)
				x.reads("a", "1")
				x.until(end + 10) // a write takes time
				x.absent("a")
				x.absent("a")
			},
		},
		{
			Name: "ttl-second", Rule: "a TTL ends on a whole second, that of the put and the TTL: as is listed, and absent from then on",
			Why: "kv.ExpiresAt", Needs: expiring,
			Waits: func(t kv.Capabilities) time.Duration { return t.MinTTL + 2*t.Staleness + margin + slack }, check: checkTTLSecond,
		},
		{
			Name: "expiration", Rule: "a key with an expiration is absent from that second on", Why: expiryPage,
			Needs: expiring, Waits: func(t kv.Capabilities) time.Duration { return t.MinTTL + margin }, check: func(x *exam) {
				end := x.unix() + int64((x.capabilities.MinTTL+margin)/time.Second)
				x.put("a", "1", kv.PutOptions{Expiration: end})
				if e := x.get("a", kv.GetOptions{}); e.Expiration != 0 && e.Expiration != end {
					x.fatalf("expires at %d, want %d", e.Expiration, end)
				}
				x.until(end - 2)
				x.reads("a", "1")
				x.until(end)
				x.absent("a")
			},
		},
		{
			Name: "expired-in-cache", Rule: "an expired key is absent whatever a cache holds", Why: expiryPage,
			Needs: expiring, Waits: untilExpired, check: func(x *exam) {
				x.put("a", "1", kv.PutOptions{TTL: x.capabilities.MinTTL})
				end := x.unix() + int64(x.capabilities.MinTTL/time.Second)
				x.readsWith("a", "1", kv.GetOptions{CacheTTL: time.Hour})
				x.until(end)
				x.absentWith("a", kv.GetOptions{CacheTTL: time.Hour})
			},
		},
		{
			Name: "expired-unlisted", Rule: "an expired key is not listed", Why: expiryPage,
			Needs: expiring, Waits: untilExpired, check: func(x *exam) {
				x.put("a", "1", kv.PutOptions{TTL: x.capabilities.MinTTL})
				x.put("b", "1", kv.PutOptions{})
				x.sleep(x.capabilities.MinTTL)
				x.settle()
				x.lists("", 0, "b")
			},
		},
		{
			Name: "put-clears-ttl", Rule: "a put without a TTL clears an earlier one", Why: expiryPage,
			Needs: expiring, Waits: untilExpired, check: func(x *exam) {
				x.put("a", "1", kv.PutOptions{TTL: x.capabilities.MinTTL})
				x.put("a", "2", kv.PutOptions{})
				x.sleep(x.capabilities.MinTTL + slack)
				x.reads("a", "2")
			},
		},
		{
			Name: "ttl-wins", Rule: "of a TTL and an expiration the TTL wins", Why: expiryPage,
			Needs: expiring, Waits: func(t kv.Capabilities) time.Duration { return t.MinTTL + margin + slack }, check: func(x *exam) {
				end := x.unix() + int64((x.capabilities.MinTTL+margin)/time.Second)
				x.put("a", "1", kv.PutOptions{TTL: x.capabilities.MinTTL, Expiration: x.unix() + 100_000})
				x.put("b", "2", kv.PutOptions{TTL: time.Hour, Expiration: end})
				x.sleep(x.capabilities.MinTTL + slack)
				x.absent("a")
				x.until(end + 2)
				x.reads("b", "2")
			},
		},
		{
			Name: "ttl-minimum", Rule: "a TTL or expiration less than 60 s ahead is 400, and changes nothing", Why: expiryPage,
			Needs: expiring, check: func(x *exam) {
				x.put("a", "1", kv.PutOptions{})
				least := x.capabilities.MinTTL
				for _, o := range []kv.PutOptions{
					{TTL: least - time.Second},
					{TTL: -least},
					{Expiration: x.unix() + int64(least/time.Second) - 2},
					{Expiration: x.unix() - 1},
					{Expiration: -1},
				} {
					o.Metadata = []byte("1")
					x.refused(x.store.Put(x.ctx, x.key("a"), []byte("2"), o), http.StatusBadRequest, "put")
				}
				x.reads("a", "1")
			},
		},
		{
			Name: "cache-ttl-minimum", Rule: "a cacheTtl below 30 s is 400", Why: limitsPage,
			Needs: needs(func(t kv.Capabilities) bool { return t.MinCacheTTL > 0 }, "no shortest cacheTtl is declared"),
			check: func(x *exam) {
				x.put("a", "1", kv.PutOptions{})
				var e kv.Entry
				o := kv.GetOptions{CacheTTL: x.capabilities.MinCacheTTL - time.Second}
				x.refused(x.store.Get(x.ctx, x.key("a"), o, &e), http.StatusBadRequest, "get")
				x.readsWith("a", "1", kv.GetOptions{CacheTTL: x.capabilities.MinCacheTTL})
			},
		},
	}
}

// until waits for a second of Unix time.
func (x *exam) until(unix int64) {
	x.sleep(time.Unix(unix, 0).Sub(x.clock.Epoch().Add(x.clock.Now())))
}

func checkTTLSecond(x *exam) {
	ttl := x.capabilities.MinTTL + x.capabilities.Staleness + margin
	x.pace()
	x.sleep(time.Second - time.Duration(x.time().Nanosecond()) + 600*time.Millisecond) // well past the second
	before := x.time()
	x.must(x.store.Put(x.ctx, x.key("a"), []byte("1"), kv.PutOptions{TTL: ttl}), "put")
	least, most := kv.ExpiresAt(before, ttl), kv.ExpiresAt(x.time(), ttl)
	x.settle()
	listed := x.list("", 0)
	if len(listed) != 1 {
		x.fatalf("listed %d keys, want 1", len(listed))
	}
	end := listed[0].Expiration
	if end < least || end > most {
		x.fatalf("put at %v with a TTL of %v it ends at %d, want %d to %d", before, ttl, end, least, most)
	}
	if e := x.get("a", kv.GetOptions{}); e.Expiration != 0 && e.Expiration != end {
		x.fatalf("it is listed to end at %d, and read to end at %d", end, e.Expiration)
	}
	x.until(end - 2)
	x.reads("a", "1")
	x.until(end)
	x.absent("a")
}
