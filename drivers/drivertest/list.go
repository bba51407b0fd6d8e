package drivertest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"kvbench/kv"
)

func listRows() []Row {
	const page = "developers.cloudflare.com/kv/api/list-keys"
	settled := func(t kv.Capabilities) time.Duration { return t.Staleness }
	whole := func(t kv.Capabilities) bool { return t.NamespaceKeys > 0 && t.MaxListKeys >= t.NamespaceKeys }
	row := func(name, rule string, check func(x *exam)) Row {
		return Row{Name: name, Rule: rule, Why: page, Waits: settled, check: check}
	}
	paged := row("list-page-limit", "a page holds at most 1,000 names, which is the default", checkPageLimit)
	paged.Needs = needs(func(t kv.Capabilities) bool { return !whole(t) }, "a page holds all that a namespace may")
	one := row("list-one-page", "a listing without a limit is one page, whatever its length and what was deleted", checkOnePage)
	one.Needs = needs(func(t kv.Capabilities) bool { return whole(t) && t.BulkPutKeys > 0 },
		"a page is declared to hold less than a namespace may, or there is no bulk put to fill one with")
	return []Row{
		paged, one,
		row("list-empty", "a listing of nothing is complete and empty", func(x *exam) {
			x.lists("", 0)
			x.put("a", "1", kv.PutOptions{})
			x.settle()
			x.lists("b", 0)
		}),
		row("list-order", "names come in the order of their UTF-8 bytes", func(x *exam) {
			// UTF-16 order, which JavaScript sorts by, would swap the last two.
			want := []string{"A", "Z", "a", "a-b", "a/b", "aa", "b", "z", "~", "\u00e9", "\uff61", "\U0001f600"}
			for _, i := range []int{3, 9, 1, 11, 0, 7, 5, 10, 2, 8, 4, 6} {
				x.put(want[i], "1", kv.PutOptions{})
			}
			x.settle()
			x.lists("", 0, want...)
		}),
		row("list-prefix", "only names with the prefix are listed", func(x *exam) {
			for _, name := range []string{"user:1", "user:2", "user", "users", "user;", "User:3", "a", "z"} {
				x.put(name, "1", kv.PutOptions{})
			}
			x.settle()
			x.lists("user:", 0, "user:1", "user:2")
			x.lists("user:2", 0, "user:2")
			x.lists("user", 2, "user", "user:1", "user:2", "user;", "users")
		}),
		row("list-paging", "pages are no longer than the limit and lead to every name once", func(x *exam) {
			names := x.fill("k", 25)
			x.settle()
			for _, limit := range []int{1, 5, 10, 24, 25, 26} {
				x.lists("k", limit, names...)
			}
		}),
		row("list-cursor-prefix", "the page after a cursor keeps to the prefix given beside it", func(x *exam) {
			a, b := x.fill("a", 12), x.fill("b", 13)
			x.settle()
			x.lists("a", 10, a...)
			x.lists("b", 10, b...)
		}),
		row("list-deleted", "deleted names are stepped over, to the end", func(x *exam) {
			names := x.fill("k", 40)
			for i, name := range names {
				if i >= 5 && i < 30 || i >= 38 {
					x.remove(name)
				}
			}
			x.settle()
			want := slices.Concat(names[:5], names[30:38])
			for _, limit := range []int{0, 1, 4, 10} {
				x.lists("k", limit, want...)
			}
			x.sleep(x.capabilities.WriteInterval)
			x.put(names[20], "back", kv.PutOptions{})
			x.settle()
			x.lists("k", 10, slices.Concat(names[:5], names[20:21], names[30:38])...)
		}),
		row("list-details", "names carry their expiration and their metadata", func(x *exam) {
			end := x.unix() + 100_000
			x.put("a", "1", kv.PutOptions{Expiration: end, Metadata: []byte(`{"v":1}`)})
			x.put("b", "1", kv.PutOptions{})
			x.put("c", "1", kv.PutOptions{Metadata: []byte("2")})
			x.put("c", "1", kv.PutOptions{Metadata: []byte("3")})
			x.settle()
			var got strings.Builder
			for _, k := range x.list("", 2) {
				fmt.Fprintf(&got, "%s %d %q\n", strings.TrimPrefix(k.Name, x.prefix), k.Expiration, k.Metadata)
			}
			if want := fmt.Sprintf("a %d %q\nb 0 \"\"\nc 0 %q\n", end, x.metadata(`{"v":1}`), x.metadata("3")); got.String() != want {
				x.fatalf("got\n%swant\n%s", got.String(), want)
			}
		}),
		row("list-page-reused", "a page that is used again holds nothing of the listing before", func(x *exam) {
			x.put("a", "1", kv.PutOptions{Metadata: []byte("1"), TTL: time.Hour})
			x.put("b", "1", kv.PutOptions{})
			x.settle()
			var p kv.Page
			for _, name := range []string{"a", "b", "c"} {
				x.must(x.store.List(x.ctx, kv.ListOptions{Prefix: x.key(name)}, &p), "list")
				want := min(1, strings.Count("ab", name))
				if len(p.Keys) != want || want == 1 && name == "b" && (p.Keys[0].Expiration != 0 || p.Keys[0].Metadata != nil) {
					x.fatalf("list %q: got %+v", name, p.Keys)
				}
			}
		}),
	}
}

func checkPageLimit(x *exam) {
	most := x.capabilities.MaxListKeys
	names := x.fill("k", most+5)
	x.settle()
	var p kv.Page
	x.must(x.store.List(x.ctx, kv.ListOptions{Prefix: x.prefix}, &p), "list")
	if len(p.Keys) != most || p.Complete {
		x.fatalf("the first page holds %d of %d names, complete %v", len(p.Keys), len(names), p.Complete)
	}
	x.lists("", 0, names...)
	for _, limit := range []int{most + 1, -1} {
		err := x.store.List(x.ctx, kv.ListOptions{Prefix: x.prefix, Limit: limit}, &p)
		x.refused(err, http.StatusBadRequest, fmt.Sprintf("limit %d", limit))
	}
}

func checkOnePage(x *exam) {
	all := x.fillBulk("k", x.capabilities.NamespaceKeys)
	half := len(all) / 2
	x.must(x.store.(kv.BulkDeleter).BulkDelete(x.ctx, x.keys(all[:half])), "bulk delete")
	x.settle()
	more := x.fillBulk("m", half) // beside the names of what was deleted
	x.settle()
	var p kv.Page
	x.must(x.store.List(x.ctx, kv.ListOptions{Prefix: x.prefix}, &p), "list")
	if want := len(all) - half + len(more); len(p.Keys) != want || !p.Complete {
		x.fatalf("the page holds %d of %d names, complete %v", len(p.Keys), want, p.Complete)
	}
	for _, limit := range []int{x.capabilities.MaxListKeys + 1, -1} {
		err := x.store.List(x.ctx, kv.ListOptions{Prefix: x.prefix, Limit: limit}, &p)
		x.refused(err, http.StatusBadRequest, fmt.Sprintf("limit %d", limit))
	}
}
