package option

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"kvbench/internal/setting"
	"kvbench/internal/units"
	"kvbench/kv"
)

// maxPrice is the highest price that can be given, in US dollars.
const maxPrice = 1e9

// Prices are those that a driver's URL gives in place of the store's own. The zero
// value gives none.
type Prices struct {
	text  string // as they were given; empty: none
	given map[string]float64
}

var _ kv.Pricing = Prices{}

// priced are the names of prices, and what they are of.
var priced = []struct {
	name string
	of   func(p *kv.Prices) *float64
}{
	{"read", func(p *kv.Prices) *float64 { return &p.Reads }},
	{"write", func(p *kv.Prices) *float64 { return &p.Writes }},
	{"delete", func(p *kv.Prices) *float64 { return &p.Deletes }},
	{"list", func(p *kv.Prices) *float64 { return &p.Lists }},
	{"storage", func(p *kv.Prices) *float64 { return &p.StorageGB }},
}

// PricesSetting describes the option prices.
func PricesSetting() setting.Setting {
	names := make([]string, len(priced))
	for i, known := range priced {
		names[i] = known.name
	}
	return setting.Setting{
		Name: "prices", Kind: "prices", Default: "the store's own", Otherwise: true,
		Doc: "US dollars for a million operations, and for a month of a GB: " + strings.Join(names, ", ") +
			"; as read:0.2,storage:0.5, and those that are left out stay the store's own",
	}
}

// PricesFromURL takes the option prices out of a driver's URL, and returns the URL
// without it:
//
//	prices=read:0.2,write:5,delete:5,list:5,storage:0.5
//
// They are in US dollars for a million operations, and for a month of a gigabyte.
// Those that are left out stay the store's own, and so does what a month includes.
func PricesFromURL(u *url.URL) (*url.URL, Prices, error) {
	var ours, others []string
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		if name, _, _ := strings.Cut(pair, "="); name == "prices" {
			ours = append(ours, pair)
		} else {
			others = append(others, pair)
		}
	}
	if ours == nil {
		return u, Prices{}, nil
	}
	rest := *u
	rest.RawQuery = strings.Join(others, "&")
	var p Prices
	err := Read(&url.URL{RawQuery: strings.Join(ours, "&")}, []Option{{PricesSetting(), p.set}})
	return &rest, p, err
}

func (p *Prices) set(value string) error {
	p.text, p.given = value, map[string]float64{}
	names := make([]string, len(priced))
	for i, known := range priced {
		names[i] = known.name
	}
	for part := range strings.SplitSeq(value, ",") {
		name, amount, found := strings.Cut(part, ":")
		if !found {
			return errors.New("want prices such as read:0.5,write:5,storage:0.5, in US dollars for a million operations or a GB-month")
		}
		if _, err := OneOf("price", name, names); err != nil {
			return err
		}
		if _, twice := p.given[name]; twice {
			return fmt.Errorf("the price of a %s is given twice: want it once", name)
		}
		usd, err := units.ParseNumber(amount)
		if err != nil || usd < 0 || usd > maxPrice {
			return fmt.Errorf("%s:%s: want a number of US dollars from 0 to %.0f, such as 0.5", name, amount, maxPrice)
		}
		p.given[name] = usd
	}
	return nil
}

// Over implements kv.Pricing. A store without prices of its own takes all of them, or
// none: what is left out would be no price.
func (p Prices) Over(own kv.Prices) (kv.Prices, error) {
	if p.text == "" {
		return own, nil
	}
	var missing []string
	for _, known := range priced {
		usd, given := p.given[known.name]
		if given {
			*known.of(&own) = usd
		} else {
			missing = append(missing, known.name)
		}
	}
	if own.None && missing != nil {
		return own, fmt.Errorf("prices=%s: the store has none of its own: give the others too (%s)", p.text, strings.Join(missing, ", "))
	}
	own.None = false
	source := "given with the run: " + p.text
	if missing != nil {
		source += "; the others: " + cmp.Or(own.Source, "of no known source")
	}
	own.Source = source
	return own, nil
}
