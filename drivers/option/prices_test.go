package option_test

import (
	"net/url"
	"strings"
	"testing"

	"kvbench/drivers/option"
	"kvbench/kv"

	"github.com/google/go-cmp/cmp"
)

// Prices of the URL take the place of the store's own, each where it is given, and
// say where they come from.
func TestPrices(t *testing.T) {
	own := kv.ClassicPrices()
	some, all := own, own
	some.Reads, some.Source = 0.2, "given with the run: read:0.2; the others: "+own.Source
	all.Reads, all.Writes, all.Deletes, all.Lists, all.StorageGB = 1, 2, 0, 4, 5
	all.Source = "given with the run: read:1,write:2,delete:0,list:4,storage:5"
	for query, want := range map[string]kv.Prices{
		"a=1&b=2":                 own,
		"a=1&prices=read:0.2&b=2": some,
		"a=1&b=2&prices=read:1,write:2,delete:0,list:4,storage:5":         all,
		"a=1&b=2&prices=read%3A1,write%3A2,delete:0%2Clist:4,storage%3A5": all,
	} {
		u := &url.URL{Scheme: "x", RawQuery: query}
		rest, prices, err := option.PricesFromURL(u)
		if err != nil || rest.RawQuery != "a=1&b=2" || u.RawQuery != query {
			t.Errorf("%s: left %q of %q, %v", query, rest.RawQuery, u.RawQuery, err)
		}
		got, err := prices.Over(own)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %s%v", query, diff, err)
		}
	}
}

// A store without prices of its own has them all from the URL, or none.
func TestPricesOfNone(t *testing.T) {
	own := kv.NoPrices("no list")
	for query, want := range map[string]kv.Prices{
		"": own,
		"prices=read:1,write:2,delete:0,list:4,storage:5": {
			Reads: 1, Writes: 2, Lists: 4, StorageGB: 5, NoFreePlan: true, Source: "given with the run: read:1,write:2,delete:0,list:4,storage:5",
		},
	} {
		_, prices, err := option.PricesFromURL(&url.URL{RawQuery: query})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := prices.Over(own); err != nil || got != want {
			t.Errorf("%s: got %+v, %v", query, got, err)
		}
	}
	_, some, err := option.PricesFromURL(&url.URL{RawQuery: "prices=read:1,list:2,storage:0"})
	if err != nil {
		t.Fatal(err)
	}
	const want = "prices=read:1,list:2,storage:0: the store has none of its own: give the others too (write, delete)"
	if _, err := some.Over(own); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestPricesErrors(t *testing.T) {
	for query, want := range map[string]string{
		"prices=":                     "want prices such as",
		"prices=5":                    "want prices such as",
		"prices=reads:5":              `unknown price "reads" (did you mean "read"?): want read, write, delete, list, storage`,
		"prices=read:-1":              "read:-1: want a number of US dollars from 0",
		"prices=read:many":            "read:many: want a number",
		"prices=read:NaN":             "read:NaN: want a number",
		"prices=read:1e300":           "want a number",
		"prices=read:1,read:2":        "a read is given twice",
		"prices=read:1&prices=read:2": "prices is given 2 times",
	} {
		_, _, err := option.PricesFromURL(&url.URL{RawQuery: query})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", query, err, want)
		}
	}
}
