package option_test

import (
	"math"
	"net/url"
	"slices"
	"testing"

	"kvbench/drivers/option"
	"kvbench/internal/setting"
	"kvbench/kv"
)

// FuzzRead reads whatever a query may be: without an error every option that was
// given was set once, to what net/url reads, and there is no other.
func FuzzRead(f *testing.F) {
	for _, query := range []string{
		"", "a=1", "a=1&b=2", "b=2&a=1", "a=1&a=2", "c=1", "a", "a=", "=1", "&&", "a=%zz", "a=1;b=2", "%61=1", "a=%26&b=%3D", "a+b=1", "a=\xff",
	} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		got := url.Values{}
		set := func(name string) option.Option {
			return option.Option{Setting: setting.Setting{Name: name}, Set: func(value string) error {
				got.Add(name, value)
				return nil
			}}
		}
		err := option.Read(&url.URL{Scheme: "x", RawQuery: query}, []option.Option{set("a"), set("b")})
		want, bad := url.ParseQuery(query)
		known := bad == nil
		for name, values := range want {
			known = known && slices.Contains([]string{"a", "b"}, name) && len(values) == 1
		}
		if (err == nil) != known {
			t.Errorf("%q: %v", query, err)
		}
		if err == nil && got.Encode() != want.Encode() {
			t.Errorf("%q: set %v, want %v", query, got, want)
		}
	})
}

// FuzzPrices takes prices from whatever a query may be: those that come of it can be
// reckoned with, and the rest of the query is left as it was.
func FuzzPrices(f *testing.F) {
	for _, query := range []string{
		"", "a=1&b=2", "a=1&prices=read:0.2&b=2", "prices=read:1,write:2,delete:0,list:4,storage:5", "prices=read%3A1%2Clist:4", "prices", "prices=",
		"prices=read:NaN", "prices=read:-1", "prices=read:1e400", "prices=read:1,read:2", "prices=read:1&prices=list:1", "price%73=read:1", "prices=read:0x1p4",
		"prices=read:1;write:2", "prices=%zz", "prices=read:1e9", "prices=read:\u0661",
	} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		u := &url.URL{Scheme: "x", RawQuery: query}
		rest, prices, err := option.PricesFromURL(u)
		if u.RawQuery != query {
			t.Errorf("%q: the URL has become %q", query, u.RawQuery)
		}
		if err != nil {
			return
		}
		over := func(p option.Prices) kv.Prices {
			given, err := p.Over(kv.ClassicPrices())
			if err != nil {
				t.Errorf("%q: %v", query, err)
			}
			return given
		}
		given := over(prices)
		for _, usd := range []float64{given.Reads, given.Writes, given.Deletes, given.Lists, given.StorageGB} {
			if !(usd >= 0 && usd <= 1e9) || math.IsNaN(usd) {
				t.Errorf("%q: a price of %v", query, usd)
			}
		}
		again, none, err := option.PricesFromURL(rest)
		if err != nil || again.RawQuery != rest.RawQuery || over(none) != kv.ClassicPrices() {
			t.Errorf("%q: prices are left in %q", query, rest.RawQuery)
		}
		if given == kv.ClassicPrices() && rest.RawQuery != query {
			t.Errorf("%q: none were taken, and %q is left", query, rest.RawQuery)
		}
	})
}
