package rest_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"kvbench/drivers"
	"kvbench/drivers/rest"
	"kvbench/internal/clock"
	"kvbench/kv"

	"github.com/google/go-cmp/cmp"
)

// The real API is billed and paced; an emulator is neither. Opening makes no call.
func TestCapabilities(t *testing.T) {
	for _, scheme := range schemes {
		for _, test := range []struct {
			options string
			want    kv.Capabilities
		}{
			{"", kv.Capabilities{Billed: true, Locations: 1, Staleness: time.Minute, CallRate: 3.96}},
			{"?rate=1200/5m", kv.Capabilities{Billed: true, Locations: 1, Staleness: time.Minute, CallRate: 4}},
			{"?rate=off", kv.Capabilities{Billed: true, Locations: 1, Staleness: time.Minute}},
			{"?base=http://127.0.0.1:1", kv.Capabilities{Locations: 1}},
			{"?base=http://127.0.0.1:1&mode=classic", kv.Capabilities{Locations: 1}},
			{"?rate=2/1s&base=http://localhost:1/client/v4/", kv.Capabilities{Locations: 1, CallRate: 2}},
			{"?base=https://[::1]:1&locations=3&staleness=90s", kv.Capabilities{Locations: 3, Staleness: 90 * time.Second}},
		} {
			s := open(t, scheme+"://"+account+"/a%20title/with%20a%20slash"+test.options, clock.NewVirtual())
			got := s.Capabilities()
			if diff := cmp.Diff(kv.ClassicPrices(), got.Prices); diff != "" {
				t.Errorf("%s: %s", test.options, diff)
			}
			if len(got.Sources) == 0 || (test.want.CallRate > 0) != strings.Contains(strings.Join(got.Sources, "\n"), "wait for their turn") {
				t.Errorf("%s: sources %q", test.options, got.Sources)
			}
			got = kv.Capabilities{Billed: got.Billed, Locations: got.Locations, Staleness: got.Staleness, CallRate: got.CallRate}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s: %s", test.options, diff)
			}
		}
	}
}

// What a namespace of Workers KV Instant is has to be said: opening makes no call.
func TestInstantCapabilities(t *testing.T) {
	for _, scheme := range schemes {
		for base, interval := range map[string]time.Duration{"": 0, "&base=http://127.0.0.1:1": time.Second} {
			got := open(t, scheme+"://"+account+"/ns?mode=instant&prices=write:7"+base, clock.NewVirtual()).Capabilities()
			prices := kv.InstantPrices()
			prices.Writes, prices.Source = 7, "given with the run: write:7; the others: "+prices.Source
			if got.Mode != "instant" || !got.NoMetadata || got.MaxKeyBytes != 300 || got.MaxMetadataBytes != 0 || got.MaxValueBytes != 0 ||
				got.MaxListKeys != 10_000 || got.NamespaceKeys != 10_000 || got.NamespaceBytes != 1e6 || got.NamespaceWriteInterval != interval {
				t.Errorf("%s: got %+v", base, got)
			}
			if diff := cmp.Diff(prices, got.Prices); diff != "" {
				t.Error(diff)
			}
		}
	}
}

// A URL with a token in it is refused without being shown; so is another machine,
// which the token would be sent to.
func TestOpenErrors(t *testing.T) {
	for _, scheme := range schemes {
		for url, want := range map[string]string{
			"hunter2@acc/ns":                rest.TokenVariable,
			"hunter2:hunter2@acc/ns?rate=x": rest.TokenVariable,
			"acc":                           "want " + scheme + "://ACCOUNT/NAMESPACE",
			"acc/":                          "want " + scheme + "://ACCOUNT/NAMESPACE",
			"/ns":                           "want " + scheme + "://ACCOUNT/NAMESPACE",
			"acc:80/ns":                     "want " + scheme + "://ACCOUNT/NAMESPACE",
			"acc/ns?token=hunter2":          `unknown option "token"`,
			"acc/ns?locations=2":            "needs base=",
			"acc/ns?staleness=2s":           "needs base=",
			"acc/ns?base=http://127.0.0.1:1&locations=65":  "from 1 to 64",
			"acc/ns?base=http://127.0.0.1:1&staleness=25h": "at most 24h",
			"acc/ns?base=http://kv.example":                "this machine",
			"acc/ns?base=https://127.0.0.1.kv.example":     "this machine",
			"acc/ns?base=http://10.0.0.1:8787":             "this machine",
			"acc/ns?base=ftp://127.0.0.1":                  "address of an emulator",
			"acc/ns?base=127.0.0.1:8787":                   "address of an emulator",
			"acc/ns?rate=1200":                             "such as 1200/5m, or off",
			"acc/ns?rate=0/5m":                             "such as 1200/5m, or off",
			"acc/ns?rate=-1/5m":                            "such as 1200/5m, or off",
			"acc/ns?rate=10/0s":                            "such as 1200/5m, or off",
			"acc/ns?rate=2000000000/1s":                    "such as 1200/5m, or off",
		} {
			_, err := drivers.Open(scheme+"://"+url, drivers.Env{Clock: clock.NewVirtual()})
			if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%s: got %v, want %q", url, err, want)
			}
		}
	}
}

