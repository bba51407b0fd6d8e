//go:build unix

package worker_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"kvbench/internal/clock"
	"kvbench/kv"
)

// question is a small row of the table: one thing that is asked of a store, and the answer
// that Cloudflare documents.
type question struct {
	name, want string
	page       string // of developers.cloudflare.com, that documents it
	ask        func(a *asked) string
}

// asked is a store that is asked something.
type asked struct {
	ctx    context.Context
	store  kv.Store
	clock  clock.Clock
	prefix string
}

const (
	writePage  = "kv/api/write-key-value-pairs"
	readPage   = "kv/api/read-key-value-pairs"
	listPage   = "kv/api/list-keys"
	deletePage = "kv/api/delete-key-value-pairs"
	limitsPage = "kv/platform/limits"
)

// came is an error as the table has it.
func came(err error) string {
	switch code := kv.ErrorCode(err); code {
	case "":
		return "done"
	case "404":
		return "absent"
	default:
		return code
	}
}

func (a *asked) key(name string) string { return a.prefix + name }

// put writes a value and tells how it is read: "done" where that is what was written.
func (a *asked) put(key, value string, o kv.PutOptions) string {
	if err := a.store.Put(a.ctx, key, []byte(value), o); err != nil {
		return came(err)
	}
	switch got := a.get(key, kv.GetOptions{}); got {
	case "=" + value:
		return "done"
	default:
		return "another value"
	}
}

// get is "=VALUE", or how it ended.
func (a *asked) get(key string, o kv.GetOptions) string {
	var e kv.Entry
	if err := a.store.Get(a.ctx, key, o, &e); err != nil {
		return came(err)
	}
	return "=" + string(e.Value)
}

// metadata is what a key has, "none" where it is none.
func (a *asked) metadata(key string) string {
	var e kv.Entry
	if err := a.store.Get(a.ctx, key, kv.GetOptions{Metadata: true}, &e); err != nil {
		return came(err)
	}
	if len(e.Metadata) == 0 {
		return "none"
	}
	return string(e.Metadata)
}

// settle waits until lists have every write.
func (a *asked) settle() { _ = a.clock.Sleep(a.ctx, a.store.Capabilities().Staleness+time.Second) }

// listed are the keys of a page, and whether there is more.
func (a *asked) listed(o kv.ListOptions) string {
	a.settle()
	var p kv.Page
	o.Prefix = a.prefix + o.Prefix
	if err := a.store.List(a.ctx, o, &p); err != nil {
		return came(err)
	}
	var names []string
	for _, k := range p.Keys {
		names = append(names, strings.TrimPrefix(k.Name, a.prefix))
	}
	if !p.Complete {
		names = append(names, "…")
	}
	return strings.Join(names, " ")
}

// lives is in how many seconds a key is listed to expire, rounded to ten; "never".
func (a *asked) lives(name string) string {
	a.settle()
	var p kv.Page
	if err := a.store.List(a.ctx, kv.ListOptions{Prefix: a.key(name)}, &p); err != nil || len(p.Keys) != 1 {
		return fmt.Sprintf("%s, %d listed", came(err), len(p.Keys))
	}
	if p.Keys[0].Expiration == 0 {
		return "never"
	}
	waited := int64((a.store.Capabilities().Staleness + time.Second) / time.Second)
	return fmt.Sprintf("%d s", (p.Keys[0].Expiration-a.unix()+waited+5)/10*10)
}

func (a *asked) unix() int64 { return a.clock.Epoch().Add(a.clock.Now()).Unix() }

// bulk gets keys, of which found are those that have a value.
func (a *asked) bulk(o kv.GetOptions, keys ...string) (entries []kv.Entry, answer string) {
	entries = make([]kv.Entry, len(keys))
	return entries, came(a.store.(kv.BulkGetter).BulkGet(a.ctx, keys, o, entries))
}

func (a *asked) many(n int) []string {
	keys := make([]string, n)
	for i := range keys {
		keys[i] = a.key(fmt.Sprint(i))
	}
	return keys
}

// puts is a question of how a put ends.
func puts(name, want, page string, o func(a *asked) kv.PutOptions) question {
	return question{name, want, page, func(a *asked) string { return a.put(a.key("k"), "value", o(a)) }}
}

// keyed is a question of how a put of a key ends.
func keyed(name, want, page, key string) question {
	return question{name, want, page, func(a *asked) string { return a.put(key, "value", kv.PutOptions{}) }}
}

