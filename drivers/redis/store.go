package redis

import (
	"context"
	"net/http"
	"time"

	"kvbench/drivers/limits"
	"kvbench/kv"

	client "github.com/redis/go-redis/v9"
)

// store is one namespace of a server.
type store struct {
	client       *client.Client
	capabilities kv.Capabilities
	// names is the sorted set's key; value and metadata are what those of a key begin with.
	names, value, metadata string
	clk                    kv.Clock
}

var (
	_ kv.Store       = (*store)(nil)
	_ kv.BulkGetter  = (*store)(nil)
	_ kv.BulkPutter  = (*store)(nil)
	_ kv.BulkDeleter = (*store)(nil)
)

// Get implements kv.Store. Redis tells of no expiration beside a value.
func (s *store) Get(ctx context.Context, key string, o kv.GetOptions, e *kv.Entry) error {
	e.Reset()
	if err := limits.Key(&s.capabilities, key); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if o.Metadata {
		return s.getBoth(ctx, key, e)
	}
	value, err := s.client.Get(ctx, s.value+key).Result()
	if err != nil {
		return failure(ctx, err)
	}
	e.Found, e.Value = true, append(e.Value, value...)
	return nil
}

// getBoth reads a value and its metadata, which end together.
func (s *store) getBoth(ctx context.Context, key string, e *kv.Entry) error {
	found, err := s.client.MGet(ctx, s.value+key, s.metadata+key).Result()
	if err != nil {
		return failure(ctx, err)
	}
	if err := fill(e, found[0], found[1]); err != nil {
		return err
	}
	if !e.Found {
		return kv.ErrNotFound
	}
	return nil
}

// fill fills e with what an answer has for a value and for its metadata: a string, or
// nil.
func fill(e *kv.Entry, value, metadata any) error {
	if value == nil {
		return nil
	}
	v, ok := value.(string)
	if !ok {
		return badAnswer("a value", value)
	}
	if metadata != nil {
		m, ok := metadata.(string)
		if !ok {
			return badAnswer("metadata", metadata)
		}
		e.Metadata = append(e.Metadata, m...)
	}
	e.Found, e.Value = true, append(e.Value, v...)
	return nil
}

// Put implements kv.Store.
func (s *store) Put(ctx context.Context, key string, value []byte, o kv.PutOptions) error {
	now := s.now()
	if err := limits.Put(&s.capabilities, key, value, o, now.Unix()); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	pair := kv.Pair{Key: key, Value: value, Options: o}
	return s.transaction(ctx, func(p client.Pipeliner) {
		s.set(ctx, p, &pair, now)
		p.ZAdd(ctx, s.names, client.Z{Member: key})
	})
}

// set writes all of a pair but its name, which ends as one that is put at now.
func (s *store) set(ctx context.Context, c client.Pipeliner, pair *kv.Pair, now time.Time) {
	end := pair.Options.Expiration // in seconds of Unix time; 0: never
	if ttl := pair.Options.TTL; ttl > 0 {
		end = kv.ExpiresAt(now, ttl)
	}
	set := func(key string, value []byte) {
		if end == 0 {
			c.Set(ctx, key, value, 0)
		} else { // Redis still has a key in the millisecond of its end
			c.Do(ctx, "set", key, value, "pxat", end*1000-1)
		}
	}
	set(s.value+pair.Key, pair.Value)
	if metadata := limits.Metadata(&s.capabilities, pair.Options.Metadata); len(metadata) > 0 {
		set(s.metadata+pair.Key, metadata)
	} else {
		c.Unlink(ctx, s.metadata+pair.Key)
	}
}

// now is the time by the store's clock.
func (s *store) now() time.Time { return s.clk.Epoch().Add(s.clk.Now()) }

// Delete implements kv.Store.
func (s *store) Delete(ctx context.Context, key string) error {
	return s.BulkDelete(ctx, []string{key})
}

// Capabilities implements kv.Store.
func (s *store) Capabilities() kv.Capabilities { return s.capabilities }

// Close implements kv.Store.
func (s *store) Close() error { return s.client.Close() }

func badAnswer(to string, answer any) error {
	return limits.Refuse(http.StatusBadGateway, "the answer to %s is not what Redis answers: %.80q", to, answer)
}
