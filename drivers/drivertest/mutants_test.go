package drivertest_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"kvbench/kv"
)

// mutant is a broken store and the rows that have to catch it.
type mutant struct {
	name     string
	broken   broken
	caughtBy []string
}

func mutants() []mutant {
	return slices.Concat(
		valueMutants(), limitMutants(), namespaceMutants(), expiryMutants(), listMutants(), bulkMutants(), locationMutants())
}

func valueMutants() []mutant {
	return []mutant{
		{"drops the last byte of a value", broken{get: func(s store, c getCall) error {
			err := s.Get(c.ctx, c.key, c.o, c.e)
			c.e.Value = c.e.Value[:max(0, len(c.e.Value)-1)]
			return err
		}}, []string{"put-get", "value-limit", "key-characters", "bulk-put-limit"}},
		{"takes an empty value for none", broken{get: func(s store, c getCall) error {
			if err := s.Get(c.ctx, c.key, c.o, c.e); err != nil || len(c.e.Value) > 0 {
				return err
			}
			c.e.Reset()
			return kv.ErrNotFound
		}}, []string{"empty-value"}},
		{"leaves the entry of an absent key as it was", broken{get: func(s store, c getCall) error {
			e := *c.e
			c.e.Value, c.e.Metadata = nil, nil
			if err := s.Get(c.ctx, c.key, c.o, c.e); err != nil {
				*c.e = e
				return err
			}
			return nil
		}}, []string{"absent"}},
		{"answers an absent key with no error", broken{get: func(s store, c getCall) error {
			err := s.Get(c.ctx, c.key, c.o, c.e)
			if errors.Is(err, kv.ErrNotFound) {
				return nil
			}
			return err
		}}, []string{"absent", "delete-absent", "delete"}},
		{"does not overwrite", broken{put: func(s store, c putCall) error {
			var e kv.Entry
			if s.Get(c.ctx, c.key, kv.GetOptions{}, &e) == nil {
				return nil
			}
			return s.Put(c.ctx, c.key, c.value, c.o)
		}}, []string{"overwrite", "metadata"}},
		{"does not delete", broken{remove: func(store, context.Context, string) error { return nil }}, []string{"delete"}},
		{"fails to delete an absent key", broken{remove: func(s store, ctx context.Context, key string) error {
			var e kv.Entry
			if err := s.Get(ctx, key, kv.GetOptions{}, &e); err != nil {
				return err
			}
			return s.Delete(ctx, key)
		}}, []string{"delete-absent"}},
		{"drops metadata", broken{put: func(s store, c putCall) error {
			c.o.Metadata = nil
			return s.Put(c.ctx, c.key, c.value, c.o)
		}}, []string{"metadata", "metadata-limit", "list-details", "put-keeps-nothing"}},
		{"keeps metadata that a put without any should clear", broken{put: func(s store, c putCall) error {
			var e kv.Entry
			if s.Get(c.ctx, c.key, kv.GetOptions{Metadata: true}, &e) == nil && len(c.o.Metadata) == 0 {
				c.o.Metadata = e.Metadata
			}
			return s.Put(c.ctx, c.key, c.value, c.o)
		}}, []string{"metadata"}},
		{"keeps the caller's value", keepsValue(), []string{"put-keeps-nothing"}},
		{"keeps the caller's key", keepsKey(), []string{"put-keeps-nothing"}},
		{"gives the same memory to every get", sharesMemory(), []string{"entry-is-the-callers"}},
		{"allocates for every get", broken{get: func(s store, c getCall) error {
			*c.e = kv.Entry{}
			return s.Get(c.ctx, c.key, c.o, c.e)
		}}, []string{"entry-reused"}},
		{"cannot close", broken{close: func(s store) error {
			return errors.Join(s.Close(), errors.New("cannot close"))
		}}, []string{"close", "put-get"}},
		{"declares no location", broken{capabilities: func(t *kv.Capabilities) { t.Locations = 0 }}, []string{"capabilities"}},
		{"is modelled without a source", broken{capabilities: func(t *kv.Capabilities) { t.Sources = nil }}, []string{"capabilities"}},
		{"mixes values of concurrent gets", mixes(), []string{"concurrent"}},
		{"ignores the context", broken{put: func(s store, c putCall) error {
			return s.Put(context.WithoutCancel(c.ctx), c.key, c.value, c.o)
		}}, []string{"canceled"}},
		{"writes before it looks at the context", broken{put: func(s store, c putCall) error {
			return errors.Join(s.Put(context.WithoutCancel(c.ctx), c.key, c.value, c.o), c.ctx.Err())
		}}, []string{"canceled"}},
	}
}

