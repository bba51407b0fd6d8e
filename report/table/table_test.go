package table_test

import (
	"slices"
	"strings"
	"testing"

	"kvbench/internal/answer"
	"kvbench/internal/metric"
	"kvbench/internal/record"
	"kvbench/internal/runfile"
	"kvbench/kv"
	"kvbench/report/reporttest"
	"kvbench/report/table"

	"github.com/google/go-cmp/cmp"
)

func of(t *testing.T, run *runfile.Run) *answer.Scenario {
	t.Helper()
	a, err := answer.Of(run)
	if err != nil {
		t.Fatal(err)
	}
	return &a.Scenarios[0]
}

// pair is a variant that keeps the promise and two that don't: one by what went wrong, one
// because it did not run to its end.
func pair() reporttest.MadeUp {
	return reporttest.MadeUp{
		Name: "memory-tier", Question: "What does a memory tier save?",
		Variants: []reporttest.Variant{
			{Name: "seed", P50: 1e6, P99: 12e6, Reads: 590, Stale: reporttest.Sizes(240, 294e9), Lost: []int64{1e9, 2e9, 3e9}},
			{Name: "failed", P50: 1e6, P99: 1e6, Failed: "the store is gone"},
			{Name: "no-memory", P50: 4e6, P99: 38e6, Reads: 1000, Errors: 20},
		},
		Choose: &runfile.Choose{Promise: []string{"lost-update == 0", "errors < 5%"}, Prefer: []string{"response.p99"}},
	}
}

// columns are the headings of a table, with their group.
func columns(t table.Table) (out []string) {
	for _, c := range t.Columns {
		out = append(out, c.Group+": "+c.Name)
	}
	return out
}

// cells are the texts of a column by variant, with a star where it is best and a cross
// where the promise is broken.
func cells(t *testing.T, of table.Table, column string) map[string]string {
	t.Helper()
	i := slices.IndexFunc(of.Columns, func(c table.Column) bool { return c.Name == column })
	if i < 0 {
		t.Fatalf("no column %s in %q", column, columns(of))
	}
	out := map[string]string{}
	for _, r := range of.Rows {
		c := r.Cells[i]
		text := c.Text
		if c.Note != "" {
			text += " (" + c.Note + ")"
		}
		if c.Best {
			text += " *"
		}
		if c.Broken {
			text += " x"
		}
		out[r.Variant.Name] = text
	}
	return out
}

// The main table has what answers the question, and no column that no variant has a figure
// of; what is to be taken stands first, what breaks the promise last.
func TestMain(t *testing.T) {
	main := table.Main(of(t, pair().Run(t)))
	want := []string{
		"Response: p50", "Response: p99", "Anomalies: stale-read", "Anomalies: lost-update", "Anomalies: errors",
		"KV operations and price: $/million", "KV operations and price: ops/txn",
	}
	if diff := cmp.Diff(want, columns(main)); diff != "" {
		t.Error(diff)
	}
	var rows []string
	for _, r := range main.Rows {
		rows = append(rows, r.Name())
	}
	if diff := cmp.Diff([]string{"✓ no-memory", "  seed (published)", "  failed"}, rows); diff != "" {
		t.Error(diff)
	}
	for column, want := range map[string]map[string]string{
		"p99":         {"no-memory": "38 ms", "seed": "12 ms", "failed": "1 ms *"},
		"stale-read":  {"no-memory": "0% *", "seed": "12% (all 4.9 min)", "failed": "0% *"},
		"lost-update": {"no-memory": "0% *", "seed": "0.3% (p50 2 s, p99 3 s, max 3 s) x", "failed": "0% *"},
		"errors":      {"no-memory": "1%", "seed": "0% *", "failed": "0% *"},
		"$/million":   {"no-memory": "$0.50", "seed": "$0.29", "failed": "$0 *"},
		"ops/txn":     {"no-memory": "1 (1 get)", "seed": "1 (1 get)", "failed": "1 (1 get)"},
	} {
		if diff := cmp.Diff(want, cells(t, main, column)); diff != "" {
			t.Errorf("%s: %s", column, diff)
		}
	}
	for _, c := range main.Columns {
		if c.Name == "lost-update" && c.Doc != "A share of updated transactions. One is an update that is gone." {
			t.Errorf("lost-update is explained by %q", c.Doc)
		}
	}
}

// The details have what stands behind it.
func TestDetails(t *testing.T) {
	details := table.Details(of(t, pair().Run(t)))
	want := []string{
		"Measured: transactions", "Measured: time", "Response: p90", "Response: p95", "Response: p99.9", "Response: max",
		"KV operations and price: $/month", "KV operations and price: free plan",
		"Outcomes: read", "Outcomes: updated", "Outcomes: error", "Errors by code: 429",
	}
	if diff := cmp.Diff(want, columns(details)); diff != "" {
		t.Error(diff)
	}
	for column, want := range map[string]map[string]string{
		"transactions": {"no-memory": "2,000", "seed": "2,000", "failed": "2,000"},
		"time":         {"no-memory": "60 s", "seed": "60 s", "failed": "60 s"},
		"updated":      {"no-memory": "50%", "seed": "50%", "failed": "50%"},
		"429":          {"no-memory": "20", "seed": "0", "failed": "0"},
	} {
		if diff := cmp.Diff(want, cells(t, details, column)); diff != "" {
			t.Errorf("%s: %s", column, diff)
		}
	}
}

