package redis

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"kvbench/drivers/option"
	"kvbench/kv"

	client "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// Doc says what the driver is; Example is a URL that it opens. Those that begin with
// TLS are of the scheme rediss.
const (
	Doc        = "Redis or Valkey, one server; " + Options
	Example    = "redis://127.0.0.1:6379/0"
	TLSDoc     = "the same over TLS; " + Options
	TLSExample = "rediss://HOST:6379/0"
)

// Options names the options of Open in a phrase.
const Options = "the password is that of " + PasswordVariable + "; options: namespace, user, socket, connections, timeout, min-ttl, prices"

// PasswordVariable is the environment's variable that holds the password; it is that of
// redis-cli. A password is taken from nowhere else.
const PasswordVariable = "REDISCLI_AUTH"

const (
	defaultPort        = "6379"
	defaultNamespace   = "kvbench"
	defaultConnections = 256
	maxConnections     = 10_000 // as many as a server takes, unless it is told otherwise
	defaultTimeout     = 5 * time.Second
	maxTimeout         = 5 * time.Minute
	maxDB              = 1_000_000
)

// Open opens the namespace of a server that a URL names as redis://HOST:PORT/DB; rediss
// is the same over TLS. The port is 6379 and the database 0 where they are left out. It
// makes no call.
//
//	namespace=NAME       what its Redis keys begin with, before a colon; kvbench
//	socket=/run/r.sock   a Unix socket, in place of HOST:PORT
//	user=NAME            of the server's access list
//	connections=1..10000 at most so many; further calls wait for one; 256
//	timeout=5s           how long a connection, a write or an answer may take; 1ms to 5m
//	min-ttl=60s          the shortest TTL that it takes, in whole seconds; 1s to 60s
func Open(u *url.URL, env kv.Env) (kv.Store, error) {
	if u.User != nil { // the URL is not shown: what stands before the @ may be a password
		return nil, errors.New("a name or password in the URL: it would be written to the run file; " +
			"set " + PasswordVariable + " instead, and option user where there is one")
	}
	s := settings{namespace: defaultNamespace, connections: defaultConnections, timeout: defaultTimeout, minTTL: kv.MinTTL}
	if err := s.read(u); err != nil {
		return nil, err
	}
	traits := s.traits()
	var err error
	if traits.Prices, err = env.Price(traits.Prices); err != nil {
		return nil, err
	}
	return &store{
		client: client.NewClient(s.options(u.Scheme == "rediss")), traits: traits, names: s.namespace + ":names",
		value: s.namespace + ":v:", metadata: s.namespace + ":m:", clk: env.Clock,
	}, nil
}

// The client would write to standard error what its calls return as errors.
func init() { logging.Disable() }

// settings are what a URL says.
type settings struct {
	network, address string
	db               int
	namespace, user  string
	connections      int
	timeout, minTTL  time.Duration
}

var namespace = regexp.MustCompile(`^[A-Za-z0-9._/-]{1,64}$`)

func (s *settings) read(u *url.URL) error {
	err := option.Read(u, []option.Option{
		{Name: "namespace", Set: func(value string) error {
			if s.namespace = value; !namespace.MatchString(value) {
				return errors.New("want a name of 1 to 64 of the characters A-Z a-z 0-9 . _ / -")
			}
			return nil
		}},
		{Name: "socket", Set: func(value string) error {
			if s.network, s.address = "unix", value; !filepath.IsAbs(value) || u.Host != "" || u.Scheme == "rediss" {
				return errors.New("want the path of a Unix socket, such as redis:///0?socket=/run/redis.sock, and no host")
			}
			return nil
		}},
		{Name: "user", Set: func(value string) error {
			s.user = value
			return nil
		}},
		{Name: "connections", Set: func(value string) (err error) {
			s.connections, err = strconv.Atoi(value)
			if err != nil || s.connections < 1 || s.connections > maxConnections {
				return fmt.Errorf("want a whole number from 1 to %d", maxConnections)
			}
			return nil
		}},
		{Name: "timeout", Set: func(value string) (err error) {
			if s.timeout, err = option.Duration(value); err == nil && (s.timeout < time.Millisecond || s.timeout > maxTimeout) {
				err = errors.New("want 1ms to " + maxTimeout.String())
			}
			return err
		}},
		{Name: "min-ttl", Set: func(value string) (err error) {
			s.minTTL, err = option.Duration(value)
			if err == nil && (s.minTTL < time.Second || s.minTTL > kv.MinTTL || s.minTTL%time.Second != 0) {
				err = errors.New("want whole seconds, from 1s to 60s")
			}
			return err
		}},
	})
	return errors.Join(err, s.server(u))
}

// server reads what a URL says but for its options.
func (s *settings) server(u *url.URL) error {
	bad := fmt.Errorf("%s: want %s://HOST:PORT/DB, such as %s", u.Redacted(), u.Scheme, Example)
	if u.Opaque != "" || u.Fragment != "" || u.Hostname() == "" && s.network == "" {
		return bad
	}
	if db := strings.TrimPrefix(u.Path, "/"); db != "" {
		var err error
		if s.db, err = strconv.Atoi(db); err != nil || s.db < 0 || s.db > maxDB {
			return bad
		}
	}
	if s.network != "" {
		return nil
	}
	port := u.Port()
	if port == "" {
		port = defaultPort
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return bad
	}
	s.network, s.address = "tcp", net.JoinHostPort(u.Hostname(), port)
	return nil
}

// options are those of the client. What would hide a failure, or call the server besides,
// is off: retries, and what it asks for on its own.
func (s *settings) options(secure bool) *client.Options {
	o := &client.Options{
		Network: s.network, Addr: s.address, DB: s.db, Username: s.user, Password: os.Getenv(PasswordVariable),
		MaxRetries: -1, DialerRetries: 1,
		DialTimeout: s.timeout, ReadTimeout: s.timeout, WriteTimeout: s.timeout, PoolTimeout: s.timeout, ContextTimeoutEnabled: true,
		PoolSize: s.connections, MaxActiveConns: s.connections, MaxConcurrentDials: s.connections,
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
	if secure {
		host, _, _ := net.SplitHostPort(s.address)
		o.TLSConfig = &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	}
	return o
}

func (s *settings) traits() kv.Traits {
	return kv.Traits{
		Locations: 1, MaxKeyBytes: kv.MaxKeyBytes, MaxMetadataBytes: kv.MaxMetadataBytes, MaxValueBytes: kv.MaxValueBytes,
		MinTTL: s.minTTL, MaxListKeys: kv.MaxListKeys, BulkGetKeys: kv.MaxBulkGetKeys, BulkPutKeys: kv.MaxBulkPutKeys,
		Prices:  kv.NoPrices("Redis has no price list: what a server costs is known to whoever runs it"),
		Sources: []string{"Redis: no cacheTtl has an effect; the limits are Workers KV's, kept by the driver"},
	}
}
