package redis

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"

	"kvbench/kv"

	client "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// Doc says what the driver is; Example is a URL that it opens. Those that begin with
// TLS are of the scheme rediss.
const (
	Doc        = "Redis or Valkey, one server: what one would take instead of Workers KV"
	Example    = "redis://127.0.0.1:6379/0"
	TLSDoc     = "the same as redis, over TLS"
	TLSExample = "rediss://HOST:6379/0"
)

// PasswordVariable is the environment's variable that holds the password; it is that of
// redis-cli. A password is taken from nowhere else.
const PasswordVariable = "REDISCLI_AUTH"

const (
	defaultPort = "6379"
	maxDB       = 1_000_000
)

// Open opens the namespace of a server that a URL names as redis://HOST:PORT/DB; rediss
// is the same over TLS. The port is 6379 and the database 0 where they are left out. It
// makes no call. Options describes the options of the URL.
func Open(u *url.URL, env kv.Env) (kv.Store, error) {
	if u.User != nil { // the URL is not shown: what stands before the @ may be a password
		return nil, errors.New("a name or password in the URL: it would be written to the run file; " +
			"set " + PasswordVariable + " instead, and option user where there is one")
	}
	s, err := read(u)
	if err != nil {
		return nil, err
	}
	capabilities := s.capabilities()
	if capabilities.Prices, err = env.Price(capabilities.Prices); err != nil {
		return nil, err
	}
	return &store{
		client: client.NewClient(s.options(u.Scheme == "rediss")), capabilities: capabilities, names: s.namespace + ":names",
		value: s.namespace + ":v:", metadata: s.namespace + ":m:", clk: env.Clock,
	}, nil
}

// The client would write to standard error what its calls return as errors.
func init() { logging.Disable() }

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

func (s *settings) capabilities() kv.Capabilities {
	return kv.Capabilities{
		Locations: 1, MaxKeyBytes: kv.MaxKeyBytes, MaxMetadataBytes: kv.MaxMetadataBytes, MaxValueBytes: kv.MaxValueBytes,
		MinTTL: s.minTTL, MaxListKeys: kv.MaxListKeys, BulkGetKeys: kv.MaxBulkGetKeys, BulkPutKeys: kv.MaxBulkPutKeys,
		Prices:  kv.NoPrices("Redis has no price list: what a server costs is known to whoever runs it"),
		Sources: []string{"Redis: no cacheTtl has an effect; the limits are Workers KV's, kept by the driver"},
	}
}
