// Package worker is Workers KV as a Worker sees it: each call is a request to a small Worker
// of ours (deploy/worker.ts), which makes one call of its KV binding.
//
// # Local
//
// worker://local starts workerd, the runtime of Workers, when the first call is made, and
// the embedded store stands behind the bindings, one isolate and one binding for each
// location. The options are those of the embedded store. The path is real, and its time
// part of a call's: HTTP to the Worker, JavaScript, the binding's own protocol and its
// refusals. What stands at its end is the model.
//
// # Deployed
//
// worker://HOST talks to the same Worker, deployed on Cloudflare: docs/worker-driver.md. The
// time to the location of the Worker is part of a call's, too.
//
// # What a call of the store is
//
// Each is one call of the binding, with one exception: a bulk get answers in text, and a
// value that may not be text, since it has U+FFFD in it, is read again by itself, which a
// run's price does not count. A get without metadata does not tell whether a cache answered;
// when a key expires no get tells. There is no bulk put and no bulk delete.
//
// Metadata goes through JavaScript, as an object: it comes back as JSON.stringify writes it.
package worker

import (
	_ "embed"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"kvbench/drivers/embedded"
	"kvbench/internal/clock"
	"kvbench/internal/setting"
	"kvbench/kv"
)

// Scheme names the driver in a URL; Doc says what it is; Example is a URL that it opens.
const (
	Scheme  = "worker"
	Doc     = "Workers KV through the binding of a real Worker: worker://local on workerd, the embedded store behind it; worker://HOST deployed"
	Example = "worker://local?locations=3&profile=edge&propagation=60s&writes=strict"
)

// Local is what the URLs of a store on this machine begin with.
const Local = Scheme + "://" + local

// SecretVariable is the environment's variable that holds the secret of a deployed Worker,
// and the name of the secret of the Worker. It is taken from nowhere else.
const SecretVariable = "KVBENCH_WORKER_SECRET"

// source is the Worker.
//
//go:embed deploy/worker.ts
var source string

// local is the host that stands for a process of this machine.
const local = "local"

// Options describes the options of worker://local, which are the embedded store's;
// worker://HOST has none.
func Options() []setting.Setting { return embedded.Options() }

// Open opens worker://local, or the Worker that a URL names by its host. It makes no call
// and starts nothing.
func Open(u *url.URL, env kv.Env) (kv.Store, error) {
	if u.User != nil { // the URL is not shown: what stands before the @ may be the secret
		return nil, errors.New("a name or password in the URL: it would be written to the run file; set " + SecretVariable + " instead")
	}
	if u.Host == "" || u.Host != local && strings.EqualFold(u.Hostname(), local) || strings.Trim(u.Path, "/") != "" || u.Opaque != "" || u.Fragment != "" {
		return nil, fmt.Errorf("%s: want %s://local, or %s://HOST of a Worker that is deployed", u.Redacted(), Scheme, Scheme)
	}
	if env.Clock == nil || env.Clock.Virtual() {
		env.Clock = clock.NewWall()
	}
	if u.Host == local {
		return openLocal(u, env)
	}
	if u.RawQuery != "" {
		return nil, errors.New("an option: they describe the store behind worker://local; a Worker that is deployed has none")
	}
	return openHost(u.Host, env)
}

// published is how long a write may stay unseen
// (developers.cloudflare.com/kv/concepts/how-kv-works). No bound is.
const published = time.Minute

func openHost(host string, env kv.Env) (kv.Store, error) {
	scheme := "https"
	if name := (&url.URL{Host: host}).Hostname(); name == "localhost" || net.ParseIP(name).IsLoopback() {
		scheme = "http"
	}
	t := kv.Capabilities{
		Billed: true, Locations: 1, Staleness: published, EdgeCache: true,
		MaxKeyBytes: kv.MaxKeyBytes, MaxMetadataBytes: kv.MaxMetadataBytes, MaxValueBytes: kv.MaxValueBytes,
		MinTTL: kv.MinTTL, MinCacheTTL: kv.MinCacheTTL, MaxListKeys: kv.MaxListKeys, BulkGetKeys: kv.MaxBulkGetKeys,
		Sources: []string{
			"a Worker of kvbench's at " + host + ": the time to it and through it is part of a call's",
			"a write may stay unseen for 60 s: published as usual, not as a bound (developers.cloudflare.com/kv/concepts/how-kv-works)",
		},
	}
	var err error
	if t.Prices, err = env.Price(kv.ClassicPrices()); err != nil {
		return nil, err
	}
	c := newClient(scheme, os.Getenv(SecretVariable))
	s := &space{capabilities: t, client: c, close: func() error { return nil }}
	s.at = []*store{{space: s, host: func() (string, error) { return host, nil }}}
	return s.at[0], nil
}