// keeps is a question of what becomes of metadata.
func keeps(name, want, document string) question {
	return question{name, want, writePage, func(a *asked) string {
		if got := a.put(a.key("k"), "value", kv.PutOptions{Metadata: []byte(document)}); got != "done" {
			return got
		}
		got := a.metadata(a.key("k"))
		if len(document) > 100 && got == document {
			return "done"
		}
		return got
	}}
}

func ttl(d time.Duration) func(*asked) kv.PutOptions {
	return func(*asked) kv.PutOptions { return kv.PutOptions{TTL: d} }
}

func ahead(seconds int64) func(*asked) kv.PutOptions {
	return func(a *asked) kv.PutOptions { return kv.PutOptions{Expiration: a.unix() + seconds} }
}

func document(bytes int) string { return `"` + strings.Repeat("m", bytes-2) + `"` }

func questions() []question {
	var all []question
	for _, some := range [][]question{keyQuestions(), expiryQuestions(), metadataQuestions(), getQuestions(), listQuestions()} {
		all = append(all, some...)
	}
	return all
}

func keyQuestions() []question {
	return []question{
		keyed("a key of 512 bytes", "done", limitsPage, strings.Repeat("k", 512)),
		keyed("a key of 513 bytes", "414", limitsPage, strings.Repeat("k", 513)),
		keyed("a key of 257 characters and 513 bytes", "414", limitsPage, strings.Repeat("é", 256)+"k"),
		keyed("an empty key", "400", writePage, ""),
		keyed("the key .", "400", writePage, "."),
		keyed("the key ..", "400", writePage, ".."),
		keyed("the key a/../b", "done", writePage, "a/../b"),
		keyed("the key a%2Fb?c#d+e", "done", writePage, "a%2Fb?c#d+e"),
		keyed("a key with a zero byte", "done", writePage, "zero\x00byte"),
		keyed("a key of four-byte characters", "done", writePage, "😀🦊"),
		{"é in one character is not é in two", "absent", writePage, func(a *asked) string {
			if got := a.put(a.key("\u00e9"), "value", kv.PutOptions{}); got != "done" {
				return got
			}
			return a.get(a.key("e\u0301"), kv.GetOptions{})
		}},
		{"an empty value", "=", writePage, func(a *asked) string {
			a.put(a.key("k"), "", kv.PutOptions{})
			return a.get(a.key("k"), kv.GetOptions{})
		}},
		{"a value of 25 MiB", "done", limitsPage, func(a *asked) string {
			return a.put(a.key("k"), strings.Repeat("v", kv.MaxValueBytes), kv.PutOptions{})
		}},
		{"a value of 25 MiB and one byte", "413", limitsPage, func(a *asked) string {
			return a.put(a.key("k"), strings.Repeat("v", kv.MaxValueBytes+1), kv.PutOptions{})
		}},
		{"a second write of a key within a second", "429", limitsPage, func(a *asked) string {
			a.put(a.key("k"), "1", kv.PutOptions{})
			return came(a.store.Put(a.ctx, a.key("k"), []byte("2"), kv.PutOptions{}))
		}},
		{"a delete of a key that is absent", "done", deletePage, func(a *asked) string {
			return came(a.store.Delete(a.ctx, a.key("k")))
		}},
	}
}

func expiryQuestions() []question {
	return []question{
		puts("expirationTtl 60", "done", writePage, ttl(60*time.Second)),
		puts("expirationTtl 59", "400", writePage, ttl(59*time.Second)),
		puts("expirationTtl -1", "400", writePage, ttl(-time.Second)),
		puts("expiration in 62 s", "done", writePage, ahead(62)),
		puts("expiration in 50 s", "400", writePage, ahead(50)),
		puts("expiration in the past", "400", writePage, ahead(-100)),
		{"expiration in 1,000 s and expirationTtl 500", "500 s", writePage, func(a *asked) string {
			a.put(a.key("k"), "1", kv.PutOptions{Expiration: a.unix() + 1000, TTL: 500 * time.Second})
			return a.lives("k")
		}},
		{"a put without a TTL after one with", "never", writePage, func(a *asked) string {
			a.put(a.key("k"), "1", kv.PutOptions{TTL: 500 * time.Second})
			a.settle()
			a.put(a.key("k"), "2", kv.PutOptions{})
			return a.lives("k")
		}},
	}
}

func metadataQuestions() []question {
	return []question{
		keeps("metadata of 1,024 bytes", "done", document(1024)),
		keeps("metadata of 1,025 bytes", "413", document(1025)),
		keeps("metadata null", "none", "null"),
		keeps("metadata 0", "0", "0"),
		keeps("metadata false", "false", "false"),
		keeps(`metadata ""`, `""`, `""`),
		keeps("metadata [é]", `["é"]`, `["é"]`),
		{"a put without metadata after one with", "none", writePage, func(a *asked) string {
			a.put(a.key("k"), "1", kv.PutOptions{Metadata: []byte("1")})
			a.settle()
			a.put(a.key("k"), "2", kv.PutOptions{})
			return a.metadata(a.key("k"))
		}},
	}
}

