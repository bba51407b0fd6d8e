package redis

import (
	"context"
	"encoding/base64"
	"strings"

	"kvbench/drivers/limits"
	"kvbench/kv"

	client "github.com/redis/go-redis/v9"
)

// listing answers the last name that it has examined, empty where no other follows, and
// then of each key that is there: name, expiration, metadata. What is gone is taken from
// the set.
//
//	KEYS: the set of names
//	ARGV: what the keys of values and of metadata begin with, the first and the last name
//	      as ZRANGEBYLEX has them, and how many names to examine
var listing = client.NewScript(`
local most = tonumber(ARGV[5])
local names = redis.call('ZRANGEBYLEX', KEYS[1], ARGV[3], ARGV[4], 'LIMIT', 0, most + 1)
local out, gone = {''}, {}
if #names > most then
	names[#names] = nil
	out[1] = names[most]
end
for _, name in ipairs(names) do
	local at = redis.call('EXPIRETIME', ARGV[1] .. name)
	if at == -2 then
		gone[#gone+1] = name
		redis.call('UNLINK', ARGV[2] .. name)
	else
		out[#out+1] = name
		out[#out+1] = at
		out[#out+1] = redis.call('GET', ARGV[2] .. name)
	end
end
if #gone > 0 then
	redis.call('ZREM', KEYS[1], unpack(gone))
end
return out
`)

// beyond follows every name that begins with what stands before it: no byte of UTF-8
// is as high.
const beyond = "\xff"

// List implements kv.Store. Its limit counts the names that are examined, so that a
// page may hold fewer than asked for, or none, and not be the last. A cursor is the last
// name that was examined, in base64.
func (s *store) List(ctx context.Context, o kv.ListOptions, p *kv.Page) error {
	p.Reset()
	limit, err := limits.List(&s.capabilities, o)
	if err != nil {
		return err
	}
	cursor, err := base64.RawURLEncoding.DecodeString(o.Cursor)
	if err != nil {
		return limits.BadCursor(o.Cursor)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	from := "[" + o.Prefix
	if after := string(cursor); after >= o.Prefix && after != "" {
		from = "(" + after
	}
	answer, err := listing.Run(ctx, s.client, []string{s.names}, s.value, s.metadata, from, "("+o.Prefix+beyond, limit).Slice()
	if err != nil {
		return failure(ctx, err)
	}
	if err := page(answer, o.Prefix, p); err != nil {
		p.Reset()
		return err
	}
	return nil
}

// page fills p with what listing has answered.
func page(answer []any, prefix string, p *kv.Page) error {
	const fields = 3 // of a name
	if len(answer)%fields != 1 {
		return badAnswer("a list", answer)
	}
	last, ok := answer[0].(string)
	for answer = answer[1:]; ok && len(answer) > 0; answer = answer[fields:] {
		var k kv.Key
		if k.Name, ok = answer[0].(string); !ok || !strings.HasPrefix(k.Name, prefix) {
			return badAnswer("a list", answer[0])
		}
		if k.Expiration, ok = answer[1].(int64); k.Expiration < 0 { // it does not expire
			k.Expiration = 0
		}
		if m, some := answer[2].(string); some {
			k.Metadata = []byte(m)
		}
		p.Keys = append(p.Keys, k)
	}
	if !ok {
		return badAnswer("a list", answer)
	}
	p.Complete = last == ""
	p.Cursor = base64.RawURLEncoding.EncodeToString([]byte(last))
	return nil
}
