package emulator

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"kvbench/kv"
)

// space is a namespace that is served.
type space struct {
	id, title string // title is guarded by spaces.mu
	mode      string
	region    string // jurisdiction
	store     kv.Store

	mu   sync.RWMutex // held for reading by every call of the store
	gone bool         // the store is closed
}

func (sp *space) close() error {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	if sp.gone {
		return nil
	}
	sp.gone = true
	return sp.store.Close()
}

// spaces are all namespaces. The zero value has none.
type spaces struct {
	mu    sync.Mutex // held to change them
	order []*space   // of their making
	byID  atomic.Pointer[map[string]*space]
}

func (all *spaces) find(id string) *space {
	if byID := all.byID.Load(); byID != nil {
		return (*byID)[id]
	}
	return nil
}

func (all *spaces) list() []*space {
	all.mu.Lock()
	defer all.mu.Unlock()
	return slices.Clone(all.order)
}

// publish makes a change of order seen. mu is held.
func (all *spaces) publish() {
	byID := make(map[string]*space, len(all.order))
	for _, sp := range all.order {
		byID[sp.id] = sp
	}
	all.byID.Store(&byID)
}

// Of titles, in bytes, and of namespaces in an account; both from
// developers.cloudflare.com/kv/platform/limits.
const (
	maxTitle  = 512
	maxSpaces = 1000
)

// check refuses a namespace that there may not be beside those there are. mu is held.
func (all *spaces) check(title string) error {
	if err := all.checkTitle(title); err != nil {
		return err
	}
	if len(all.order) >= maxSpaces { // our words
		return refuse(http.StatusBadRequest, codeSpaces, "an account has at most %d namespaces", maxSpaces)
	}
	return nil
}

// checkTitle refuses a title that no namespace may have beside those there are. mu
// is held.
func (all *spaces) checkTitle(title string) error {
	switch {
	case strings.TrimSpace(title) == "":
		return refuse(http.StatusBadRequest, codeTitleNeeded, "a namespace title is required") // our words
	case len(title) > maxTitle:
		return refuse(http.StatusBadRequest, codeInvalid, "a namespace title has at most %d bytes; this has %d", maxTitle, len(title)) // our words
	case slices.ContainsFunc(all.order, func(sp *space) bool { return sp.title == title }):
		return refuse(http.StatusBadRequest, codeTitleTaken, "a namespace with this account ID and title already exists")
	}
	return nil
}

func (all *spaces) add(n Namespace) (*space, error) {
	if err := n.check(); err != nil {
		return nil, err
	}
	if !isID(n.ID) {
		return nil, fmt.Errorf("namespace %q: identifier %q: want 32 hexadecimal digits", n.Title, n.ID)
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	if err := all.check(n.Title); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(all.order, func(sp *space) bool { return sp.id == n.ID }) {
		return nil, fmt.Errorf("namespace %q: there is one with the identifier %s already", n.Title, n.ID)
	}
	sp := &space{id: n.ID, title: n.Title, mode: n.Mode, region: n.Jurisdiction, store: n.Store}
	all.order = append(all.order, sp)
	all.publish()
	return sp, nil
}

// isID reports whether id has the form of a namespace's identifier.
func isID(id string) bool {
	b, err := hex.DecodeString(id)
	return err == nil && len(b) == 16
}

// space returns the namespace of a call. verb is what the call does to it, for
// the error's text.
func (s *Server) space(c *call, verb string) (*space, error) {
	if sp := s.spaces.find(c.namespace); sp != nil {
		return sp, nil
	}
	if !isID(c.namespace) {
		return nil, refuse(http.StatusBadRequest, codeID, "could not parse UUID from request's namespace_id: '%s'", c.namespace)
	}
	return nil, errNoNamespace(verb)
}

func errNoNamespace(verb string) error {
	return refuse(http.StatusNotFound, codeNamespace, "%s: 'namespace not found'", verb)
}

// store returns the store that a call asks n operations of, as its location sees
// it. It is not closed before release is called.
func (s *Server) store(c *call, verb string, k kind, n int) (store kv.Store, release func(), err error) {
	sp, err := s.space(c, verb)
	if err != nil {
		return nil, nil, err
	}
	store = sp.store
	if n := c.location; n != 0 {
		if have := store.Capabilities().Locations; n >= have {
			return nil, nil, refuse(http.StatusNotFound, codeNoRoute, "No location %d: the namespace has %d, counted from 0", n, have) // our words
		}
		store = store.(kv.Located).At(n)
	}
	if err := s.quota.spend(k, n); err != nil {
		return nil, nil, err
	}
	sp.mu.RLock()
	if sp.gone {
		sp.mu.RUnlock()
		return nil, nil, errNoNamespace(verb)
	}
	return store, sp.mu.RUnlock, nil
}