// keepsValue hands a value out that its writer may have changed since.
func keepsValue() broken {
	kept := map[string][]byte{}
	return broken{
		put: func(s store, c putCall) error {
			kept[strings.Clone(c.key)] = c.value
			return s.Put(c.ctx, c.key, c.value, c.o)
		},
		get: func(s store, c getCall) error {
			err := s.Get(c.ctx, c.key, c.o, c.e)
			if value, ok := kept[c.key]; ok && err == nil {
				c.e.Value = append(c.e.Value[:0], value...)
			}
			return err
		},
	}
}

// keepsKey finds only the keys whose memory is as it was when they were put.
func keepsKey() broken {
	kept := map[string]bool{}
	return broken{
		put: func(s store, c putCall) error {
			kept[c.key] = true
			return s.Put(c.ctx, c.key, c.value, c.o)
		},
		get: func(s store, c getCall) error {
			if !kept[c.key] {
				c.e.Reset()
				return kv.ErrNotFound
			}
			return s.Get(c.ctx, c.key, c.o, c.e)
		},
	}
}

func sharesMemory() broken {
	shared := map[string]kv.Entry{}
	return broken{get: func(s store, c getCall) error {
		if e, ok := shared[c.key]; ok {
			*c.e = e
			return nil
		}
		err := s.Get(c.ctx, c.key, c.o, c.e)
		shared[c.key] = *c.e
		return err
	}}
}

// mixes answers a get with the metadata of one write and the value of another.
func mixes() broken {
	var last []byte
	return broken{get: func(s store, c getCall) error {
		err := s.Get(c.ctx, c.key, c.o, c.e)
		if err == nil {
			c.e.Metadata, last = append(c.e.Metadata[:0], last...), bytes.Clone(c.e.Metadata)
		}
		return err
	}}
}

func limitMutants() []mutant {
	return []mutant{
		{"decodes keys as URLs", broken{
			put: func(s store, c putCall) error {
				return s.Put(c.ctx, strings.ReplaceAll(c.key, "%2F", "/"), c.value, c.o)
			},
			get: func(s store, c getCall) error {
				return s.Get(c.ctx, strings.ReplaceAll(c.key, "%2F", "/"), c.o, c.e)
			},
		}, []string{"key-characters"}},
		{"cuts long keys", broken{
			put: func(s store, c putCall) error {
				return s.Put(c.ctx, c.key[:min(len(c.key), kv.MaxKeyBytes)], c.value, c.o)
			},
		}, []string{"key-limit"}},
		{"deletes any key", broken{remove: func(s store, ctx context.Context, key string) error {
			if err := s.Delete(ctx, key); !kv.HasStatus(err, 400) {
				return err
			}
			return nil
		}}, []string{"key-refused"}},
		{"cuts long values", broken{put: func(s store, c putCall) error {
			return s.Put(c.ctx, c.key, c.value[:min(len(c.value), kv.MaxValueBytes)], c.o)
		}}, []string{"value-refused"}},
		{"cuts long metadata", broken{put: func(s store, c putCall) error {
			c.o.Metadata = c.o.Metadata[:min(len(c.o.Metadata), 1000)]
			return s.Put(c.ctx, c.key, c.value, c.o)
		}}, []string{"metadata-limit"}},
		{"writes the value when it refuses the metadata", broken{put: func(s store, c putCall) error {
			err := s.Put(c.ctx, c.key, c.value, c.o)
			if err != nil {
				c.o.Metadata = nil
				err = errors.Join(err, s.Put(c.ctx, c.key, c.value, c.o))
			}
			return err
		}}, []string{"metadata-json", "metadata-limit"}},
		{"refuses no write for its rate", broken{put: func(s store, c putCall) error {
			if err := s.Put(c.ctx, c.key, c.value, c.o); !kv.HasStatus(err, 429) {
				return err
			}
			return nil
		}}, []string{"write-limit"}},
	}
}