func getQuestions() []question {
	cached := func(name, want string, ttl time.Duration) question {
		return question{name, want, readPage, func(a *asked) string {
			a.put(a.key("k"), "1", kv.PutOptions{})
			return a.get(a.key("k"), kv.GetOptions{CacheTTL: ttl})
		}}
	}
	bulk := func(name, want string, keys int) question {
		return question{name, want, readPage, func(a *asked) string {
			_, got := a.bulk(kv.GetOptions{}, a.many(keys)...)
			return got
		}}
	}
	return []question{
		cached("cacheTtl 30", "=1", 30*time.Second),
		cached("cacheTtl 29", "400", 29*time.Second),
		bulk("a bulk get of 100 keys", "done", 100),
		bulk("a bulk get of 101 keys", "400", 101),
		bulk("a bulk get of no key", "400", 0),
		{"a bulk get with a key that is absent, and one twice", "1 absent 1", readPage, func(a *asked) string {
			a.put(a.key("0"), "1", kv.PutOptions{})
			found, got := a.bulk(kv.GetOptions{}, a.key("0"), a.key("1"), a.key("0"))
			if got != "done" || found[1].Found {
				return got
			}
			return fmt.Sprintf("%s absent %s", found[0].Value, found[2].Value)
		}},
		{"a bulk get of a key of 513 bytes", "414", readPage, func(a *asked) string {
			_, got := a.bulk(kv.GetOptions{}, a.key("k"), strings.Repeat("k", 513))
			return got
		}},
		{"a bulk get with cacheTtl 29", "400", readPage, func(a *asked) string {
			_, got := a.bulk(kv.GetOptions{CacheTTL: 29 * time.Second}, a.key("k"))
			return got
		}},
		{"a bulk get of 25 MiB and one byte", "413", readPage, func(a *asked) string {
			a.put(a.key("0"), strings.Repeat("v", kv.MaxBulkGetBytes), kv.PutOptions{})
			a.put(a.key("1"), "v", kv.PutOptions{})
			_, got := a.bulk(kv.GetOptions{}, a.many(2)...)
			return got
		}},
	}
}

func listQuestions() []question {
	lists := func(name, want string, o kv.ListOptions, names ...string) question {
		return question{name, want, listPage, func(a *asked) string {
			for _, name := range names {
				a.put(a.key(name), "1", kv.PutOptions{})
			}
			return a.listed(o)
		}}
	}
	return []question{
		lists("a list of nothing", "", kv.ListOptions{}),
		lists("the order of a list", "A Z a a-b a/b aa \u00e9 \uff61 \U0001f600", kv.ListOptions{},
			"\U0001f600", "aa", "\uff61", "Z", "a/b", "\u00e9", "A", "a-b", "a"),
		lists("a list by prefix", "user:1 user:2", kv.ListOptions{Prefix: "user:"}, "user", "user:1", "user;", "user:2", "User:3"),
		lists("a list of two of three keys", "a b …", kv.ListOptions{Limit: 2}, "a", "b", "c"),
		lists("a list of three of three keys", "a b c", kv.ListOptions{Limit: 3}, "a", "b", "c"),
		lists("a list with limit 1,000", "a", kv.ListOptions{Limit: 1000}, "a"),
		lists("a list with limit 1,001", "400", kv.ListOptions{Limit: 1001}, "a"),
		lists("a list with a cursor that is none", "400", kv.ListOptions{Cursor: "no cursor!"}, "a"),
		{"a list after a delete", "b", listPage, func(a *asked) string {
			a.put(a.key("a"), "1", kv.PutOptions{})
			a.put(a.key("b"), "1", kv.PutOptions{})
			_ = a.store.Delete(a.ctx, a.key("a"))
			return a.listed(kv.ListOptions{})
		}},
		{"metadata in a list", `{"v":1}`, listPage, func(a *asked) string {
			a.put(a.key("k"), "1", kv.PutOptions{Metadata: []byte(`{"v":1}`)})
			a.settle()
			var p kv.Page
			if err := a.store.List(a.ctx, kv.ListOptions{Prefix: a.prefix}, &p); err != nil || len(p.Keys) != 1 {
				return came(err)
			}
			return string(p.Keys[0].Metadata)
		}},
	}
}
