// Package drivers opens a store by its URL. Every driver has a folder of its
// own and one line in Table.
package drivers

import (
	"errors"
	"fmt"
	"net/url"

	"kvbench/drivers/cloudflare"
	"kvbench/drivers/embedded"
	"kvbench/drivers/fault"
	"kvbench/drivers/null"
	"kvbench/drivers/option"
	"kvbench/drivers/redis"
	"kvbench/drivers/rest"
	"kvbench/internal/clock"
	"kvbench/kv"
)

// Env is what a driver takes from the run that opens a store.
type Env = kv.Env

// Driver opens stores of one kind.
type Driver = kv.Driver

// Table lists every driver of kvbench, in the order in which they are shown.
func Table() []Driver {
	return []Driver{
		{
			Scheme: "embedded", Doc: embedded.Doc, Example: embedded.Example,
			Open: func(u *url.URL, env Env) (kv.Store, error) { return embedded.Open(u, env.Clock, env.Seed, env.Prices) },
		},
		{
			Scheme: "cloudflare", Doc: cloudflare.Doc, Example: cloudflare.Example,
			Open: func(u *url.URL, env Env) (kv.Store, error) { return cloudflare.Open(u, env.Clock, env.Prices) },
		},
		{
			Scheme: "rest", Doc: rest.Doc, Example: rest.Example,
			Open: func(u *url.URL, env Env) (kv.Store, error) { return rest.Open(u, env.Clock, env.Prices) },
		},
		{Scheme: "redis", Doc: redis.Doc, Example: redis.Example, Open: redis.Open},
		{Scheme: "rediss", Doc: redis.TLSDoc, Example: redis.TLSExample, Open: redis.Open},
		{Scheme: "null", Doc: null.Doc, Example: null.Example, Open: null.Open},
	}
}

// Open opens the store that a URL names by one of kvbench's own drivers. See OpenWith.
func Open(rawURL string, env Env) (kv.Store, error) { return OpenWith(Table(), rawURL, env) }

// OpenWith opens the store that a URL names by one of the drivers of a table, with the
// faults that its options named fault... ask for (fault.FromURL), and the prices that
// it gives (option.PricesFromURL). The clock is the wall's where env has none.
// No error of it shows a password.
func OpenWith(table []Driver, rawURL string, env Env) (kv.Store, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		if inner := new(url.Error); errors.As(err, &inner) {
			err = inner.Err // without the URL, which may hold a secret
		}
		return nil, fmt.Errorf("driver URL: %w", err)
	}
	if env.Clock == nil {
		env.Clock = clock.NewWall()
	}
	schemes := make([]string, len(table))
	for i, d := range table {
		schemes[i] = d.Scheme
	}
	if u.Scheme == "" && len(table) > 0 {
		return nil, fmt.Errorf("driver URL %q has no scheme: want one of %v, such as %s",
			u.Redacted(), schemes, table[0].Example)
	}
	i, err := option.OneOf("driver", u.Scheme, schemes)
	if err != nil {
		return nil, err
	}
	u, profile, err := fault.FromURL(u)
	if err != nil {
		return nil, err
	}
	u, prices, err := option.PricesFromURL(u)
	if err != nil {
		return nil, err
	}
	env.Prices = prices
	store, err := table[i].Open(u, env)
	switch {
	case err != nil:
		return nil, fmt.Errorf("driver %s: %w", u.Scheme, err)
	case profile.Name != "":
		return fault.Wrap(store, profile, env.Clock, env.Seed), nil
	}
	return store, nil
}