func namespaceMutants() []mutant {
	kept := map[string][]byte{}
	// takes puts what is refused with a status past the store, into kept.
	takes := func(status int) broken {
		return broken{
			put: func(s store, c putCall) error {
				err := s.Put(c.ctx, c.key, c.value, c.o)
				if kv.HasStatus(err, status) {
					kept[strings.Clone(c.key)], err = bytes.Clone(c.value), nil
				}
				return err
			},
			get: func(s store, c getCall) error {
				err := s.Get(c.ctx, c.key, c.o, c.e)
				if value, ok := kept[c.key]; ok {
					c.e.Found, c.e.Value, err = true, append(c.e.Value[:0], value...), nil
				}
				return err
			},
		}
	}
	return []mutant{
		{"keeps metadata that it should not", broken{get: func(s store, c getCall) error {
			err := s.Get(c.ctx, c.key, c.o, c.e)
			if c.o.Metadata && err == nil {
				c.e.Metadata = append(c.e.Metadata[:0], '1')
			}
			return err
		}}, []string{"no-metadata"}},
		{"lists metadata that it should not have", broken{list: func(s store, ctx context.Context, o kv.ListOptions, p *kv.Page) error {
			err := s.List(ctx, o, p)
			for i := range p.Keys {
				p.Keys[i].Metadata = []byte("1")
			}
			return err
		}}, []string{"no-metadata"}},
		{"takes what there is no room for", takes(413), []string{"namespace-keys", "namespace-bytes"}},
		{"declares no room for another key when it is overwritten", broken{put: func(s store, c putCall) error {
			if strings.HasSuffix(c.key, "k00000") {
				return &kv.Error{Status: 413}
			}
			return s.Put(c.ctx, c.key, c.value, c.o)
		}}, []string{"namespace-keys"}},
		{"takes writes to the namespace at any rate", takes(429), []string{"namespace-write-limit"}},
		{"makes the writes that it refuses for their rate", broken{
			put: func(s store, c putCall) error {
				err := s.Put(c.ctx, c.key, c.value, c.o)
				if kv.HasStatus(err, 429) {
					kept[strings.Clone(c.key)] = bytes.Clone(c.value)
				}
				return err
			},
			get: takes(0).get,
		}, []string{"namespace-write-limit"}},
		{"cuts a listing into pages", broken{list: func(s store, ctx context.Context, o kv.ListOptions, p *kv.Page) error {
			if o.Limit == 0 {
				o.Limit = 1000
			}
			return s.List(ctx, o, p)
		}}, []string{"list-one-page"}},
	}
}