// A variant that measured nothing has a row without figures, one that did not run has none.
func TestRowsOfNothing(t *testing.T) {
	f := pair()
	f.Choose = nil
	f.Variants[1] = reporttest.Variant{Name: "idle", N: -1}
	f.Variants[2].Missing = true
	for _, tab := range []table.Table{table.Main(of(t, f.Run(t))), table.Details(of(t, f.Run(t)))} {
		if len(tab.Rows) != 2 || tab.Rows[1].Variant.Name != "idle" {
			t.Fatalf("%+v", tab.Rows)
		}
		for i, c := range tab.Rows[1].Cells {
			if name := tab.Columns[i].Name; c.Text != metric.None && name != "transactions" && name != "time" || c.Best || c.Note != "" {
				t.Errorf("%s of what measured nothing: %+v", name, c)
			}
		}
	}
	f.Variants = nil
	if tab := table.Main(of(t, f.Run(t))); len(tab.Rows) != 0 {
		t.Errorf("%+v", tab.Rows)
	}
}

// The best of a column is marked, with all that is as good, and nothing where there is no
// difference.
func TestBest(t *testing.T) {
	for _, test := range []struct {
		reads []uint64 // of a thousand transactions; those of none are not measured
		want  []bool
	}{
		{[]uint64{100, 200, 300}, []bool{true, false, false}},
		{[]uint64{300, 100, 101}, []bool{false, true, true}},
		{[]uint64{100, 101}, []bool{false, false}},
		{[]uint64{0, 0, 100}, []bool{true, true, false}},
		{[]uint64{7, 200, 300}, []bool{false, true, false}}, // 7: it measured nothing
		{[]uint64{100}, []bool{false}},
	} {
		f := reporttest.MadeUp{Name: "x"}
		for i, reads := range test.reads {
			v := reporttest.Variant{Name: string(rune('a' + i)), P50: 1, P99: 1, Reads: reads}
			if reads == 7 {
				v.N = -1
			}
			f.Variants = append(f.Variants, v)
		}
		main := table.Main(of(t, f.Run(t)))
		var got []bool
		for _, r := range main.Rows {
			i := slices.IndexFunc(main.Columns, func(c table.Column) bool { return c.Name == "$/million" })
			got = append(got, r.Cells[i].Best)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%v: %s", test.reads, diff)
		}
	}
}

// A month's price holds the storage of what the store told at its end, at the prices that
// the run file has, and says so where that is not known.
func TestPriceOfTheStore(t *testing.T) {
	two, four := int64(2e9), int64(4e9)
	for _, test := range []struct {
		prices  kv.Prices
		stored  []*int64 // by repeat
		million string
		words   string
	}{
		{kv.Prices{}, []*int64{nil, nil}, "$0.50", "without storage: the store does not tell what it holds"},
		{kv.Prices{}, []*int64{&two, nil}, "$0.50", "without storage: the store does not tell what it holds"},
		{kv.Prices{}, []*int64{&two, &four}, "$0.50", "$1.00 of it for 2.79 GiB"}, // a file of format 1: the classic prices
		{kv.ClassicPrices(), []*int64{&two, &two}, "$0.50", "$0.50 of it for 1.86 GiB"},
		{kv.InstantPrices(), []*int64{&two, &two}, "$0.20", "$200000.00 of it for 1.86 GiB"},
	} {
		run := reporttest.MadeUp{Name: "x", Variants: []reporttest.Variant{{Name: "seed", P50: 1e6, P99: 2e6, Reads: 1000}}}.Run(t)
		def := &run.Header.Scenarios[0]
		def.Capabilities.Prices, def.Repeats = test.prices, 2
		again := *run.Variants[0]
		again.Repeat = 1
		run.Variants = append(run.Variants, &again)
		for i, v := range run.Variants {
			v.Stored = test.stored[i]
		}
		s := of(t, run)
		main, details := table.Main(s), table.Details(s)
		if got := cells(t, main, "$/million")["seed"]; got != test.million {
			t.Errorf("%s a million, want %s", got, test.million)
		}
		if got := cells(t, details, "$/month")["seed"]; !strings.HasSuffix(got, ", "+test.words+")") {
			t.Errorf("%s a month, want %s", got, test.words)
		}
		for _, c := range append(main.Columns, details.Columns...) {
			if strings.HasPrefix(c.Name, "$/") && !strings.Contains(c.Doc, def.Prices().Source) {
				t.Errorf("%s is explained by %q", c.Name, c.Doc)
			}
		}
	}
}

// What no variant has is named, and apart from it what there was nothing to see in.
func TestUnseen(t *testing.T) {
	f := pair()
	f.Variants = f.Variants[:1]
	for _, test := range []struct {
		change func(*runfile.Run)
		want   []string
	}{
		{func(*runfile.Run) {}, []string{"Not observed: torn-read"}},
		{func(run *runfile.Run) {
			total := &run.Variants[0].Total
			total.Histograms[record.FirstMark+1] = nil
			total.Outcomes[0], total.Outcomes[1] = total.Outcomes[0]+total.Outcomes[1], 0 // none updated
		}, []string{"Not observed: torn-read", "Nothing can be said of lost-update: the count of updated transactions is 0"}},
		{func(run *runfile.Run) {
			run.Variants[0].Total.Histograms[record.FirstMark+2] = run.Variants[0].Total.Histograms[record.Get]
		}, nil},
	} {
		run := f.Run(t)
		test.change(run)
		if diff := cmp.Diff(test.want, table.Unseen(of(t, run).Scenario)); diff != "" {
			t.Error(diff)
		}
	}
}
