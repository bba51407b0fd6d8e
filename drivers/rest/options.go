package rest

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"kvbench/drivers/option"
	"kvbench/internal/setting"
	"kvbench/kv"
)

// settings are what the options of a URL say.
type settings struct {
	base      string // empty: Cloudflare's own
	instant   bool
	locations int
	staleness time.Duration
	calls     int // at most so many
	per       time.Duration
}

// Options describes the options of Open, but for prices.
func Options() []setting.Setting { return option.Settings(new(settings).table()) }

func (s *settings) read(u *url.URL) error { return option.Read(u, s.table()) }

// table are the options of Open, each of which sets what is given of it.
func (s *settings) table() []option.Option {
	// only refuses an option that makes no sense without base, which is read first.
	only := func(o option.Option) option.Option {
		set := o.Set
		o.Set = func(value string) error {
			if s.base == "" {
				return errors.New("it needs base=http://127.0.0.1:8787: Cloudflare's API has one location, and tells what it has")
			}
			return set(value)
		}
		return o
	}
	modes := []string{"classic", kv.InstantMode}
	return []option.Option{
		{Setting: setting.Setting{
			Name: "base", Kind: setting.Text, Default: "Cloudflare's", Otherwise: true,
			Doc: "the address of an emulator on this machine in place of Cloudflare's, such as http://127.0.0.1:8787",
		}, Set: func(value string) (err error) {
			s.base, err = loopback(value)
			s.calls = 0
			return err
		}},
		option.Word(setting.Setting{
			Name: "mode", Choices: modes, Default: modes[0], Doc: "of the namespace: instant is Workers KV Instant",
		}, func(word string) error {
			_, err := option.OneOf("mode", word, modes)
			s.instant = word == kv.InstantMode
			return err
		}),
		only(option.Whole(setting.Setting{
			Name: "locations", Min: "1", Max: "64", Default: "1", Doc: "how many locations the emulator has; only with base",
		}, &s.locations)),
		only(option.Time(setting.Setting{
			Name: "staleness", Max: "24h", Default: "0s", Doc: "how long a write may stay unseen at the emulator; only with base",
		}, &s.staleness)),
		{Setting: setting.Setting{
			Name: "rate", Kind: "calls in a time", Default: strconv.Itoa(defaultCalls) + "/5m",
			Doc: "at most so many calls in such a time, evenly, such as 1200/5m; off makes them as they come, and is the default with base",
		}, Set: s.rate},
	}
}

func (s *settings) rate(value string) error {
	if value == "off" {
		s.calls = 0
		return nil
	}
	calls, per, _ := strings.Cut(value, "/")
	n, err := strconv.Atoi(calls)
	d, badTime := option.Duration(per)
	if err != nil || badTime != nil || n < 1 || d < time.Millisecond || d > 24*time.Hour || d/time.Duration(n) == 0 {
		return errors.New("want calls in a time, such as 1200/5m, or off")
	}
	s.calls, s.per = n, d
	return nil
}
