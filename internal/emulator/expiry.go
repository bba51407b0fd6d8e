package emulator

import (
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"time"

	"kvbench/kv"
)

// The latest ends of a key that are taken. Cloudflare publishes none: these are the
// last second of the year 9999, and the longest time.Duration, 292 years.
const (
	maxExpiration = 253_402_300_799
	maxTTL        = int64(math.MaxInt64 / time.Second)
)

// lifetime is when a key ends, by the numbers that a request gives as text, empty
// where it gives none. All that is written comes through here; how near the end may
// be is the store's to say.
func lifetime(expiration, ttl string) (o kv.PutOptions, err error) {
	seconds, err := whole("expiration_ttl", codeTTL, ttl, maxTTL)
	if err != nil {
		return o, err
	}
	o.TTL = time.Duration(seconds) * time.Second
	o.Expiration, err = whole("expiration", codeExpiration, expiration, maxExpiration)
	return o, err
}

// whole is a number of seconds from 1 to most; 0 where there is no text.
func whole(name string, code int, text string, most int64) (int64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil && json.Valid([]byte(text)) { // such as 6e1, or more digits than an int64 has
		if f, bad := strconv.ParseFloat(text, 64); (bad == nil || f > 0) && f == math.Trunc(f) {
			n, err = int64(min(f, 1<<62)), nil
		}
	}
	switch {
	case err != nil || n <= 0:
		return 0, refuse(http.StatusBadRequest, code, "Invalid %s of %.40s. Please specify integer greater than 0.", name, text)
	case n > most: // our words
		return 0, refuse(http.StatusBadRequest, code, "Invalid %s of %.40s. It must be at most %d.", name, text, most)
	}
	return n, nil
}
