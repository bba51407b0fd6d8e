package report

import (
	"regexp"
	"strings"
	"testing"

	"kvbench/kv"
)

// What a store without a price list costs can't be had, and nothing says that it is $0: not
// the terminal, nor any file. A preference for the price decides nothing, and says so; an
// expectation of it is not met.
func TestNoPriceList(t *testing.T) {
	const why, decides = "none: the store has no price list", "usd-per-million decides nothing, as the store has no price list"
	f := pair()
	f.Choose.Prefer, f.Expect = []string{"usd-per-million", "response.p99"}, []string{"seed.usd-per-million < 1"}
	run := f.Run(t)
	run.Header.Scenarios[0].Capabilities.Prices = kv.NoPrices("Nobody's price list.")
	all := texts(t, run)
	all["terminal"] = strings.Join(strings.Fields(all["terminal"]), " ")
	amount := regexp.MustCompile(`\$\d`)
	for name, text := range all {
		if found := amount.FindString(text); found != "" && !strings.HasPrefix(name, "run.jsonl") {
			t.Errorf("%s says %s", name, found)
		}
	}
	for name, wants := range map[string][]string{
		"terminal":    {decides, why, "–"},
		"report.html": {decides, why, "Nobody"},
		"report.md":   {decides, why, "–"},
		"report.json": {
			decides, `"usd_per_million": null`, `"usd_per_million_by_kind": null`, `"usd_per_month": null`, `"usd_per_month_by_kind": null`, `"value": null`,
		},
		"junit.xml": {why},
	} {
		for _, want := range wants {
			if !strings.Contains(all[name], want) {
				t.Errorf("%s does not say %q:\n%.3000s", name, want, all[name])
			}
		}
	}
	for name, never := range map[string]string{"report.json": `"free_plan"`, "report.bench.txt": "usd/Mop"} {
		if all[name] == "" || strings.Contains(all[name], never) {
			t.Errorf("%s has %s:\n%.3000s", name, never, all[name])
		}
	}
	for name := range all {
		if strings.Contains(name, "cost") {
			t.Errorf("%s draws what it costs", name)
		}
	}
}
