package redis

import (
	"errors"
	"net/url"
	"path/filepath"
	"regexp"
	"time"

	"kvbench/drivers/option"
	"kvbench/internal/setting"
	"kvbench/kv"
)

// settings are what a URL says.
type settings struct {
	network, address string
	db               int
	namespace, user  string
	connections      int
	timeout, minTTL  time.Duration
}

// unset is what holds where a URL has no options.
func unset() settings {
	return settings{namespace: "kvbench", connections: 256, timeout: 5 * time.Second, minTTL: kv.MinTTL}
}

// Options describes the options of Open, but for prices.
func Options() []setting.Setting { return option.Settings(new(settings).table(new(url.URL))) }

// read reads a URL.
func read(u *url.URL) (*settings, error) {
	s := unset()
	err := option.Read(u, s.table(u))
	return &s, errors.Join(err, s.server(u))
}

var (
	namespace = regexp.MustCompile(`^[A-Za-z0-9._/-]{1,64}$`)
	user      = regexp.MustCompile(`^[A-Za-z0-9._@/:+-]{1,64}$`)
)

// table are the options of Open, each of which sets what is given of it.
func (s *settings) table(u *url.URL) []option.Option {
	name := func(allowed *regexp.Regexp, characters string, to *string) func(string) error {
		return func(value string) error {
			if *to = value; !allowed.MatchString(value) {
				return errors.New("want a name of 1 to 64 of the characters " + characters)
			}
			return nil
		}
	}
	whole := option.Time(setting.Setting{
		Name: "min-ttl", Min: "1s", Max: "60s", Default: "60s",
		Doc: "the shortest TTL that it takes, in whole seconds; that of Workers KV by default, a shorter one is refused with 400",
	}, &s.minTTL)
	within := whole.Set
	whole.Set = func(value string) error {
		if err := within(value); err != nil {
			return err
		}
		if s.minTTL%time.Second != 0 {
			return errors.New("want whole seconds, such as 5s")
		}
		return nil
	}
	return []option.Option{
		{Setting: setting.Setting{
			Name: "namespace", Kind: setting.Text, Default: unset().namespace,
			Doc: "what the names of its keys in Redis begin with, before a colon: 1 to 64 of A-Z a-z 0-9 . _ / -",
		}, Set: name(namespace, "A-Z a-z 0-9 . _ / -", &s.namespace)},
		{Setting: setting.Setting{
			Name: "socket", Kind: setting.Text, Default: "the host's port", Otherwise: true,
			Doc: "the path of a Unix socket in place of HOST:PORT, such as redis:///0?socket=/run/redis.sock",
		}, Set: func(value string) error {
			if s.network, s.address = "unix", value; !filepath.IsAbs(value) || u.Host != "" || u.Scheme == "rediss" {
				return errors.New("want the path of a Unix socket, such as redis:///0?socket=/run/redis.sock, and no host")
			}
			return nil
		}},
		{Setting: setting.Setting{
			Name: "user", Kind: setting.Text, Default: "Redis's default user", Otherwise: true, Doc: "who logs in, of the server's access list",
		}, Set: name(user, "A-Z a-z 0-9 . _ @ / : + -", &s.user)},
		option.Whole(setting.Setting{ // at most as many as a server takes, unless it is told otherwise
			Name: "connections", Min: "1", Max: "10000", Default: "256",
			Doc: "at most so many; further calls wait for one, which is part of their time",
		}, &s.connections),
		option.Time(setting.Setting{
			Name: "timeout", Min: "1ms", Max: "5m", Default: "5s", Doc: "how long a connection, a write or an answer may take",
		}, &s.timeout),
		whole,
	}
}
