package report

import (
	"bytes"
	"strings"
	"testing"

	"kvbench/internal/runfile"
)

// A total that can't be decoded is told as its variant's failure; the others are
// reported.
func TestDamagedTotal(t *testing.T) {
	run := runOf(tiers(t))
	var file bytes.Buffer
	w, err := runfile.NewWriter(&file, run.Header)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range run.Variants {
		if err := w.Begin(0, v.Variant, 0); err != nil {
			t.Fatal(err)
		}
		if err := w.End(v); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(false); err != nil {
		t.Fatal(err)
	}
	text := file.String()
	at := strings.Index(text, `"response":"HIST`)
	damaged := text[:at+40] + "AAAA" + text[at+44:]
	got, err := runfile.Read("run.jsonl", strings.NewReader(damaged))
	if err != nil {
		t.Fatal(err)
	}
	s := Summarise(got, nil)
	for i, v := range s.Scenarios[0].Variants {
		failed := strings.Contains(v.Errored, "its total: series response")
		if failed != (i == 0) || i == 0 && v.Complete {
			t.Errorf("%s: complete %v, %q", v.Name, v.Complete, v.Errored)
		}
	}
}
