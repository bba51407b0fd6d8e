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
	"kvbench/drivers/option"
	"kvbench/drivers/rest"
	"kvbench/internal/clock"
	"kvbench/internal/setting"
	"kvbench/kv"
)

// Env is what a driver takes from the run that opens it.
type Env struct {
	// Clock is the time the store lives by; the wall clock when nil.
	Clock clock.Clock
	// Seed starts everything that is random in an emulated store.
	Seed uint64
	// Prices take the place of the store's own; Open takes them from the URL.
	Prices option.Prices
}

// Driver opens stores of one kind.
type Driver struct {
	Scheme  string                   // of its URLs
	Doc     string                   // one sentence
	Example string                   // a URL that Open takes
	Secrets []string                 // environment variables that it takes a secret from
	Options func() []setting.Setting // of its own; see Settings
	Open    func(u *url.URL, env Env) (kv.Store, error)
}

// Table lists every driver, in the order in which they are shown.
func Table() []Driver {
	return []Driver{
		{
			Scheme: embedded.Scheme, Doc: embedded.Doc, Example: embedded.Example, Options: embedded.Options,
			Open: func(u *url.URL, env Env) (kv.Store, error) { return embedded.Open(u, env.Clock, env.Seed, env.Prices) },
		},
		{
			Scheme: "cloudflare", Doc: cloudflare.Doc, Example: cloudflare.Example, Secrets: []string{rest.TokenVariable}, Options: cloudflare.Options,
			Open: func(u *url.URL, env Env) (kv.Store, error) { return cloudflare.Open(u, env.Clock, env.Prices) },
		},
		{
			Scheme: "rest", Doc: rest.Doc, Example: rest.Example, Secrets: []string{rest.TokenVariable}, Options: rest.Options,
			Open: func(u *url.URL, env Env) (kv.Store, error) { return rest.Open(u, env.Clock, env.Prices) },
		},
	}
}

// Shared describes the options that every driver has: the prices and those of faults.
func Shared() []setting.Setting {
	return append([]setting.Setting{option.PricesSetting()}, fault.Options()...)
}

// Open opens the store that a URL names, with the faults that its options named
// fault... ask for (fault.FromURL), and the prices that it gives (option.PricesFromURL).
// No error of it shows a password.
func Open(rawURL string, env Env) (kv.Store, error) {
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
	table := Table()
	schemes := make([]string, len(table))
	for i, d := range table {
		schemes[i] = d.Scheme
	}
	if u.Scheme == "" {
		return nil, fmt.Errorf("driver URL %q has no scheme: want one of %v, such as %s",
			u.Redacted(), schemes, table[0].Example)
	}
	i, err := option.OneOf("driver", u.Scheme, schemes)
	if err != nil {
		return nil, err
	}
	u, unknown := option.TakeUnknown(u, append(setting.Names(table[i].Options()), setting.Names(Shared())...))
	if unknown != nil {
		unknown = fmt.Errorf("driver %s: %w", u.Scheme, unknown)
	}
	u, profile, err := fault.FromURL(u)
	if err != nil {
		return nil, errors.Join(unknown, err)
	}
	if u, env.Prices, err = option.PricesFromURL(u); err != nil {
		return nil, errors.Join(unknown, err)
	}
	store, err := table[i].Open(u, env)
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
