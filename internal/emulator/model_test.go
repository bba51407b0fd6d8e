package emulator

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"kvbench/kv"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// known is a key in the model: a plain map is all that the emulator is meant to
// be, seen through its API.
type known struct {
	value    string
	metadata string // JSON; null: none
	ends     int64  // seconds of Unix time; 0: never
}

// awkward are names that a path, a query or a form may spoil.
var awkward = []string{
	"k", "a/b", "/", "//", "a//b", "a/../b", "./", "...", "a?b=c", "a#b", "50%off", "%2F", "a+b", "a b", "ü/日本/😀", "\x00", "\n",
	"a&b", "a;b", "values/x", "keys", "bulk", "~", "\"", "\\", strings.Repeat("x", 512), strings.Repeat("é", 256),
}

// The emulator does what a map does, under random operations and time.
func TestModel(t *testing.T) {
	h := start(t, "embedded://?profile=none&propagation=0&locations=2", Config{})
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		title := fmt.Sprint("round ", round)
		if err := h.Ensure(title, ""); err != nil {
			rt.Fatal(err)
		}
		h := *h
		h.space = spacesPath + "/" + IDOf(title)
		model := map[string]known{}
		now := func() int64 { return h.clk.Epoch().Add(h.clk.Now()).Unix() }
		expire := func() {
			maps.DeleteFunc(model, func(_ string, k known) bool { return k.ends != 0 && k.ends <= now() })
		}
		name := rapid.SampledFrom(awkward)
		// The last one stands for a long value.
		value := rapid.SampledFrom([]string{"", "v", "{}", "\x00\xff\r\n--boundary--", "text ü", "long"})
		metadata := rapid.SampledFrom([]string{"null", `{"a":"<ü>"}`, "1", `""`, "[]"})
		// A second is on its way while a test runs: deadlines keep clear of it.
		ttl := rapid.SampledFrom([]int64{0, 100, 10_000})
		at := func(path string) string {
			if rapid.Bool().Draw(rt, "at the other location") {
				return "/at/1" + path
			}
			return path
		}
		rt.Repeat(map[string]func(*rapid.T){
			// What is cached at a location would be stale: the store rests after each.
			"": func(rt *rapid.T) {
				expire()
				store, _ := kv.As[kv.Settler](h.spaces.find(IDOf(title)).store)
				if err := store.Settle(t.Context()); err != nil {
					rt.Fatal(err)
				}
			},
			"put": func(rt *rapid.T) {
				key, k, live := name.Draw(rt, "key"), known{value: value.Draw(rt, "value"), metadata: "null"}, ttl.Draw(rt, "ttl")
				if k.value == "long" {
					k.value = strings.Repeat("y", 300_000)
				}
				query := ""
				if live > 0 {
					k.ends = now() + live
					query = "?expiration=" + strconv.FormatInt(k.ends, 10)
				}
				var body io.Reader = strings.NewReader(k.value)
				var headers []string
				if rapid.Bool().Draw(rt, "form") && !strings.Contains(k.value, "--boundary") {
					k.metadata = metadata.Draw(rt, "metadata")
					body, headers = form(k.value, k.metadata)
				}
				if a := h.do("PUT", at(h.value(key))+query, body, headers...); a.status != 200 {
					rt.Fatalf("%d %s", a.status, a.body)
				}
				model[key] = k
			},
			"delete": func(rt *rapid.T) {
				key := name.Draw(rt, "key")
				if a := h.do("DELETE", at(h.value(key)), nil); a.status != 200 {
					rt.Fatalf("%d %s", a.status, a.body)
				}
				delete(model, key)
			},
			"get": func(rt *rapid.T) {
				key := name.Draw(rt, "key")
				a := h.do("GET", at(h.value(key)), nil)
				k, ok := model[key]
				switch {
				case !ok && a.status != 404, ok && (a.status != 200 || string(a.body) != k.value):
					rt.Fatalf("%q: %d %.100q, want %v %.100q", key, a.status, a.body, ok, k.value)
				case ok && k.ends != 0 && a.header.Get("Expiration") != strconv.FormatInt(k.ends, 10):
					rt.Fatalf("%q: expiration %s", key, a.header.Get("Expiration"))
				}
			},
			"metadata": func(rt *rapid.T) {
				key := name.Draw(rt, "key")
				a := h.do("GET", at(h.space+"/metadata/"+url.PathEscape(key)), nil)
				k, ok := model[key]
				if !ok && a.status != 404 || ok && (a.status != 200 || jsonOf(a.Result) != jsonOf(parsed(k.metadata))) {
					rt.Fatalf("%q: %d %s, want %v %s", key, a.status, a.body, ok, k.metadata)
				}
			},
			"bulk put": func(rt *rapid.T) {
				keys := rapid.SliceOfNDistinct(name, 1, 5, rapid.ID[string]).Draw(rt, "keys")
				var pairs []map[string]any
				for _, key := range keys {
					model[key] = known{value: "bulk", metadata: "null"}
					pairs = append(pairs, map[string]any{"key": key, "value": "bulk"})
				}
				if a := h.do("PUT", at(h.space+"/bulk"), strings.NewReader(jsonOf(pairs))); a.status != 200 {
					rt.Fatalf("%d %s", a.status, a.body)
				}
			},
			"bulk delete": func(rt *rapid.T) {
				keys := rapid.SliceOfN(name, 1, 5).Draw(rt, "keys")
				for _, key := range keys {
					delete(model, key)
				}
				if a := h.do("POST", at(h.space+"/bulk/delete"), strings.NewReader(jsonOf(keys))); a.status != 200 {
					rt.Fatalf("%d %s", a.status, a.body)
				}
			},
			"bulk get": func(rt *rapid.T) {
				keys := rapid.SliceOfN(name, 1, 5).Draw(rt, "keys")
				want := map[string]any{}
				for _, key := range keys {
					want[key] = nil
					if k, ok := model[key]; ok {
						want[key] = strings.ToValidUTF8(k.value, "\uFFFD")
					}
				}
				a := h.do("POST", at(h.space+"/bulk/get"), strings.NewReader(jsonOf(map[string]any{"keys": keys})))
				if diff := cmp.Diff(any(map[string]any{"values": want}), a.Result); diff != "" {
					rt.Fatal(diff)
				}
			},
			"list": func(rt *rapid.T) {
				prefix := rapid.SampledFrom([]string{"", "a", "a/", "ü", "%", "none"}).Draw(rt, "prefix")
				var want, got []string
				for key := range model {
					if strings.HasPrefix(key, prefix) {
						want = append(want, key)
					}
				}
				slices.Sort(want)
				path := h.space + "/keys?limit=10&prefix=" + url.QueryEscape(prefix)
				for cursor, first := "", true; first || cursor != ""; first = false {
					a := h.do("GET", at(path+"&cursor="+url.QueryEscape(cursor)), nil)
					if a.status != 200 {
						rt.Fatalf("%d %s", a.status, a.body)
					}
					for _, k := range a.Result.([]any) {
						got = append(got, k.(map[string]any)["name"].(string))
					}
					cursor = a.ResultInfo.(map[string]any)["cursor"].(string)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					rt.Fatal(diff)
				}
			},
			"time": func(rt *rapid.T) {
				h.clk.advance(time.Duration(rapid.SampledFrom([]int{1, 50, 5000}).Draw(rt, "seconds")) * time.Second)
				expire()
			},
		})
		if a := h.do("DELETE", h.space, nil); a.status != 200 {
			rt.Fatalf("%d %s", a.status, a.body)
		}
	})
}

func jsonOf(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func parsed(text string) (v any) {
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		panic(err)
	}
	return v
}
