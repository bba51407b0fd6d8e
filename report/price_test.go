package report

import (
	"slices"
	"strings"
	"testing"

	"kvbench/kv"
	"kvbench/report/table"
)

// The page says what a month's price holds, whose prices it is at, and how far the free
// plan goes; so does the terminal, when it is asked for all.
func TestPriceIsExplained(t *testing.T) {
	two := int64(2e9)
	classic, instant := kv.ClassicPrices(), kv.InstantPrices()
	for _, test := range []struct {
		store  kv.Capabilities
		stored *int64
		words  []string
	}{
		{kv.Capabilities{}, nil, []string{"without storage: the store does not tell what it holds", "until reads are used up"}},
		{kv.Capabilities{Prices: classic}, &two, []string{"$0.50 of it for 1.86 GiB", "until reads are used up"}},
		{kv.Capabilities{Mode: kv.InstantMode, Prices: instant}, &two, []string{"$200000.00 of it for 1.86 GiB"}},
	} {
		f := pair()
		run := f.Run(t)
		def := &run.Header.Scenarios[0]
		def.Capabilities, def.Rate = test.store, 100
		for _, v := range run.Variants {
			v.Stored = test.stored
		}
		a := answerOf(t, run)
		dir, _ := write(t, run, "html", "json")
		page := strings.ReplaceAll(read(t, dir, "report.html"), "&#39;", "'")
		terminal := strings.Join(strings.Fields(terminalOf(t, a, 80, true)), " ")
		for _, words := range test.words {
			if !strings.Contains(page, words) {
				t.Errorf("%+v: the page does not say %q", test.store, words)
			}
			if !strings.Contains(terminal, words) {
				t.Errorf("%+v: the terminal does not say %q:\n%s", test.store, words, terminal)
			}
		}
		if !strings.Contains(page, run.Header.Scenarios[0].Prices().Source) {
			t.Errorf("%+v: the page does not say where the prices are from", test.store)
		}
		details := table.Details(&a.Scenarios[0])
		cell := details.Rows[0].Cells[slices.IndexFunc(details.Columns, func(c table.Column) bool { return c.Name == "free plan" })]
		if (cell.Text == "none") != (test.store.Mode == kv.InstantMode) {
			t.Errorf("%+v: the free plan is %q", test.store, cell.Text)
		}
		known := test.store.Mode != kv.InstantMode
		for name, text := range map[string]string{"page": page, "terminal": terminal} {
			if said := strings.Contains(text, "are used up"); said != known {
				t.Errorf("%+v: the %s says how long a free plan lasts: %v", test.store, name, said)
			}
		}
		if said := strings.Contains(page, "Of Workers KV Instant no free plan is known."); said == known {
			t.Errorf("%+v: the page says that none is known: %v", test.store, said)
		}
		if said := strings.Contains(read(t, dir, "report.json"), "free_plan"); said != known {
			t.Errorf("%+v: the JSON has a free plan: %v", test.store, said)
		}
	}
}
