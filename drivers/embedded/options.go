package embedded

import (
	"net/url"
	"time"

	"kvbench/drivers/option"
	"kvbench/internal/setting"
	"kvbench/internal/units"
)

// options are what a URL describes.
type options struct {
	mode        mode
	locations   int
	model       profile
	propagation time.Duration
	writes      writeMode
}

// Options describes the options of Open, but for prices.
func Options() []setting.Setting { return option.Settings(new(given).table()) }

// given is what a URL gives.
type given struct {
	options
	hot, cold, list, write timing
}

// table are the options of Open, each of which sets what is given of it.
func (g *given) table() []option.Option {
	classic, instant := modes()[0], modes()[1]
	latency := func(name, of string, to *timing) option.Option {
		return option.Option{Setting: setting.Setting{
			Name: name, Kind: setting.Percentiles, Max: units.ShortDuration(maxLatency), Default: "the profile's", Otherwise: true,
			Doc: "how long " + of + " takes: its percentiles, p50:60ms,p99:400ms, or one time for all",
		}, Set: to.set}
	}
	return []option.Option{
		option.Word(setting.Setting{
			Name: "mode", Choices: namesOf(modes(), mode.called), Default: classic.name,
			Doc: "of the namespace: instant is Workers KV Instant",
		}, func(word string) (err error) {
			g.mode, err = chooseMode(word)
			return err
		}),
		option.Whole(setting.Setting{
			Name: "locations", Min: "1", Max: "64", Default: "1", // a view's number has to fit into a byte
			Doc: "how many places the namespace is used from, each with a cache of its own",
		}, &g.locations),
		option.Word(setting.Setting{
			Name: "profile", Choices: namesOf(profiles(), profile.called), Default: classic.profile,
			Doc: "of latency: none takes no time, edge-hot, edge-cold and edge-mix answer every read so; with mode=instant " + instant.profile + " by default",
		}, func(word string) (err error) {
			g.model, err = chooseProfile(word)
			return err
		}),
		option.Time(setting.Setting{
			Name: "propagation", Max: "24h", Default: units.ShortDuration(classic.propagation),
			Doc: "the scale of the delay until a write is seen elsewhere, 0s for at once; with mode=instant " + instant.propagation.String() + " by default",
		}, &g.propagation),
		option.Word(setting.Setting{
			Name: "writes", Choices: namesOf(writeModes(), writeMode.called), Default: classic.writes,
			Doc: "what becomes of more than one write a second of a key, with mode=instant of the namespace: off takes them, " +
				"strict refuses them, lenient refuses them beyond a burst; with mode=instant " + instant.writes + " by default",
		}, func(word string) (err error) {
			g.writes, err = chooseWrites(word)
			return err
		}),
		latency("hot", "a get that the location's cache answers", &g.hot),
		latency("cold", "a get that goes to the central store", &g.cold),
		latency("list", "one page of a listing", &g.list),
		latency("write", "a put, a delete or a whole bulk put", &g.write),
	}
}

func parse(u *url.URL) (options, error) {
	g := given{options: options{mode: modes()[0], locations: 1, propagation: -1}}
	err := option.Read(u, g.table())
	o := g.options
	if err != nil {
		return o, err
	}
	if o.propagation < 0 {
		o.propagation = o.mode.propagation
	}
	if o.model.name == "" {
		o.model, err = chooseProfile(o.mode.profile)
	}
	if o.writes.name == "" && err == nil {
		o.writes, err = chooseWrites(o.mode.writes)
	}
	o.model.hot, o.model.cold = g.hot.or(o.model.hot), g.cold.or(o.model.cold)
	o.model.list, o.model.put = g.list.or(o.model.list), g.write.or(o.model.put)
	return o, err
}

func (m mode) called() string      { return m.name }
func (p profile) called() string   { return p.name }
func (m writeMode) called() string { return m.name }

func chooseMode(name string) (mode, error) { return choose("mode", name, modes(), mode.called) }

func chooseProfile(name string) (profile, error) {
	return choose("profile", name, profiles(), profile.called)
}

func chooseWrites(name string) (writeMode, error) {
	return choose("mode of writes", name, writeModes(), writeMode.called)
}

// namesOf are the names of a table's entries.
func namesOf[T any](table []T, nameOf func(T) string) []string {
	names := make([]string, len(table))
	for i, entry := range table {
		names[i] = nameOf(entry)
	}
	return names
}

// choose returns the entry of a table that is called name.
func choose[T any](kind, name string, table []T, nameOf func(T) string) (chosen T, err error) {
	i, err := option.OneOf(kind, name, namesOf(table, nameOf))
	if err != nil {
		return chosen, err
	}
	return table[i], nil
}