func expiryMutants() []mutant {
	longer := func(change func(o *kv.PutOptions)) broken {
		return broken{put: func(s store, c putCall) error {
			change(&c.o)
			return s.Put(c.ctx, c.key, c.value, c.o)
		}}
	}
	kept := map[string]kv.PutOptions{}
	return []mutant{
		{
			"makes TTLs ten times as long", longer(func(o *kv.PutOptions) { o.TTL *= 10 }),
			[]string{"ttl", "expired-in-cache", "expired-unlisted", "ttl-minimum"},
		},
		{
			"counts a TTL from the second to come", longer(func(o *kv.PutOptions) {
				if o.TTL > 0 {
					o.TTL += time.Second
				}
			}),
			[]string{"ttl-second"},
		},
		{"lists an expiration a second early", broken{list: func(s store, ctx context.Context, o kv.ListOptions, p *kv.Page) error {
			err := s.List(ctx, o, p)
			for i := range p.Keys {
				p.Keys[i].Expiration--
			}
			return err
		}}, []string{"ttl-second"}},
		{
			"ignores expirations", longer(func(o *kv.PutOptions) { o.Expiration = 0 }),
			[]string{"expiration", "list-details"},
		},
		{"expires early", longer(func(o *kv.PutOptions) {
			if o.Expiration > 0 {
				o.Expiration -= 10
			}
		}), []string{"expiration"}},
		{"prefers the expiration", longer(func(o *kv.PutOptions) {
			if o.Expiration != 0 {
				o.TTL = 0
			}
		}), []string{"ttl-wins"}},
		{"keeps an earlier TTL", broken{put: func(s store, c putCall) error {
			if c.o.TTL == 0 {
				c.o.TTL = kept[c.key].TTL
			}
			kept[c.key] = c.o
			return s.Put(c.ctx, c.key, c.value, c.o)
		}}, []string{"put-clears-ttl"}},
		{"takes any TTL", longer(func(o *kv.PutOptions) {
			if o.TTL != 0 {
				o.TTL = max(o.TTL, kv.MinTTL)
			}
		}), []string{"ttl-minimum"}},
		{"takes any cacheTtl", broken{get: func(s store, c getCall) error {
			c.o.CacheTTL = max(c.o.CacheTTL, kv.MinCacheTTL)
			return s.Get(c.ctx, c.key, c.o, c.e)
		}}, []string{"cache-ttl-minimum"}},
	}
}

func listMutants() []mutant {
	after := func(change func(o kv.ListOptions, p *kv.Page)) broken {
		return broken{list: func(s store, ctx context.Context, o kv.ListOptions, p *kv.Page) error {
			err := s.List(ctx, o, p)
			change(o, p)
			return err
		}}
	}
	before := func(change func(o *kv.ListOptions)) broken {
		return broken{list: func(s store, ctx context.Context, o kv.ListOptions, p *kv.Page) error {
			change(&o)
			return s.List(ctx, o, p)
		}}
	}
	return []mutant{
		{"lists a name that is not there", after(func(o kv.ListOptions, p *kv.Page) {
			p.Keys = append(p.Keys, kv.Key{Name: o.Prefix + "zzz"})
		}), []string{"list-empty"}},
		{"lists in UTF-16 order", after(func(_ kv.ListOptions, p *kv.Page) {
			slices.SortFunc(p.Keys, func(a, b kv.Key) int {
				return strings.Compare(strings.ReplaceAll(a.Name, "\uff61", "\U000f0000"),
					strings.ReplaceAll(b.Name, "\uff61", "\U000f0000"))
			})
		}), []string{"list-order"}},
		{"ends a prefix at the first separator", before(func(o *kv.ListOptions) {
			o.Prefix = o.Prefix[:strings.LastIndexAny(o.Prefix, "/:")+1]
		}), []string{"list-prefix", "list-cursor-prefix"}},
		{"forgets the prefix after the first page", before(func(o *kv.ListOptions) {
			if o.Cursor != "" {
				o.Prefix = ""
			}
		}), []string{"list-cursor-prefix"}},
		{"loses a name at a page's end", after(func(_ kv.ListOptions, p *kv.Page) {
			if !p.Complete && len(p.Keys) > 1 {
				p.Keys = p.Keys[:len(p.Keys)-1]
			}
		}), []string{"list-paging", "list-page-limit"}},
		{"never ends", after(func(o kv.ListOptions, p *kv.Page) {
			if p.Complete {
				p.Complete, p.Cursor = false, o.Cursor
			}
		}), []string{"list-empty", "list-paging"}},
		{
			"takes any limit", before(func(o *kv.ListOptions) { o.Limit = min(max(o.Limit, 0), 1000) }),
			[]string{"list-page-limit"},
		},
		{"takes an empty page for the end", after(func(_ kv.ListOptions, p *kv.Page) {
			if len(p.Keys) == 0 {
				p.Complete, p.Cursor = true, ""
			}
		}), []string{"list-deleted"}},
		{"lists no metadata", after(func(_ kv.ListOptions, p *kv.Page) {
			for i := range p.Keys {
				p.Keys[i].Metadata = nil
			}
		}), []string{"list-details"}},
		{"appends to the page", broken{list: func(s store, ctx context.Context, o kv.ListOptions, p *kv.Page) error {
			old := slices.Clone(p.Keys)
			err := s.List(ctx, o, p)
			p.Keys = append(old, p.Keys...)
			return err
		}}, []string{"list-page-reused"}},
	}
}

