package rest

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"kvbench/kv"
)

// Doc says what the driver is; Example is a URL that it opens.
const (
	Doc     = "Workers KV over Cloudflare's REST API, on plain HTTP"
	Example = "rest://ACCOUNT/NAMESPACE"
)

// TokenVariable is the environment's variable that holds the API token. A token
// is taken from nowhere else.
const TokenVariable = "CLOUDFLARE_API_TOKEN"

// The REST API, and its limit: 1,200 calls in 5 minutes for each user, who is then
// blocked for 5 minutes (developers.cloudflare.com/fundamentals/api/reference/
// limits, read on 2026-11-22). The default rate is 1 % below it, so that calls
// which the network brings closer together do not meet it.
const (
	production   = "https://api.cloudflare.com"
	version      = "/client/v4"
	defaultCalls = 1188
	defaultPer   = 5 * time.Minute
)

// published is how long a write may stay unseen
// (developers.cloudflare.com/kv/concepts/how-kv-works). No bound is.
const published = time.Minute

// Open opens the namespace that a URL names as rest://ACCOUNT/NAMESPACE, by its
// identifier of 32 hexadecimal digits or by its title. It makes no call. Options describes
// the options of the URL.
//
// Where there are several, location N of an emulator is asked at base/at/N, which the
// real API does not have: below base alone an emulator reads past its caches, as that
// does.
func Open(u *url.URL, env kv.Env) (kv.Store, error) {
	return OpenWith(u, env, dial)
}

// OpenWith is Open with another client.
func OpenWith(u *url.URL, env kv.Env, dial Dial) (kv.Store, error) {
	if u.User != nil { // the URL is not shown: what stands before the @ may be a token
		return nil, errors.New("a name or password in the URL: it would be written to the run file; " +
			"set " + TokenVariable + " instead")
	}
	title := strings.TrimPrefix(u.Path, "/")
	if u.Host == "" || u.Port() != "" || title == "" || u.Fragment != "" {
		return nil, fmt.Errorf("%s: want %s://ACCOUNT/NAMESPACE", u.Redacted(), u.Scheme)
	}
	s := settings{locations: 1, calls: defaultCalls, per: defaultPer}
	if err := s.read(u); err != nil {
		return nil, err
	}
	capabilities := s.capabilities()
	var err error
	if capabilities.Prices, err = env.Price(capabilities.Prices); err != nil {
		return nil, err
	}
	pace, err := newPacer(env.Clock, s.calls, s.per, env.Sharers)
	if err != nil {
		return nil, fmt.Errorf("at most %d calls in %v: %w", s.calls, s.per, err)
	}
	conn := newConn(env.Clock, os.Getenv(TokenVariable), pace)
	sp := &space{
		title: title, capabilities: capabilities, conn: conn,
		lookup: newPlain(conn, s.root(0), u.Host),
	}
	if id.MatchString(title) {
		sp.id.Store(&title)
	}
	for n := range s.locations {
		sp.at = append(sp.at, &store{space: sp, calls: dial(conn, s.root(n), u.Host)})
	}
	return sp.at[0], nil
}

// id is the form of a namespace's identifier.
var id = regexp.MustCompile(`^[0-9a-fA-F]{32}$`)

// loopback checks the base URL of an emulator. Another machine's is refused: the
// token would be sent there.
func loopback(value string) (string, error) {
	base, err := url.Parse(value)
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.User != nil || base.RawQuery != "" ||
		base.Fragment != "" {
		return "", errors.New("want the address of an emulator, such as http://127.0.0.1:8787")
	}
	if ip := net.ParseIP(base.Hostname()); base.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return "", errors.New("want an address of this machine, such as http://127.0.0.1:8787: the token would be sent there")
	}
	return strings.TrimSuffix(strings.TrimSuffix(value, "/"), version), nil
}

// root is where the paths of a location's API begin.
func (s *settings) root(location int) string {
	switch {
	case s.base == "":
		return production + version
	case s.locations == 1:
		return s.base + version
	}
	return s.base + "/at/" + strconv.Itoa(location) + version
}

func (s *settings) capabilities() kv.Capabilities {
	t := kv.Capabilities{
		Billed: s.base == "", Locations: s.locations, Staleness: s.staleness,
		MaxKeyBytes: kv.MaxKeyBytes, MaxMetadataBytes: kv.MaxMetadataBytes, MaxValueBytes: kv.MaxValueBytes,
		MinTTL: kv.MinTTL, MaxListKeys: kv.MaxListKeys, BulkGetKeys: kv.MaxBulkGetKeys, BulkPutKeys: kv.MaxBulkPutKeys,
		Sources: []string{"REST API: no cacheTtl is sent, and whether a cache answers is not published"},
	}
	if s.base == "" {
		t.Staleness = published
		t.Sources = append(t.Sources, "a write may stay unseen for 60 s: published as usual, not as a bound "+
			"(developers.cloudflare.com/kv/concepts/how-kv-works)")
	} else {
		t.Sources = append(t.Sources, "an emulator at "+s.base+": what it models is not known here")
	}
	t.Prices = kv.ClassicPrices()
	if s.instant {
		t.MaxMetadataBytes, t.MaxValueBytes, t.MaxKeyBytes, t.MaxListKeys = 0, 0, kv.MaxInstantKeyBytes, kv.MaxInstantKeys
		t.Mode, t.NoMetadata, t.Prices = kv.InstantMode, true, kv.InstantPrices()
		t.NamespaceBytes, t.NamespaceKeys = kv.MaxInstantBytes, kv.MaxInstantKeys
		if s.base != "" { // whether the real limit is kept to the second is not known
			t.NamespaceWriteInterval = kv.InstantWriteInterval
		}
		t.Sources = append(t.Sources, "mode=instant was given with the run; limits: published "+
			"(developers.cloudflare.com/kv/platform/limits, page of 2026-10-08)")
	}
	if s.calls > 0 {
		t.CallRate = float64(s.calls) / s.per.Seconds()
		t.Sources = append(t.Sources, fmt.Sprintf("calls wait for their turn, %d in %v; the wait is part of a call's time", s.calls, s.per))
	}
	return t
}
