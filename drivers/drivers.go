// Package drivers opens a store by its URL. Every driver has a folder of its
// own and one line in Table.
package drivers

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"kvbench/drivers/cloudflare"
	"kvbench/drivers/embedded"
	"kvbench/drivers/fault"
	"kvbench/drivers/null"
	"kvbench/drivers/option"
	"kvbench/drivers/redis"
	"kvbench/drivers/rest"
	"kvbench/drivers/worker"
	"kvbench/internal/clock"
	"kvbench/internal/setting"
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
			Scheme: embedded.Scheme, Doc: embedded.Doc, Example: embedded.Example, Options: embedded.Options,
			Open: func(u *url.URL, env Env) (kv.Store, error) { return embedded.Open(u, env.Clock, env.Seed, env.Prices) },
		},
		{
			Scheme: "cloudflare", Doc: cloudflare.Doc, Example: cloudflare.Example, Secrets: []string{rest.TokenVariable}, Options: cloudflare.Options,
			Open: cloudflare.Open,
		},
		{
			Scheme: "rest", Doc: rest.Doc, Example: rest.Example, Secrets: []string{rest.TokenVariable}, Options: rest.Options,
			Open: rest.Open,
		},
		{Scheme: "redis", Doc: redis.Doc, Example: redis.Example, Secrets: []string{redis.PasswordVariable}, Options: redis.Options, Open: redis.Open},
		{Scheme: "rediss", Doc: redis.TLSDoc, Example: redis.TLSExample, Secrets: []string{redis.PasswordVariable}, Options: redis.Options, Open: redis.Open},
		{Scheme: worker.Scheme, Doc: worker.Doc, Example: worker.Example, Secrets: []string{worker.SecretVariable}, Options: worker.Options, Open: worker.Open},
		{Scheme: "null", Doc: null.Doc, Example: null.Example, Options: null.Options, Open: null.Open},
	}
}

// Shared describes the options that every driver has: the prices and those of faults.
func Shared() []setting.Setting {
	return append([]setting.Setting{option.PricesSetting()}, fault.Options()...)
}

// Own describes the options that a driver has beside those of every driver.
func Own(d *Driver) []setting.Setting {
	if d.Options == nil {
		return nil
	}
	return d.Options()
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
		if strings.Contains(err.Error(), "invalid port") { // it may be a password, before an @ that was forgotten
			err = errors.New("what stands behind the colon of the host is no port")
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
	u, unknown := option.TakeUnknown(u, append(setting.Names(Own(&table[i])), setting.Names(Shared())...))
	if unknown != nil {
		unknown = fmt.Errorf("driver %s: %w", u.Scheme, unknown)
	}
	u, profile, err := fault.FromURL(u)
	if err != nil {
		return nil, errors.Join(unknown, err)
	}
	u, prices, err := option.PricesFromURL(u)
	if err != nil {
		return nil, errors.Join(unknown, err)
	}
	env.Prices = prices
	store, err := table[i].Open(u, env)
	if err == nil && store == nil {
		err = errors.New("it opened no store, and says no error")
	}
	if err != nil {
		err = fmt.Errorf("driver %s: %w", u.Scheme, err)
	}
	switch err := errors.Join(unknown, err); {
	case err != nil && store != nil:
		return nil, errors.Join(err, store.Close())
	case err != nil:
		return nil, err
	case profile.Name != "":
		return fault.Wrap(store, profile, env.Clock, env.Seed), nil
	}
	return store, nil
}
