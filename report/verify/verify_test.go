package verify

import (
	"bytes"
	"strings"
	"testing"

	"kvbench/internal/metric"
	"kvbench/internal/verify"
)

// made is a report of every verdict: a variant that agrees before one that does not.
func made() *verify.Report {
	agrees := &verify.Variant{
		Scenario: "a", Name: "v", Judged: true, Question: "Does it?", Load: "2/s", Driver: "embedded://", Transactions: 1200,
		Counts: map[verify.Verdict]int{verify.Equal: 1}, Lateness: metric.Of(1e6),
		Figures:  []*verify.Figure{{ID: "get", Per: "100 transactions", Model: 100, Low: 100, High: 100, Real: 100, Fixed: true, Verdict: verify.Equal}},
		Response: []verify.Response{{Stat: metric.P50, Model: metric.Of(2e6), Real: metric.Quantity{}}, {Stat: metric.P99, Model: metric.Of(3e6), Real: metric.Of(4e6)}},
	}
	apart := &verify.Variant{
		Scenario: "b", Name: "<w>", Judged: true, Counts: map[verify.Verdict]int{verify.Apart: 1, verify.Known: 1, verify.Within: 1},
		Figures: []*verify.Figure{
			{ID: "put", Model: 10, Low: 9, High: 11, Real: 10.5, Verdict: verify.Within},
			{ID: "list", Model: 10, Low: 9, High: 11, Real: 12, Verdict: verify.Known, Why: "it is so"},
			{ID: "stale-get", Model: 10, Low: 9, High: 11, Real: 5, Verdict: verify.Apart},
		},
	}
	return &verify.Report{
		Model: verify.Side{Runtime: "goja v1", Clock: "virtual", Seeds: 3, Runs: 10}, Real: verify.Side{Runtime: "workerd today", Clock: "wall", Seeds: 3, Runs: 1},
		Alpha: 0.01, Figures: 4, Variants: []*verify.Variant{agrees, apart},
		Counts: map[verify.Verdict]int{verify.Equal: 1, verify.Apart: 1, verify.Known: 1, verify.Within: 1},
	}
}

// inOrder fails where the texts do not follow one another.
func inOrder(t *testing.T, text string, want ...string) {
	t.Helper()
	at := 0
	for _, w := range want {
		i := strings.Index(text[at:], w)
		if i < 0 {
			t.Errorf("there is no %q after %q in\n%s", w, text[:at], text)
			return
		}
		at += i + len(w)
	}
}

// All three say first how many are apart, and then which.
func TestWhatIsApartFirst(t *testing.T) {
	var terminal, page bytes.Buffer
	r := made()
	if err := Terminal(&terminal, r, "verify.html"); err != nil {
		t.Fatal(err)
	}
	if err := HTML(&page, r); err != nil {
		t.Fatal(err)
	}
	inOrder(t, terminal.String(), "1 of 4 figures", "APART", "stale-get", "KNOWN", "list", "it is so", "b/<w>", "a/v", "–", "goja v1", "workerd today", "verify.html")
	inOrder(t, page.String(), `class="fail"`, "1 of 4 figures", "goja v1", "workerd today", "stale-get", "it is so", "<details open>", "b/&lt;w&gt;", "<details>", "a/v")
	inOrder(t, string(Markdown(r)), "1 of 4 figures", "modelled on both sides", "goja v1", "## b/", "| stale-get |", "**apart**", "## a/v", "| get | 100 | always | 100 | equal |")
	for name, text := range map[string]string{"terminal": terminal.String(), "page": page.String(), "Markdown": string(Markdown(r))} {
		if strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
			t.Errorf("%s: no number in\n%s", name, text)
		}
	}
	if strings.Contains(page.String(), "://api") || strings.Contains(page.String(), "src=") || strings.Contains(page.String(), "<script") {
		t.Error("the page asks for something else")
	}
}

// A page on which nothing is apart says so, and one of nothing is no success.
func TestHeadlines(t *testing.T) {
	r := made()
	r.Variants = r.Variants[:1]
	r.Counts, r.Figures = map[verify.Verdict]int{verify.Equal: 1}, 1
	if v := viewOf(r); v.Class != "pass" || !strings.Contains(v.Headline, "all of 1 figure") {
		t.Errorf("%+v", v)
	}
	r.Variants[0].Judged = false
	if v := viewOf(r); v.Variants[0].Says != "not judged" || v.Variants[0].Verdict == verify.Equal {
		t.Errorf("%+v", v.Variants[0])
	}
	r.Missing = []string{"a/v: it crashed"}
	if v := viewOf(r); v.Class != "part" {
		t.Errorf("%+v", v)
	}
	var page bytes.Buffer
	empty := &verify.Report{Counts: map[verify.Verdict]int{}}
	if err := HTML(&page, empty); err != nil || !strings.Contains(page.String(), "Nothing was compared") {
		t.Errorf("%v\n%s", err, &page)
	}
}
