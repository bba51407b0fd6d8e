// Package emulator serves stores over HTTP as Cloudflare's REST API serves
// Workers KV, faithfully enough that Cloudflare's own clients work against it
// unchanged. What it answers is the store's: an embedded one models latency,
// staleness between locations and the limit on writes, and may be made to fail.
//
// # Locations
//
// The REST API has one location. As an extension of ours, what comes below
// /at/N/client/v4 is asked of the store's location N, counted from 0; what comes
// below /client/v4 is asked of location 0.
//
// # Sources
//
// The paths, the envelope and the codes are those of
// developers.cloudflare.com/api/resources/kv, as read on 2026-11-22. The texts of
// errors were seen in answers of the real API where a comment does not say "our
// words". A refusal whose code is not known has 10012.
package emulator

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

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
	// Open makes the store of a namespace that is created over the API. Nil:
	// none can be.
	Open func(title string) (kv.Store, error)
	// Limit refuses calls beyond the REST API's limit; see limiter.
	Limit bool
	// Free refuses operations beyond the free plan's of a day; see quota.
	Free bool
	// Clock is the time that both live by; the wall clock when nil.
	Clock clock.Clock
}

// Namespace is one namespace.
type Namespace struct {
	ID    string   `json:"id"` // 32 hexadecimal digits; see IDOf
	Title string   `json:"title"`
	Store kv.Store `json:"-"`
}

// IDOf is the identifier that a namespace has by its title alone, so that it is
// the same after a restart.
func IDOf(title string) string {
	sum := sha256.Sum256([]byte(title))
	return hex.EncodeToString(sum[:16])
}

// Server is the API as an http.Handler.
type Server struct {
	account  string
	token    []byte // as in the header, with Bearer
	open     func(title string) (kv.Store, error)
	mux      *http.ServeMux
	limiter  *limiter // nil: no limit
	quota    *quota   // nil: no limit
	spaces   spaces
	rays     atomic.Uint64 // request identifiers given so far
	firstRay uint64
}

// New returns a server. It owns the stores from then on.
func New(c Config) (*Server, error) {
	if c.Account == "" || strings.ContainsAny(c.Account, "/?#%") {
		return nil, fmt.Errorf("account %q: want an identifier, such as 32 hexadecimal digits", c.Account)
	}
	if c.Token == "" {
		return nil, errors.New("a server needs a token")
	}
	s := &Server{account: c.Account, token: []byte("Bearer " + c.Token), open: c.Open, firstRay: random()}
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
		if err := s.spaces.add(n); err != nil {
			return nil, err
		}
	}
	s.mux = s.routes()
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
		out = append(out, Namespace{ID: sp.id, Title: sp.title, Store: sp.store})
	}
	return out
}

// Ensure makes a namespace unless there is one of that identifier, or of that
// title where id is empty; see IDOf.
func (s *Server) Ensure(title, id string) error {
	has := func(sp *space) bool { return sp.id == id || id == "" && sp.title == title }
	if slices.ContainsFunc(s.spaces.list(), has) {
		return nil
	}
	if id == "" {
		id = IDOf(title)
	}
	store, err := s.open(title)
	if err != nil {
		return err
	}
	return s.spaces.add(Namespace{ID: id, Title: title, Store: store})
}

// Close closes all stores. No call may follow it.
func (s *Server) Close() error {
	var errs []error
	for _, sp := range s.spaces.list() {
		errs = append(errs, sp.close())
	}
	return errors.Join(errs...)
}

// route is one call of the API.
type route struct {
	pattern string // method, and path below the account's namespaces
	serve   func(c *call) error
}

func (s *Server) table() []route {
	return []route{
		{"GET ", s.listNamespaces},
		{"POST ", s.createNamespace},
		{"GET /{namespace}", s.getNamespace},
		{"PUT /{namespace}", s.renameNamespace},
		{"DELETE /{namespace}", s.deleteNamespace},
		{"GET /{namespace}/keys", s.listKeys},
		{"GET /{namespace}/values/{key...}", s.getValue},
		{"PUT /{namespace}/values/{key...}", s.putValue},
		{"DELETE /{namespace}/values/{key...}", s.deleteValue},
		{"GET /{namespace}/metadata/{key...}", s.getMetadata},
		{"PUT /{namespace}/bulk", s.bulkPut},
		{"POST /{namespace}/bulk/get", s.bulkGet},
		{"POST /{namespace}/bulk/delete", s.bulkDelete},
		{"DELETE /{namespace}/bulk", s.bulkDelete}, // the older way to say the same
	}
}

