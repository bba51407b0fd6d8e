package realisolate

import (
	"context"
	"crypto/subtle"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"

	"kvbench/internal/emulator/binding"
	"kvbench/internal/isolate"
	"kvbench/kv"
)

// serveKV serves the namespaces.
func (r *Runtime) serveKV(ctx context.Context, l net.Listener) error {
	s := &binding.Server{Token: r.token, Resolve: r.resolve}
	return s.Serve(ctx, l)
}

// resolve finds who makes a call of KV, and with which key: at is the index of the
// namespace, key has the shim's mark before it.
func (r *Runtime) resolve(at, key string) (kv.Store, string, error) {
	binding, err := strconv.Atoi(at)
	if err != nil || binding < 0 || binding >= len(r.config.Bindings) {
		return nil, "", &kv.Error{Status: http.StatusForbidden, Message: "who asks is not known"}
	}
	m, rest, ok := cutMark(key)
	if !ok {
		return nil, "", &kv.Error{Status: http.StatusBadRequest, Message: "who calls is not told"}
	}
	if name, short := strings.CutPrefix(rest, nameMark); short {
		if n, err := strconv.ParseUint(name, 10, 64); err == nil {
			if long, ok := r.named(n); ok {
				rest = long
			}
		}
	}
	v := r.invocation(m.invocation)
	if v == nil {
		return nil, "", errOver
	}
	return &store{invocation: v, binding: binding, mark: m}, rest, nil
}

var errOver = &kv.Error{Status: http.StatusGone, Message: "the invocation is over"}

// known is what a request of the process is for; ok says that it is one.
func (r *Runtime) known(at string) (what string, ok bool) {
	token, what, _ := strings.Cut(at, " ")
	return what, subtle.ConstantTimeCompare([]byte(token), []byte(r.token)) == 1
}

// mark is what the shim tells of a call.
type mark struct {
	invocation uint64
	call       uint64 // of the invocation, counted from 1
	sites      string
}

// cutMark reads INVOCATION.CALL@SITES~ before a key, its numbers in base 36.
func cutMark(text string) (m mark, rest string, ok bool) {
	before, rest, ok := strings.Cut(text, "~")
	if !ok {
		return m, "", false
	}
	who, sites, _ := strings.Cut(before, "@")
	invocation, call, _ := strings.Cut(who, ".")
	m.sites = sites
	var errs [2]error
	m.invocation, errs[0] = strconv.ParseUint(invocation, 36, 64)
	m.call, errs[1] = strconv.ParseUint(call, 36, 64)
	return m, rest, errors.Join(errs[:]...) == nil
}

// store makes one call of an invocation. It implements kv.Store and kv.BulkGetter.
type store struct {
	invocation *invocation
	binding    int
	mark       mark
}

// do makes the call as a task of the invocation.
func (s *store) do(f func(ctx context.Context, to kv.Store) error) error {
	ok, err := s.invocation.start(s.mark, func(ctx context.Context, t isolate.Task) error { return f(ctx, t.KV(s.binding)) })
	if !ok {
		return errOver
	}
	if errors.Is(err, kv.ErrInvocationLimit) {
		return &kv.Error{Status: http.StatusTooManyRequests, Message: limitMark}
	}
	return err
}

func (s *store) Get(_ context.Context, key string, o kv.GetOptions, e *kv.Entry) error {
	return s.do(func(ctx context.Context, to kv.Store) error { return to.Get(ctx, key, o, e) })
}

func (s *store) Put(_ context.Context, key string, value []byte, o kv.PutOptions) error {
	return s.do(func(ctx context.Context, to kv.Store) error { return to.Put(ctx, key, value, o) })
}

func (s *store) Delete(_ context.Context, key string) error {
	return s.do(func(ctx context.Context, to kv.Store) error { return to.Delete(ctx, key) })
}

func (s *store) List(_ context.Context, o kv.ListOptions, p *kv.Page) error {
	return s.do(func(ctx context.Context, to kv.Store) error { return to.List(ctx, o, p) })
}

func (s *store) BulkGet(_ context.Context, keys []string, o kv.GetOptions, es []kv.Entry) error {
	return s.do(func(ctx context.Context, to kv.Store) error {
		bulk, ok := to.(kv.BulkGetter)
		if !ok {
			return &kv.Error{Status: http.StatusNotImplemented, Message: "the store has no bulk get"}
		}
		return bulk.BulkGet(ctx, keys, o, es)
	})
}

// Capabilities are what KV has; what the store behind it has not, it refuses itself.
func (s *store) Capabilities() kv.Capabilities {
	return kv.Capabilities{Locations: 1, MaxKeyBytes: kv.MaxKeyBytes, BulkGetKeys: kv.MaxBulkGetKeys}
}

func (s *store) Close() error { return nil }
