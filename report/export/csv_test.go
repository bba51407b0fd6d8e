package export

import (
	"encoding/csv"
	"strings"
	"testing"

	"kvbench/internal/runfile"
	"kvbench/report/reporttest"

	"github.com/google/go-cmp/cmp"
)

// rowsOf are the rows of a run's CSV below its header, by what they begin with:
// SCENARIO/VARIANT/SERIES.
func rowsOf(t *testing.T, run *runfile.Run) map[string]map[string]string {
	t.Helper()
	text, err := CSV(answerOf(t, run))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	header := strings.Fields("scenario variant series unit of count share mean min p50 p90 p95 p99 p999 max latency")
	if diff := cmp.Diff(header, rows[0]); diff != "" {
		t.Fatal(diff)
	}
	out := map[string]map[string]string{}
	for _, row := range rows[1:] {
		fields := map[string]string{}
		for i, name := range header {
			fields[name] = row[i]
		}
		out[strings.Join(row[:3], "/")] = fields
	}
	if len(out) != len(rows)-1 {
		t.Errorf("two of %d rows are of the same series", len(rows)-1)
	}
	return out
}

func TestCSV(t *testing.T) {
	f := pair()
	f.Variants = append(f.Variants, reporttest.Variant{Name: "gone", Missing: true})
	run := f.Run(t)
	rows := rowsOf(t, run)
	if want := 2 * len(run.Header.Scenarios[0].Series); len(rows) != want { // of each variant that ran
		t.Errorf("%d rows, want %d", len(rows), want)
	}
	for _, test := range []struct{ row, fields string }{
		{"seed/response", "unit=ns of= count=2000 share= min=1000000 p99=12000000 max=12000000 latency=modelled"},
		{"seed/stale-read", "unit=ns of=response count=240 share=0.12 mean=2.94e+11 p50=294000000000"},
		{"seed/lost-update", "unit=ns of=updated count=3 share=0.003"},
		{"no-memory/torn-read", "unit=count of=response count=0 share=0 mean= min= p50= p90= p95= p99= p999= max= latency=modelled"},
		{"no-memory/entries", "unit=count of= count=0 share= max="},
	} {
		have := rows["memory-tier/"+test.row]
		for _, want := range strings.Fields(test.fields) {
			name, value, _ := strings.Cut(want, "=")
			if got, ok := have[name]; !ok || got != value {
				t.Errorf("%s: %s is %q, want %q", test.row, name, got, value)
			}
		}
	}
}

// A spreadsheet takes no name for a formula.
func TestCSVFormulas(t *testing.T) {
	for text, want := range map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@x": "'@x", " =1": "' =1", "a=1": "a=1", "": "",
	} {
		if got := field(text); got != want {
			t.Errorf("%q is written %q, want %q", text, got, want)
		}
	}
	f := pair()
	f.Name, f.Expect, f.Choose = "=cmd", nil, nil
	if _, ok := rowsOf(t, f.Run(t))["'=cmd/seed/response"]; !ok {
		t.Error("the scenario's name is a formula")
	}
}

// A mark that was seen where there was nothing that it is a share of has no share, and no
// format makes a number of it.
func TestShareOfNothing(t *testing.T) {
	f := pair()
	f.Expect, f.Choose = nil, nil
	run := f.Run(t)
	v := run.Variants[0]
	v.Total.Outcomes[0], v.Total.Outcomes[1] = v.Total.Outcomes[0]+v.Total.Outcomes[1], 0 // none updated
	st := Summarise(answerOf(t, run)).Scenarios[0].Variants[0].Series["lost-update"]
	if st.Count != 3 || st.Share.Known() {
		t.Errorf("%+v", st)
	}
	if row := rowsOf(t, run)["memory-tier/seed/lost-update"]; row["count"] != "3" || row["share"] != "" || row["p50"] != "1000000000" {
		t.Errorf("%v", row)
	}
	if err := reporttest.File("report.json", jsonOf(t, run)); err != nil {
		t.Error(err)
	}
}
