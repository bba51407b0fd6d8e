package scenarios

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/load"
	"kvbench/internal/quantile"
)

// originKnobs set the modelled server that a cache stands before.
type originKnobs struct {
	// Latency of one fetch.
	Latency quantile.Dist `yaml:"latency"`
	// Changes is how long each value lives before the server changes it.
	Changes time.Duration `yaml:"changes"`
	// Falsy is the share of the keys whose value is 0, false or "".
	Falsy float64 `yaml:"falsy"`
}

// defaultOrigin answers as a database-backed API commonly does; an assumption.
func defaultOrigin() originKnobs {
	return originKnobs{
		Latency: quantile.MustParse("p0:40ms,p50:80ms,p99:400ms,p100:1s"),
		Changes: 10 * time.Minute,
	}
}

func (o originKnobs) check() error {
	if o.Changes <= 0 {
		return fmt.Errorf("origin.changes must be above 0, such as 10m; it is %v", o.Changes)
	}
	return checkShare("origin.falsy", o.Falsy)
}

// checkShare refuses a share that is not between 0 and 1.
func checkShare(name string, share float64) error {
	if !(share >= 0 && share <= 1) {
		return fmt.Errorf("%s must be a share between 0 and 1; it is %v", name, share)
	}
	return nil
}

// origin is a modelled server. Each of its values changes once a period, at a
// point of the period that is the key's own, so that which version is current,
// and since when an older one is not, follows from the time alone.
type origin struct {
	originKnobs
	seed     uint64
	size     load.Size
	fetching []atomic.Int32 // by key: fetches in flight
}

func newOrigin(k originKnobs, seed uint64, keys int, size load.Size) *origin {
	return &origin{originKnobs: k, seed: seed, size: size, fetching: make([]atomic.Int32, keys)}
}

// version is the version of a key's value at a time; 1 or more.
func (o *origin) version(key int, at time.Duration) uint64 {
	return uint64((at+o.phase(key))/o.Changes) + 1
}

// staleFor is how long, at a time, a version of a key's value had not been
// current; 0 when it still was.
func (o *origin) staleFor(key int, version uint64, at time.Duration) time.Duration {
	return max(0, at-(time.Duration(version)*o.Changes-o.phase(key)))
}

func (o *origin) phase(key int) time.Duration {
	return time.Duration(load.Mix(o.seed^uint64(key)) % uint64(o.Changes))
}

// falsyValue is the value of a key that is falsy: one of three, or "".
func (o *origin) falsyValue(key int) string {
	h := load.Mix(o.seed ^ load.Mix(uint64(key)))
	if float64(h>>11)/(1<<53) >= o.Falsy {
		return ""
	}
	return strings.Fields(`0 false ""`)[h%3]
}

// fetch asks the server for a key's value. together is how many fetches of the
// same key were in flight, this one included.
func (o *origin) fetch(ctx context.Context, w *bench.Worker, key int) (version uint64, together int, err error) {
	together = int(o.fetching[key].Add(1))
	defer o.fetching[key].Add(-1)
	err = w.Sleep(ctx, o.Latency.Draw(w.Rand.Uint64()))
	return o.version(key, w.Now()), together, err
}

// appendBody appends the body with which the server answers.
func (o *origin) appendBody(buf []byte, key int, s stamp) []byte {
	if v := o.falsyValue(key); v != "" {
		return append(buf, v...)
	}
	return appendDoc(buf, s, o.size.Of(key))
}