func bulkMutants() []mutant {
	return []mutant{
		{"answers a bulk get with nothing when a key is absent", broken{bulkGet: func(s store, c bulkGetCall) error {
			err := s.BulkGet(c.ctx, c.keys, c.o, c.es)
			if slices.ContainsFunc(c.es, func(e kv.Entry) bool { return !e.Found }) {
				for i := range c.es {
					c.es[i].Reset()
				}
			}
			return err
		}}, []string{"bulk-get"}},
		{"cuts long bulk gets", broken{bulkGet: func(s store, c bulkGetCall) error {
			n := min(len(c.keys), kv.MaxBulkGetKeys)
			return s.BulkGet(c.ctx, c.keys[:n], c.o, c.es[:n])
		}}, []string{"bulk-get-limit"}},
		{"gets one by one", broken{bulkGet: func(s store, c bulkGetCall) error {
			for i, key := range c.keys {
				if err := s.Get(c.ctx, key, c.o, &c.es[i]); err != nil && !errors.Is(err, kv.ErrNotFound) {
					return err
				}
			}
			return nil
		}}, []string{"bulk-get-bytes"}},
		{"ignores the options of a bulk put", broken{bulkPut: func(s store, ctx context.Context, pairs []kv.Pair) error {
			pairs = slices.Clone(pairs)
			for i := range pairs {
				pairs[i].Options = kv.PutOptions{}
			}
			return s.BulkPut(ctx, pairs)
		}}, []string{"bulk-put"}},
		{"deletes only the first of many", broken{bulkDel: func(s store, ctx context.Context, keys []string) error {
			return s.BulkDelete(ctx, keys[:1])
		}}, []string{"bulk-delete"}},
		{"deletes one by one", broken{bulkDel: func(s store, ctx context.Context, keys []string) error {
			for _, key := range keys {
				if err := s.Delete(ctx, key); err != nil {
					return err
				}
			}
			return nil
		}}, []string{"bulk-delete"}},
		{"puts one by one", broken{bulkPut: func(s store, ctx context.Context, pairs []kv.Pair) error {
			for _, p := range pairs {
				if err := s.Put(ctx, p.Key, p.Value, p.Options); err != nil {
					return err
				}
			}
			return nil
		}}, []string{"bulk-put-limit", "bulk-put-refused"}},
	}
}

func locationMutants() []mutant {
	stale := map[string]kv.Entry{}
	return []mutant{
		{
			"has one location for all",
			broken{at: func(s store, n int) store { return s.At(0).(store) }},
			[]string{"absence-cached", "value-cached", "cache-ttl-shortens", "bulk-get-caches"},
		},
		{"never forgets what it read", broken{get: func(s store, c getCall) error {
			if e, ok := stale[c.key]; ok {
				*c.e = e
				if !e.Found {
					return kv.ErrNotFound
				}
				return nil
			}
			err := s.Get(c.ctx, c.key, c.o, c.e)
			e := *c.e
			e.Value, e.Metadata = bytes.Clone(e.Value), bytes.Clone(e.Metadata)
			stale[c.key] = e
			return err
		}}, []string{"own-writes", "value-cached", "expired-in-cache", "ttl"}},
		{"caches for longer than it was asked", broken{get: func(s store, c getCall) error {
			c.o.CacheTTL = max(2*c.o.CacheTTL, kv.MinCacheTTL)
			return s.Get(c.ctx, c.key, c.o, c.e)
		}}, []string{"cache-ttl-fixed", "absence-cached", "value-cached"}},
		{"never lets another location see a write", broken{at: func(s store, n int) store {
			return (&broken{get: func(s store, c getCall) error {
				c.e.Reset()
				return kv.ErrNotFound
			}}).wrap(s.At(n).(store))
		}}, []string{"seen-elsewhere", "last-write-wins"}},
	}
}
