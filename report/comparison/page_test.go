package comparison

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"kvbench/internal/compare"
	"kvbench/report/reporttest"
	"kvbench/report/reporttest/browser"
)

func TestMarkdown(t *testing.T) {
	inOrder(
		t, markdown(t, made()), "### ❌ kvbench: Differs: load: 1/s in base, &lt;2/s&gt; in head (s)\n", "**2 worse, 1 better, 1 changed, 1 can't tell, 1 the same.**",
		"**Worse in 1 variant of 1 scenario, most in s/v: usd-per-million $0 → $2.50 (from 0).**",
		"base runs/a, head runs/b", "**Worse**", "| s/v | usd-per-million | $0 | $2.50 | from 0 | exact |", "| s/v | stale\\_read share | 1% | 1.2% | +20% | exact |",
		"<details><summary>Better: 1 figure</summary>", "| s/v | response p50 | 2 ms | 1 ms | −50% | −60% to −40% | p &lt; 0.001 |",
		"<details><summary>Can't tell: 1 figure</summary>", "The same: 1 figure in 1 variant", "> - s/new is in head alone", "> - head: cut off.", "corrected for 7 tests",
	)
	c := made()
	c.Gate, c.Differences = "pass", nil
	inOrder(t, markdown(t, c), "### ✅ kvbench: 2 worse, 1 better, 1 changed, 1 can't tell, 1 the same\n", "**Definitions and drivers are the same.**")
	c.Choices = []compare.ChoiceChange{
		{Scenario: "s", Base: compare.Choice{Variants: []string{"v"}, Kept: true}, Head: compare.Choice{Variants: []string{"w"}}},
		{Scenario: "t", Base: compare.Choice{Variants: []string{"v"}, Kept: true}, Head: compare.Choice{Variants: []string{"w"}, Kept: true}},
	}
	inOrder(t, markdown(t, c), "### ✅ kvbench: Another choice: s: w, which breaks the promise, was v\n", "**Another choice: t: w, was v**", "**Definitions")
}

// However much changed, Markdown fits a comment on GitHub, and shows ten rows unasked.
func TestMarkdownIsShort(t *testing.T) {
	c := made()
	for i := range 3000 {
		in(c, c.Deltas[i%len(made().Deltas)], nil, fmt.Sprint("a-scenario-with-a-long-name-", i))
		c.Choices = append(c.Choices, compare.ChoiceChange{Scenario: fmt.Sprint("s", i)})
		c.Only = append(c.Only, fmt.Sprintf("scenario a-scenario-with-a-long-name-%d is in base alone", i))
	}
	got := markdown(t, c)
	if n := len([]rune(got)); n > 65_536 {
		t.Errorf("%d characters", n)
	}
	open, _, _ := strings.Cut(got, "<details>")
	if n := strings.Count(open, "| a-scenario") + strings.Count(open, "| s/v"); n != openRows {
		t.Errorf("%d rows stand open", n)
	}
	inOrder(t, got, "**Another choice: and 2995 more**", "more, in compare.json", "> - and 2981 more")
}

