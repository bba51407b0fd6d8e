package embedded

import (
	"net/http"
	"time"

	"kvbench/drivers/limits"
	"kvbench/kv"
)

// errTooManyWrites is the answer to a second write of a key within a second.
var errTooManyWrites = &kv.Error{Status: http.StatusTooManyRequests, Message: "Too Many Requests"}

// checkGet returns how long the answer may be served from the cache.
func (s *store) checkGet(key string, o kv.GetOptions) (time.Duration, error) {
	if err := limits.Key(&s.limits, key); err != nil {
		return 0, err
	}
	switch {
	case o.CacheTTL == 0:
		return kv.DefaultCacheTTL, nil
	case o.CacheTTL < kv.MinCacheTTL:
		return 0, limits.Refuse(http.StatusBadRequest, "Invalid cache_ttl of %g. Cache TTL must be at least %g.",
			o.CacheTTL.Seconds(), kv.MinCacheTTL.Seconds())
	}
	return o.CacheTTL, nil
}

// expiration is when a write ends that is made at now; 0 when it does not.
func expiration(o kv.PutOptions, now time.Time) int64 {
	if o.TTL > 0 {
		return kv.ExpiresAt(now, o.TTL)
	}
	return o.Expiration
}
