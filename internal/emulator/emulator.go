// Package emulator serves stores over HTTP as Cloudflare's REST API serves
// Workers KV, faithfully enough that Cloudflare's own clients work against it
// unchanged. What it answers is the store's: an embedded one models latency,
// staleness between locations and the limit on writes, and may be made to fail.
//
// # Locations
//
// The REST API has no location. As an extension of ours, what comes below
// /at/N/client/v4 is asked of the store's location N, counted from 0, whose cache may
// answer; what comes below /client/v4 is asked of location 0, but reads go past its
// cache to the central store, unless Config.EdgeReads says otherwise.
//
// # Sources
//
// The paths, the envelope and the codes are those of
// developers.cloudflare.com/api/resources/kv, as read on 2026-11-22. The texts of
// errors were seen in answers of the real API where a comment does not say "our
// words". Codes are as seen, or as Cloudflare once published them; see codeOf.
package emulator

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"kvbench/internal/clock"
	"kvbench/kv"
)

// Config describes a server.
type Config struct {
	// Account is the identifier of the only account.
	Account string
	// Token is the bearer token that every call has to bring.
	Token string
	// Namespaces are there from the beginning.
	Namespaces []Namespace
	// Open makes the store of a namespace of a mode, empty for classic Workers KV,
	// that is created over the API. Nil: none can be.
	Open func(mode string) (kv.Store, error)
	// Limit refuses calls beyond the REST API's limit; see limiter.
	Limit bool
	// EdgeReads has the reads below /client/v4 answered as location 0 answers them, its
	// cache included. Else they ask the central store, as the real API is said to.
	EdgeReads bool
	// Free refuses operations beyond the free plan's of a day; see quota.
	Free bool
	// Clock is the time that both live by; the wall clock when nil.
	Clock clock.Clock
	// StateLimit is how much a state file may hold in bytes, unpacked and with 256 for
	// each of its lines; DefaultStateLimit when 0. More is neither read nor written.
	StateLimit int64
	// Patience is how long the server waits for its clients.
	Patience Patience
}

// Namespace is one namespace.
type Namespace struct {
	ID    string `json:"id"` // 32 hexadecimal digits; see IDOf
	Title string `json:"title"`
	// Mode is kv.InstantMode, or empty for classic Workers KV; Jurisdiction is one of
	// Jurisdictions, or empty where the namespace has none. Neither ever changes.
	Mode         string   `json:"mode,omitempty"`
	Jurisdiction string   `json:"jurisdiction,omitempty"`
	Store        kv.Store `json:"-"`
}

// IDOf is the identifier that a namespace has by its title alone, so that it is
// the same after a restart.
func IDOf(title string) string {
	sum := sha256.Sum256([]byte(title))
	return hex.EncodeToString(sum[:16])
}

// Server is the API as an http.Handler.
type Server struct {
	account    string
	token      []byte
	edge       bool // see Config.EdgeReads
	stateLimit int64
	open       func(mode string) (kv.Store, error)
	table      map[string]methods // by shape; see find
	patience   Patience
	limiter    *limiter // nil: no limit
	quota      *quota   // nil: no limit
	room       room
	spaces     spaces
	rays       atomic.Uint64 // request identifiers given so far
	firstRay   uint64
}

// New returns a server. It owns the stores from then on.
func New(c Config) (*Server, error) {
	if c.Account == "" || strings.ContainsAny(c.Account, "/?#%") {
		return nil, fmt.Errorf("account %q: want an identifier, such as 32 hexadecimal digits", c.Account)
	}
	if c.Token == "" {
		return nil, errors.New("a server needs a token")
	}
	s := &Server{
		account: c.Account, token: []byte(c.Token), edge: c.EdgeReads, stateLimit: cmp.Or(c.StateLimit, DefaultStateLimit),
		open: c.Open, patience: c.Patience.or(), room: newRoom(), firstRay: random(),
	}
	if c.Clock == nil {
		c.Clock = clock.NewWall()
	}
	if c.Limit {
		s.limiter = &limiter{clock: c.Clock}
	}
	if c.Free {
		s.quota = &quota{clock: c.Clock}
	}
	for _, n := range c.Namespaces {
		if _, err := s.spaces.add(n); err != nil {
			return nil, err
		}
	}
	s.table = s.routes()
	return s, nil
}