// A namespace that is named by its title is looked up once, whatever page it is on;
// one that is not there is not a key that is not.
func TestNamespaceByTitle(t *testing.T) {
	for _, scheme := range schemes {
		f := serve(t)
		f.answer = func(w http.ResponseWriter, r *http.Request) {
			body := `{"success":true,"result":[]}`
			switch {
			case strings.HasSuffix(r.URL.Path, "/namespaces") && r.URL.Query().Get("page") == "1":
				body = `{"success":true,"result":[` + strings.Repeat(`{"id":"1","title":"other"},`, 99) + `{"id":"2","title":"another"}]}`
			case strings.HasSuffix(r.URL.Path, "/namespaces"):
				body = `{"success":true,"result":[{"id":"` + space + `","title":"my bench"}]}`
			}
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, body)
		}
		s := open(t, scheme+"://"+account+"/my%20bench?base="+f.url+"&locations=2", clock.NewWall())
		for n := range 2 {
			if err := s.(kv.Located).At(n).Delete(t.Context(), "k"); err != nil {
				t.Error(err)
			}
		}
		value := "DELETE /" + space + "/values/k"
		if diff := cmp.Diff([]string{"GET ?page=1&per_page=100", "GET ?page=2&per_page=100", value, value}, f.calls); diff != "" {
			t.Error(diff)
		}
		s = open(t, scheme+"://"+account+"/none?base="+f.url, clock.NewWall())
		for _, op := range ops() {
			if err := op.call(t.Context(), s); !kv.HasStatus(err, 404) || !strings.Contains(err.Error(), `"none"`) {
				t.Errorf("%s: %v", op.name, err)
			}
		}
	}
}

// Bytes that are not text come through a bulk get as they are, at the price of a
// call more for each.
func TestValuesThatAreNotText(t *testing.T) {
	for _, scheme := range schemes {
		s := open(t, scheme+"://"+account+"/bench?base="+emulate(t, "embedded://?profile=none&propagation=0", clock.NewWall()), clock.NewWall())
		values := []string{"\xff\x00\xfe", "text", "\uFFFD", "", "\xc3", "2\u2028<&>"}
		var keys []string
		for i, value := range values {
			keys = append(keys, nth(i))
			if err := s.Put(t.Context(), keys[i], []byte(value), kv.PutOptions{Metadata: []byte(`{"i":1}`)}); err != nil {
				t.Fatal(err)
			}
		}
		es := make([]kv.Entry, len(keys))
		if err := s.(kv.BulkGetter).BulkGet(t.Context(), keys, kv.GetOptions{Metadata: true}, es); err != nil {
			t.Fatal(err)
		}
		for i, value := range values {
			var e kv.Entry
			if err := s.Get(t.Context(), keys[i], kv.GetOptions{Metadata: true}, &e); err != nil {
				t.Fatal(err)
			}
			for _, e := range []kv.Entry{e, es[i]} {
				if string(e.Value) != value || string(e.Metadata) != `{"i":1}` {
					t.Errorf("%q: got %q with %s", value, e.Value, e.Metadata)
				}
			}
		}
		pairs := []kv.Pair{{Key: "é\u2028\"<", Value: []byte("\xff")}, {Key: "b", Value: []byte("text")}}
		if err := s.(kv.BulkPutter).BulkPut(t.Context(), pairs); err != nil {
			t.Fatal(err)
		}
		keys = []string{pairs[0].Key, pairs[1].Key}
		if err := s.(kv.BulkGetter).BulkGet(t.Context(), keys, kv.GetOptions{}, es[:2]); err != nil {
			t.Fatal(err)
		}
		if string(es[0].Value) != "\xff" || string(es[1].Value) != "text" {
			t.Errorf("got %q and %q", es[0].Value, es[1].Value)
		}
		if err := s.(kv.BulkDeleter).BulkDelete(t.Context(), keys); err != nil {
			t.Fatal(err)
		}
		if err := s.(kv.BulkGetter).BulkGet(t.Context(), keys, kv.GetOptions{}, es[:2]); err != nil || es[0].Found || es[1].Found {
			t.Errorf("deleted: %v, %v", es[:2], err)
		}
	}
}

func nth(i int) string { return "key<&>" + string(rune('a'+i)) }

// Calls of all locations share one rate.
func TestRateIsShared(t *testing.T) {
	f := serve(t)
	f.body = `{"success":true}`
	clk := &skipping{Wall: clock.NewWall()}
	s := open(t, "rest://"+account+"/"+space+"?locations=2&rate=1/1h&base="+f.url, clk)
	for n := range 4 {
		if err := s.(kv.Located).At(n%2).Delete(context.Background(), "k"); err != nil {
			t.Error(err)
		}
	}
	if got := clk.Now().Truncate(time.Hour); got != 4*time.Hour {
		t.Errorf("four calls took %v", got)
	}
}
