package kv

import "net/url"

// Driver opens stores of one kind by their URL. Package drivertest checks what they do.
type Driver struct {
	Scheme  string // of its URLs
	Doc     string // one sentence
	Example string // a URL that Open takes
	// Secrets are environment variables that it takes a secret from. Their values are
	// kept out of all that is written.
	Secrets []string
	// Options describes the options of its URLs; nil: it has none. That of prices and
	// those of faults every driver has: they are none of its own.
	Options func() []Setting
	// Open opens a store. It makes no call of it, so that what the store is can be told
	// without reaching it. The URL has no option that Options does not describe.
	Open func(u *url.URL, env Env) (Store, error)
}

// Env is what a driver takes from the run that opens a store.
type Env struct {
	// Clock is the time the store lives by. A store of the world outside lives by the
	// wall's, whatever it is given: it may be opened on a virtual one to tell its Capabilities.
	Clock Clock
	// Seed starts everything that is random in an emulated store.
	Seed uint64
	// Prices take the place of the store's own; nil: none does. See Price.
	Prices Pricing
	// Sharers is how many processes, this one included, share what the store allows of calls: one
	// that spaces its calls takes its part; 0 and 1 are this one alone.
	Sharers int
	// Workerd is the executable of workerd, for a store that needs one, where the run names
	// it. Empty: the driver looks for it.
	Workerd string
}

// Pricing is a price list that takes the place of a store's own.
type Pricing interface {
	// Over returns a store's own prices with those that were given in their place. Its
	// error says what is missing of them.
	Over(own Prices) (Prices, error)
}

// Price is what a store charges in the run that opens it, where its own prices are
// these: for its Capabilities.
func (e Env) Price(own Prices) (Prices, error) {
	if e.Prices == nil {
		return own, nil
	}
	return e.Prices.Over(own)
}
