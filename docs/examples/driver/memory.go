// Package memory is an example of a driver outside kvbench's repository: a store in
// memory, written against package kv alone. Its test is that of every driver, drivertest.
package memory

import (
	"context"
	"encoding/json"
	"fmt"
	"kvbench/kv"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

const example = "memory://?latency=1ms"

// Driver is the driver: a line of the table of a kvbench of one's own.
var Driver = kv.Driver{
	Scheme: "memory", Doc: "a map in memory, where all calls take the same time", Example: example, Options: Options, Open: Open,
}

// Options describes the options of Open.
func Options() []kv.Setting {
	return []kv.Setting{{Name: "latency", Doc: "how long a call takes", Kind: "duration", Min: "0s", Max: "1h", Default: "1ms"}}
}

// Open opens an empty store.
func Open(u *url.URL, env kv.Env) (kv.Store, error) {
	if u.Host != "" || u.Path != "" || u.User != nil {
		return nil, fmt.Errorf("want options only, such as %s", example)
	}
	latency := time.Millisecond
	if given := u.Query().Get("latency"); given != "" {
		var err error
		if latency, err = time.ParseDuration(given); err != nil || latency < 0 || latency > time.Hour {
			return nil, fmt.Errorf("option latency=%s: want a duration from 0s to 1h, such as 5ms", given)
		}
	}
	prices, err := env.Price(kv.NoPrices("memory costs what the machine does"))
	if err != nil {
		return nil, err
	}
	return &store{clock: env.Clock, latency: latency, items: map[string]item{}, capabilities: kv.Capabilities{
		Virtual: true, Modelled: true, Locations: 1, MaxKeyBytes: kv.MaxKeyBytes, MinTTL: kv.MinTTL, MaxListKeys: kv.MaxListKeys,
		Prices: prices, Sources: []string{"assumption: every call takes " + latency.String()},
	}}, nil
}

type item struct {
	value, metadata []byte
	expiration      int64 // seconds of Unix time; 0: never
}

type store struct {
	clock        kv.Clock
	latency      time.Duration // of a call
	capabilities kv.Capabilities

	mu    sync.Mutex // never held while the clock waits
	items map[string]item
}

func refuse(status int, format string, args ...any) error {
	return &kv.Error{Status: status, Message: fmt.Sprintf(format, args...)}
}

// begin lets a call take its time, on the clock that the run lives by, and checks its key.
func (s *store) begin(ctx context.Context, key string) error {
	switch {
	case key == "" || key == "." || key == ".." || !utf8.ValidString(key):
		return refuse(http.StatusBadRequest, "%q is no key", key)
	case len(key) > s.capabilities.MaxKeyBytes:
		return refuse(http.StatusRequestURITooLong, "a key of %d bytes", len(key))
	}
	return s.clock.Sleep(ctx, s.latency)
}

func (s *store) now() time.Time { return s.clock.Epoch().Add(s.clock.Now()) }

// Get implements kv.Store.
func (s *store) Get(ctx context.Context, key string, o kv.GetOptions, e *kv.Entry) error {
	e.Reset()
	if err := s.begin(ctx, key); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	it, found := s.items[key]
	if !found || it.expiration != 0 && it.expiration <= s.now().Unix() {
		return kv.ErrNotFound
	}
	e.Found, e.Expiration, e.Value = true, it.expiration, append(e.Value, it.value...)
	if o.Metadata {
		e.Metadata = append(e.Metadata, it.metadata...)
	}
	return nil
}

// Put implements kv.Store.
func (s *store) Put(ctx context.Context, key string, value []byte, o kv.PutOptions) error {
	if err := s.begin(ctx, key); err != nil {
		return err
	}
	now := s.now()
	it := item{value: slices.Clone(value), metadata: slices.Clone(o.Metadata), expiration: o.Expiration}
	if o.TTL > 0 {
		it.expiration = kv.ExpiresAt(now, o.TTL)
	}
	least := int64(s.capabilities.MinTTL / time.Second)
	switch {
	case o.TTL < 0 || o.TTL > 0 && o.TTL < s.capabilities.MinTTL || it.expiration != 0 && it.expiration < now.Unix()+least:
		return refuse(http.StatusBadRequest, "it would end in less than %v", s.capabilities.MinTTL)
	case len(o.Metadata) > 0 && !json.Valid(o.Metadata):
		return refuse(http.StatusBadRequest, "metadata that is not JSON")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items[strings.Clone(key)] = it
	return nil
}

// Delete implements kv.Store.
func (s *store) Delete(ctx context.Context, key string) error {
	if err := s.begin(ctx, key); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.items, key)
	return nil
}

// List implements kv.Store. A cursor is the last name of the page before.
func (s *store) List(ctx context.Context, o kv.ListOptions, p *kv.Page) error {
	p.Reset()
	most := s.capabilities.MaxListKeys
	if o.Limit < 0 || o.Limit > most {
		return refuse(http.StatusBadRequest, "a page of %d names", o.Limit)
	}
	if o.Limit > 0 {
		most = o.Limit
	}
	if err := s.clock.Sleep(ctx, s.latency); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now().Unix()
	for name, it := range s.items {
		if strings.HasPrefix(name, o.Prefix) && name > o.Cursor && (it.expiration == 0 || it.expiration > now) {
			p.Keys = append(p.Keys, kv.Key{Name: name, Expiration: it.expiration, Metadata: it.metadata})
		}
	}
	slices.SortFunc(p.Keys, func(a, b kv.Key) int { return strings.Compare(a.Name, b.Name) })
	if p.Complete = len(p.Keys) <= most; !p.Complete {
		p.Keys = p.Keys[:most]
		p.Cursor = p.Keys[most-1].Name
	}
	return nil
}

// Capabilities implements kv.Store.
func (s *store) Capabilities() kv.Capabilities { return s.capabilities }

// Close implements kv.Store.
func (s *store) Close() error { return nil }
