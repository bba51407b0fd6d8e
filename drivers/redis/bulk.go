package redis

import (
	"context"
	"strings"

	"kvbench/drivers/limits"
	"kvbench/kv"

	client "github.com/redis/go-redis/v9"
)

// BulkGet implements kv.BulkGetter.
func (s *store) BulkGet(ctx context.Context, keys []string, o kv.GetOptions, es []kv.Entry) error {
	for i := range es {
		es[i].Reset()
	}
	if err := limits.BulkGet(&s.capabilities, keys, es); err != nil {
		return err
	}
	for _, key := range keys {
		if err := limits.Key(&s.capabilities, key); err != nil {
			return err
		}
	}
	of := below(make([]string, 0, 2*len(keys)), s.value, keys)
	if o.Metadata {
		of = below(of, s.metadata, keys)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	found, err := s.client.MGet(ctx, of...).Result()
	if err != nil {
		return failure(ctx, err)
	}
	if err := fillAll(es, found, o.Metadata); err != nil {
		for i := range es {
			es[i].Reset()
		}
		return err
	}
	return nil
}

// below appends the Redis keys of keys, which begin with prefix, to of. They share one
// memory.
func below(of []string, prefix string, keys []string) []string {
	size := len(prefix) * len(keys)
	for _, key := range keys {
		size += len(key)
	}
	var all strings.Builder
	all.Grow(size)
	for _, key := range keys {
		from := all.Len()
		all.WriteString(prefix)
		all.WriteString(key)
		of = append(of, all.String()[from:])
	}
	return of
}

// fillAll fills es with the values of an answer, and the metadata that follows all of
// them.
func fillAll(es []kv.Entry, found []any, withMetadata bool) error {
	total := 0
	for i := range es {
		var metadata any
		if withMetadata {
			metadata = found[len(es)+i]
		}
		if err := fill(&es[i], found[i], metadata); err != nil {
			return err
		}
		if total += len(es[i].Value); total > kv.MaxBulkGetBytes {
			return limits.TooMuch()
		}
	}
	return nil
}

// BulkPut implements kv.BulkPutter. All pairs are written, or none.
func (s *store) BulkPut(ctx context.Context, pairs []kv.Pair) error {
	now := s.now()
	if err := limits.BulkPut(&s.capabilities, pairs, now.Unix()); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil || len(pairs) == 0 {
		return err
	}
	return s.transaction(ctx, func(p client.Pipeliner) {
		names := make([]client.Z, len(pairs))
		for i := range pairs {
			s.set(ctx, p, &pairs[i], now)
			names[i].Member = pairs[i].Key
		}
		p.ZAdd(ctx, s.names, names...)
	})
}

// BulkDelete implements kv.BulkDeleter.
func (s *store) BulkDelete(ctx context.Context, keys []string) error {
	if err := limits.Keys(&s.capabilities, keys); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil || len(keys) == 0 {
		return err
	}
	of := below(below(make([]string, 0, 2*len(keys)), s.value, keys), s.metadata, keys)
	names := make([]any, len(keys))
	for i, key := range keys {
		names[i] = key
	}
	return s.transaction(ctx, func(p client.Pipeliner) {
		p.Unlink(ctx, of...)
		p.ZRem(ctx, s.names, names...)
	})
}

// transaction runs commands between MULTI and EXEC, all or none, in one round trip.
func (s *store) transaction(ctx context.Context, commands func(p client.Pipeliner)) error {
	sent, err := s.client.TxPipelined(ctx, func(p client.Pipeliner) error {
		commands(p)
		return nil
	})
	for _, command := range sent {
		if of := command.Err(); of != nil && client.HasErrorPrefix(err, "EXECABORT") { // which does not say why
			err = of
		}
	}
	return failure(ctx, err)
}