// The page needs nothing from elsewhere, escapes what it quotes, and lays the
// responses of both runs over each other.
func TestHTML(t *testing.T) {
	c := made()
	c.Deltas[4].Series = "<script>"
	got := pageOf(t, c, setOf(t, 1e6), setOf(t, 2e6))
	inOrder(
		t, got, "<h1>Differs: load: 1/s in base, &lt;2/s&gt; in head (s)</h1>", "2 worse, 1 better, 1 changed, 1 can&#39;t tell, 1 the same.",
		"<strong>Worse in 1 variant of 1 scenario, most in s/v: usd-per-million $0 → $2.50 (from 0).</strong>", "Gate: <strong>fail</strong>",
		"4 figures changed", "<summary>s: <span class=\"worse\">2 worse, 1 better, 1 changed, 1 can&#39;t tell", "&lt;script&gt; share", "s/v: response time", "the same: 1", "How it was compared",
	)
	if n := strings.Count(got, "<figure "); n != 2 {
		t.Errorf("%d figures, want what changed and the responses of s/v", n)
	}
	for _, bad := range []string{"<script", "http://", "https://", "src="} {
		if strings.Contains(strings.ReplaceAll(got, "http://www.w3.org/", ""), bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
}

// The page groups what changed by scenario, the worst first, and folds what is long.
func TestHTMLByScenario(t *testing.T) {
	c := made()
	worse, better := c.Deltas[4], c.Deltas[2]
	in(c, better, nil, "better")
	in(c, worse, func(d *compare.Delta) { d.Redefined, d.Head = true, 0.9 }, "redefined")
	in(c, worse, func(d *compare.Delta) { d.Head = 0.5 }, "worst")
	for i := range cardRows {
		in(c, better, func(d *compare.Delta) { d.Variant = fmt.Sprint("v", i) }, "worst")
	}
	c.Redefined = []string{"redefined"}
	got := pageOf(t, c, setOf(t, 1e6), setOf(t, 2e6))
	inOrder(
		t, got, "Redefined (redefined): 1 worse. Same definition: 3 worse.", "<details open>\n<summary>s: ",
		"<details open>\n<summary>worst: <span class=\"worse\">1 worse, 10 better", "<details><summary>1 more</summary>",
		"<details open>\n<summary>redefined: <span class=\"worse\">1 worse</span> (redefined)", "<details>\n<summary>better: <span>1 better",
	)
	if n := strings.Count(got, "<th scope=\"row\">worst/"); n != cardRows+1 {
		t.Errorf("%d rows of worst", n)
	}
}

// The picture on its own says what it shows, and there is none of no change.
func TestChart(t *testing.T) {
	c := made()
	in(c, c.Deltas[4], nil, strings.Fields(strings.Repeat("x ", 40))...)
	picture, ok := Chart(c)
	if !ok || picture.Title != "44 figures changed; the first 25" {
		t.Errorf("%v, %q", ok, picture.Title)
	}
	svg, err := picture.SVG()
	if err != nil {
		t.Fatal(err)
	}
	png, err := picture.PNG()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(reporttest.File("compare.svg", svg), reporttest.File("compare.png", png)); err != nil {
		t.Error(err)
	}
	long := strings.Repeat("long-", 40)
	c.Deltas = c.Deltas[:0]
	in(c, made().Deltas[4], nil, long)
	if picture, _ := Chart(c); strings.Contains(picture.Alt, long) || !strings.Contains(picture.Alt, "…") || !strings.Contains(picture.Alt, "/v stale_read share") {
		t.Errorf("a label that leaves no room: %s", picture.Alt)
	}
	c.Deltas = made().Deltas[:2]
	if _, ok := Chart(c); ok {
		t.Error("there is a picture of no change")
	}
}

// A page that nobody waits for any more is not drawn.
func TestHTMLStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := HTML(ctx, made(), setOf(t, 1e6), setOf(t, 2e6)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// What is modelled is called so in all that shows a comparison, and what is measured is not.
func TestModelledIsSaid(t *testing.T) {
	for _, measured := range []bool{false, true} {
		f := reporttest.MadeUp{Name: "s", Measured: measured, Variants: []reporttest.Variant{{Name: "v", P50: 1e6, P99: 2e6}}}
		run := set(t, f.Run(t))
		c := made()
		for i := range c.Deltas {
			c.Deltas[i].Modelled = !measured && c.Deltas[i].Unit == "ns"
		}
		picture, _ := Chart(c)
		svg, err := picture.SVG()
		if err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{
			"terminal": strings.Join(terminal(t, c, ""), "\n"), "compare.md": markdown(t, c), "compare.html": pageOf(t, c, run, run), "compare.svg": string(svg),
		} {
			if said := strings.Contains(text, "modelled"); said == measured {
				t.Errorf("%s, measured %v, says modelled: %v", name, measured, said)
			}
		}
	}
}

// Where no latency is modelled none is compared, and that is said.
func TestNoLatencyModelled(t *testing.T) {
	run := reporttest.MadeUp{Name: "s", Measured: true, Variants: []reporttest.Variant{{Name: "seed"}, {Name: "other"}}}.Run(t)
	run.Header.Scenarios[0].Clock = "virtual"
	s := set(t, run)
	c := compared(t, s, s)
	for _, d := range c.Deltas {
		if d.Series == "response" || d.Series == "get" {
			t.Errorf("a verdict on %s %s: %s", d.Series, d.Statistic, d.Verdict)
		}
	}
	for name, text := range map[string]string{
		"terminal": strings.Join(terminal(t, c, ""), "\n"), "compare.md": markdown(t, c), "compare.html": pageOf(t, c, s, s),
	} {
		if !strings.Contains(text, "no latency modelled") {
			t.Errorf("%s does not say that no latency is modelled:\n%s", name, text)
		}
	}
}

// Whatever run files hold, their comparison can be shown.
func TestHostileRuns(t *testing.T) {
	base, head := reporttest.HostileRun(t), reporttest.HostileRun(t)
	base.Header.Scenarios[0].Clock, head.Header.Scenarios[0].Clock = "virtual", "virtual" // so that every difference counts
	head.Header.Scenarios[0].Driver += "?x"
	for _, v := range head.Variants {
		v.Total.Outcomes[0], v.Total.Outcomes[2] = v.Total.Outcomes[2], v.Total.Outcomes[0]
	}
	b, h := set(t, base), set(t, head)
	c := compared(t, b, h)
	if len(c.Differences) == 0 || len(c.Choices) == 0 || len(c.Failed) == 0 {
		t.Errorf("%d differences, %d choices, %d failures", len(c.Differences), len(c.Choices), len(c.Failed))
	}
	terminal(t, c, reporttest.Hostile)
	markdown(t, c)
	if strings.Contains(pageOf(t, c, b, h), "<script") {
		t.Error("the page runs a script of a run file")
	}
	picture, ok := Chart(c)
	svg, err := picture.SVG()
	if err == nil && ok {
		err = reporttest.File("compare.svg", svg)
	}
	if err != nil || !ok {
		t.Errorf("the picture: %v, %v", err, ok)
	}
}

// A share of nothing is no number, in no format.
func TestShareOfNothing(t *testing.T) {
	of := func(lost int) *reporttest.MadeUp {
		return &reporttest.MadeUp{Name: "s", Variants: []reporttest.Variant{{Name: "v", P50: 1e6, P99: 2e6, Lost: reporttest.Sizes(lost, 5e9)}}}
	}
	run := of(3).Run(t)
	total := &run.Variants[0].Total
	total.Outcomes[0], total.Outcomes[1] = total.Outcomes[0]+total.Outcomes[1], 0 // none updated
	run.Variants[0].Intervals[0] = *total
	b, h := set(t, run), set(t, of(40).Run(t))
	c := compared(t, b, h)
	terminal(t, c, "")
	markdown(t, c)
	pageOf(t, c, b, h)
	if !strings.Contains(strings.Join(c.Only, "\n"), "lost-update can be had in head alone") {
		t.Errorf("it is not said that base has none: %q", c.Only)
	}
}

// axe-core finds nothing serious on the page, and it fits a narrow screen.
func TestAccessible(t *testing.T) {
	b := browser.Open(t)
	c := made()
	in(c, c.Deltas[4], nil, "a-scenario-with-a-long-name-that-has-to-be-broken-somewhere")
	page := b.Serve([]byte(pageOf(t, c, setOf(t, 1e6), setOf(t, 2e6))), nil)
	for _, look := range []struct {
		scheme string
		width  int64
	}{{"light", 400}, {"light", 1440}, {"dark", 400}, {"dark", 1440}} {
		b.Accessible(page, "a comparison", look.scheme, look.width, "for (const d of document.querySelectorAll('details')) d.open = true")
		b.Holds("nothing is wider than the screen", "document.documentElement.scrollWidth <= innerWidth")
		b.Holds("what matters most is seen first", "document.querySelector('h1').getBoundingClientRect().bottom < innerHeight / 2")
		b.Screenshot(fmt.Sprintf("compare-%s-%d", look.scheme, look.width))
	}
	b.Quiet()
}