const (
	root  = "/client/v4"
	below = "/storage/kv/namespaces"
)

func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	for _, r := range s.table() {
		method, path, _ := strings.Cut(r.pattern, " ")
		mux.HandleFunc(method+" "+root+"/accounts/{account}"+below+path, func(w http.ResponseWriter, req *http.Request) {
			c := &call{w: w, Request: req}
			if req.PathValue("account") != s.account {
				c.fail(errForeign)
				return
			}
			if err := r.serve(c); err != nil {
				c.fail(err)
			}
		})
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, req *http.Request) {
		(&call{w: w, Request: req}).fail(s.unrouted(req))
	})
	return mux
}

// unrouted says why no route fits a request: none has its path, or none its
// method.
func (s *Server) unrouted(r *http.Request) error {
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		other := *r
		other.Method = method
		if _, pattern := s.mux.Handler(&other); pattern != "/" && pattern != "" {
			return refuse(http.StatusMethodNotAllowed, codeMethod, "%s not supported for requested URI.", r.Method)
		}
	}
	return refuse(http.StatusNotFound, codeNoRoute, "Could not route to %s, perhaps your object identifier is invalid?", r.URL.Path)
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h["Cf-Ray"] = []string{s.ray()}
	location, err := locate(r)
	if err == nil {
		err = s.admit(r, h)
	}
	if err != nil {
		(&call{w: w, Request: r}).fail(err)
		return
	}
	escapeKey(r)
	if location != 0 {
		r = r.WithContext(context.WithValue(r.Context(), locationKey{}, location))
	}
	s.mux.ServeHTTP(w, r)
}

// locationKey is the context's key of the location that is asked.
type locationKey struct{}

// ray is an identifier of a request, as in the header CF-Ray.
func (s *Server) ray() string {
	return strconv.FormatUint(mix(s.firstRay+s.rays.Add(1))|1<<63, 16) + "-KVB"
}

// mix spreads a number over all bits (Steele et al., splitmix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// locate takes /at/N off the path and returns N.
func locate(r *http.Request) (int, error) {
	const at = "/at/"
	if !strings.HasPrefix(r.URL.Path, at) {
		return 0, nil
	}
	number, _, found := strings.Cut(r.URL.Path[len(at):], "/")
	n, err := strconv.Atoi(number)
	if err != nil || !found || n < 0 {
		return 0, refuse(http.StatusNotFound, codeNoRoute, "No location %q: want /at/N%s, N from 0", number, root) // our words
	}
	head := len(at) + len(number)
	r.URL.RawPath = r.URL.EscapedPath()[head:]
	r.URL.Path = r.URL.Path[head:]
	return n, nil
}

// admit checks a call's token and the limit on calls.
func (s *Server) admit(r *http.Request, h http.Header) error {
	given := r.Header["Authorization"]
	switch {
	case len(given) == 0:
		return errNoToken
	case subtle.ConstantTimeCompare([]byte(given[0]), s.token) != 1:
		return errBadToken
	case s.limiter != nil:
		return s.limiter.take(h)
	}
	return nil
}

// escapeKey escapes the slashes and dots of all that follows values/ or
// metadata/, as the ServeMux would otherwise clean a key as a path.
func escapeKey(r *http.Request) {
	raw := r.URL.EscapedPath()
	_, rest, found := strings.Cut(raw, below+"/")
	if !found {
		return
	}
	_, rest, _ = strings.Cut(rest, "/") // the namespace
	kind, key, found := strings.Cut(rest, "/")
	if !found || kind != "values" && kind != "metadata" {
		return
	}
	switch {
	case key == "." || key == "..":
		key = strings.ReplaceAll(key, ".", "%2E")
	case strings.Contains(key, "/"):
		key = strings.ReplaceAll(key, "/", "%2F")
	default:
		return
	}
	r.URL.RawPath = raw[:len(raw)-len(rest)] + kind + "/" + key
}