// random is what identifiers begin from.
func random() uint64 {
	var b [8]byte
	rand.Read(b[:]) // it never fails
	n, _ := strconv.ParseUint(hex.EncodeToString(b[:]), 16, 64)
	return n
}

// Namespaces returns what there is, in the order of their making.
func (s *Server) Namespaces() []Namespace {
	var out []Namespace
	for _, sp := range s.spaces.list() {
		n := s.tell(sp).Namespace
		n.Store = sp.store
		out = append(out, n)
	}
	return out
}

// Ensure makes a classic namespace unless there is one of that identifier. Where id
// is empty it is that of the title, and a namespace of that title will do as well;
// see IDOf.
func (s *Server) Ensure(title, id string) error {
	return s.EnsureNamespace(Namespace{ID: id, Title: title})
}

// EnsureNamespace is Ensure for any namespace, whose Store is not looked at. One that
// is there and of another mode or jurisdiction is an error.
func (s *Server) EnsureNamespace(n Namespace) error {
	byTitle := n.ID == ""
	if byTitle {
		n.ID = IDOf(n.Title)
	}
	for _, have := range s.Namespaces() {
		if have.ID == n.ID || byTitle && have.Title == n.Title {
			return have.keeps(n)
		}
	}
	_, err := s.make(n)
	return err
}

// keeps refuses another mode or jurisdiction than the namespace has.
func (have Namespace) keeps(n Namespace) error {
	if have.Mode == n.Mode && have.Jurisdiction == n.Jurisdiction {
		return nil
	}
	return fmt.Errorf("namespace %q is there with mode %q and jurisdiction %q: want it with %q and %q, which can't be changed",
		have.Title, have.Mode, have.Jurisdiction, n.Mode, n.Jurisdiction)
}

// make opens a store and serves it as the namespace that n describes.
func (s *Server) make(n Namespace) (*space, error) {
	if s.open == nil {
		return nil, refuse(http.StatusForbidden, codeAuth, "this server makes no namespaces") // our words
	}
	var err error
	if n.Store, err = s.open(n.Mode); err != nil {
		return nil, err
	}
	sp, err := s.spaces.add(n)
	if err != nil {
		_ = n.Store.Close() // what went wrong before says more
	}
	return sp, err
}

// Close closes all stores. No call may follow it.
func (s *Server) Close() error {
	var errs []error
	for _, sp := range s.spaces.list() {
		errs = append(errs, sp.close())
	}
	return errors.Join(errs...)
}

// ServeHTTP implements http.Handler. It relies on the deadlines of Serve's server.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{w: w, Request: r, began: time.Now(), patience: s.patience, room: s.room, edge: s.edge}
	c.set("Cf-Ray", s.ray(), 0)
	err := s.serve(c)
	if err == nil {
		c.flush()
		return
	}
	c.fail(err)
	if !c.unread() {
		c.flush()
		return
	}
	c.drain(c.flush)
}

// serve serves a call but for sending its answer.
func (s *Server) serve(c *call) error {
	defer c.leave()
	if err := s.admit(c.Request, c.w.Header()); err != nil {
		return err
	}
	e, err := s.find(c)
	if err != nil {
		return err
	}
	if err := c.readQuery(e.takes); err != nil {
		return err
	}
	return e.serve(c)
}

// ray is an identifier of a request, as in the header CF-Ray.
func (s *Server) ray() string {
	var b [20]byte
	return string(append(strconv.AppendUint(b[:0], mix(s.firstRay+s.rays.Add(1))|1<<63, 16), "-KVB"...))
}

// mix spreads a number over all bits (Steele et al., splitmix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// admit checks a call's token and the limit on calls.
func (s *Server) admit(r *http.Request, h http.Header) error {
	given := r.Header["Authorization"]
	if len(given) == 0 {
		for _, other := range []string{"X-Auth-Email", "X-Auth-Key", "X-Auth-User-Service-Key"} {
			if r.Header[other] != nil {
				return errNotToken
			}
		}
		return errNoToken
	}
	scheme, token, _ := strings.Cut(given[0], " ")
	switch {
	case !strings.EqualFold(scheme, "Bearer"), subtle.ConstantTimeCompare([]byte(strings.TrimSpace(token)), s.token) != 1:
		return errBadToken
	case s.limiter != nil:
		return s.limiter.take(h)
	}
	return nil
}
