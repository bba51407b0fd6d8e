package report

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// The page of the shipped scenarios stays below maxPageBytes, and below so many bytes
// for each of them: 2 MB when they were 25.
const (
	maxPageBytes     = 3_000_000
	maxScenarioBytes = 2_000_000 / 25
)

// at is a place on the page, for the mouse: a share of the width and of the
// height of what a selector finds, once that is scrolled into view.
func (b browser) at(selector string, x, y float64) (float64, float64) {
	b.Helper()
	place := eval[[]float64](b, fmt.Sprintf(`(() => {
		const e = document.querySelector(%q);
		e.scrollIntoView({block: 'center', behavior: 'instant'});
		const r = e.getBoundingClientRect();
		return [r.x + %g * r.width, r.y + %g * r.height];
	})()`, selector, x, y))
	return place[0], place[1]
}

func (b browser) hover(selector string, x, y float64) {
	b.Helper()
	left, top := b.at(selector, x, y)
	b.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, left, top))
}

func (b browser) click(selector string) {
	b.Helper()
	x, y := b.at(selector, 0.5, 0.5)
	b.do(chromedp.MouseClickXY(x, y))
}

func (b browser) keys(keys string) {
	b.Helper()
	b.do(chromedp.KeyEvent(keys))
}

func TestPageInBrowser(t *testing.T) {
	b := openBrowser(t)
	text, err := shippedPage()
	scenarios := bytes.Count(text, []byte(`id="scenario-`))
	if most := min(maxPageBytes, scenarios*maxScenarioBytes); len(text) >= most {
		t.Errorf("the page has %d bytes, want fewer than %d for %d scenarios", len(text), most, scenarios)
	}
	page := b.serve(text, err)
	b.scheme("light")
	b.do(chromedp.Navigate(page))
	t.Logf("%d bytes, loaded in %.0f ms, first painted after %.0f ms", len(text),
		eval[float64](b, "performance.getEntriesByType('navigation')[0].loadEventEnd"),
		eval[float64](b, "performance.getEntriesByType('paint')[0]?.startTime ?? 0"))
	b.screenshot("light")
	b.holds("all answers are there", "document.querySelectorAll('.answers > li').length > 10")

	// A click in the index leads to a scenario, where the index then is.
	const section, latency, timeline = "#scenario-memory-tier", "#figure-memory-tier-latency", "#figure-fallback-partial-outage-timeline"
	b.click(`nav a[href="` + section + `"]`)
	b.holds("the scenario is at the top", "Math.abs(document.querySelector('"+section+"').getBoundingClientRect().y) < 60")
	b.holds("the index says so", `document.querySelector('nav a[aria-current=true]').hash === '`+section+`'`)
	b.screenshot("scenario")

	// Hovering tells exact values, of every variant that is shown.
	b.hover(latency+" svg", 0.5, 0.5)
	b.holds("values are told", `/^p\d+(\.\d+)?\n+seed \d.* (ns|µs|ms|s)$/m.test(document.querySelector('#tip').innerText)`)
	b.holds("at one line", "document.querySelectorAll('"+latency+" .over line').length === 1")
	b.screenshot("hover")
	before := eval[string](b, "document.querySelector('#tip').innerText")
	b.click(section + ` [data-toggle="seed"]`)
	b.holds("its row is gone", "document.querySelector('"+section+` tr[data-variant="seed"]').offsetParent === null`)
	b.holds("its line is gone", "getComputedStyle(document.querySelector('"+latency+` g[data-variant="seed"]')).display === 'none'`)
	b.holds("its panel leaves a trace", `getComputedStyle(document.querySelector('#figure-memory-tier-timeline g[data-variant="seed"]')).opacity < 0.5`)
	b.hover(latency+" svg", 0.5, 0.5)
	b.holds("its value is gone", "!/^seed /m.test(document.querySelector('#tip').innerText) && document.querySelector('#tip').innerText !== ''")
	b.screenshot("toggled")
	b.click(section + ` [data-toggle="seed"]`)
	b.hover(latency+" svg", 0.5, 0.5)
	b.holds("all are back", fmt.Sprintf("document.querySelector('#tip').innerText === %q", before))

	// Charts with the same axis share the line.
	b.hover(timeline+" svg", 0.25, 0.3)
	b.holds("the line is on the faults too", "document.querySelectorAll('#figure-fallback-partial-outage-faults .over line').length > 0")
	b.holds("not on the percentiles", "document.querySelectorAll('#figure-fallback-partial-outage-latency .over line').length === 0")
	b.screenshot("linked")

	// A chart is zoomed with the mouse and the keyboard.
	box := "document.querySelector('" + latency + " svg').getAttribute('viewBox')"
	whole := eval[string](b, box)
	x, y := b.at(latency+" svg", 0.3, 0.4)
	b.do(chromedp.DragAndDropXY(x, y, x+120, y+60))
	b.holds("dragging zooms in", box+" !== '"+whole+"'")
	b.do(chromedp.MouseClickXY(x, y, chromedp.ClickCount(2)))
	b.holds("a double click zooms out", box+" === '"+whole+"'")
	eval[chromedp.Void](b, "document.querySelector('"+latency+" > .scroll').focus()")
	b.keys("+")
	b.holds("+ zooms in", box+" !== '"+whole+"'")
	b.keys("0")
	b.holds("0 zooms out", box+" === '"+whole+"'")
	b.keys(kb.ArrowRight + kb.ArrowRight)
	b.holds("arrows tell values", "/^p[\\d.]+\\n+seed \\d/m.test(document.querySelector('#tip').innerText)")
	b.keys(kb.Enter)
	b.holds("Enter enlarges", "document.querySelector('dialog[open] "+latency+"') !== null")
	b.screenshot("enlarged")
	b.keys(kb.Escape)
	b.keys(kb.Escape)
	b.holds("Escape puts it back", "document.querySelector('"+section+" "+latency+"') !== null && !document.querySelector('dialog').open")
	b.click(latency + " [data-do=values]")
	b.holds("its values stand in a table", "document.querySelectorAll('"+latency+" .values tr').length > 20")

	// A link to a chart leads there, also from elsewhere.
	b.do(chromedp.Navigate("about:blank"), chromedp.Navigate(page+"#figure-list-900-latency"))
	b.holds("the chart is in view", "(() => { const r = document.querySelector('#figure-list-900-latency').getBoundingClientRect(); return r.top >= 0 && r.top < innerHeight / 2 })()")

	b.scheme("dark")
	b.do(chromedp.Navigate(page))
	const paper = `getComputedStyle(document.querySelector('figure svg path')).fill`
	if got, want := eval[string](b, paper), eval[string](b, "getComputedStyle(document.querySelector('section')).backgroundColor"); got != want {
		t.Errorf("in the dark a chart's paper is %s on a card of %s", got, want)
	}
	b.screenshot("dark")
	b.at(section, 0, 0)
	b.click(`nav a[href="` + section + `"]`)
	b.screenshot("dark-scenario")
	b.scheme("light")
	b.do(chromedp.EmulateViewport(400, 800), chromedp.Navigate(page))
	b.holds("nothing is wider than a narrow screen", "document.documentElement.scrollWidth <= 400")
	b.screenshot("narrow")
	b.at(section+" table", 0, 0)
	b.screenshot("narrow-scenario")
	b.quiet()
}

// Without its script the page is whole: no control that does nothing, nothing
// hidden.
func TestPageWithoutScript(t *testing.T) {
	b := openBrowser(t)
	f := pair()
	page := b.serve(renderPage(f.run(t), f.expect))
	b.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}), chromedp.Navigate(page))
	b.screenshot("no-script")
	for what, condition := range map[string]string{
		"no button":              "[...document.querySelectorAll('button')].every(e => e.offsetParent === null)",
		"tables":                 "document.querySelector('section table').offsetParent !== null",
		"charts":                 "document.querySelector('figure svg').getBoundingClientRect().height > 100",
		"the script did not run": "!document.documentElement.classList.contains('js')",
	} {
		if !eval[bool](b, condition) {
			t.Errorf("%s: %s", what, condition)
		}
	}
	pdf, err := chromedp.Run(b.ctx, chromedp.PrintToPDF())
	if err != nil || len(pdf) < 10_000 {
		t.Errorf("printed %d bytes, error %v", len(pdf), err)
	}
	if dir := os.Getenv("KVBENCH_SCREENSHOTS"); dir != "" {
		if err := os.WriteFile(dir+"/print.pdf", pdf, 0o644); err != nil {
			t.Error(err)
		}
	}
}

// What was not met is seen without scrolling.
func TestFailureIsSeen(t *testing.T) {
	b := openBrowser(t)
	f := pair()
	b.do(chromedp.Navigate(b.serve(renderPage(f.run(t), f.expect))))
	b.screenshot("not-met")
	b.holds("the banner is in the first view", "document.querySelector('.fail').getBoundingClientRect().bottom < innerHeight / 2")
	b.click(".fail a")
	b.holds("it leads to the expectation", "document.querySelector(':target').matches('section .expect li')")
	b.quiet()
}

// axe-core finds nothing serious on any page: light, dark, on a narrow screen, and
// with a chart enlarged.
func TestAccessible(t *testing.T) {
	path := os.Getenv("KVBENCH_AXE")
	if path == "" {
		missing(t, "KVBENCH_AXE does not name axe.min.js")
	}
	axe, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b := openBrowser(t)
	f := pair()
	run := f.run(t)
	changed := historyOf(run, run)
	changed.Lines[0].Changes = append(changed.Lines[0].Changes, Step{At: 1, Before: 1e6, After: 2e6})
	var history bytes.Buffer
	if err := HistoryHTML(&history, changed); err != nil {
		t.Fatal(err)
	}
	pages := map[string]string{
		"a run":                 b.serve(renderPage(run, f.expect)),
		"the shipped scenarios": b.serve(shippedPage()),
		"a comparison":          b.serve(CompareHTML(context.Background(), comparison(), run, run)),
		"a history":             b.serve(history.Bytes(), nil),
	}
	for _, look := range []struct {
		page, scheme string
		width        int64
		before       string
	}{
		{"a run", "light", 1440, ""},
		{"a run", "dark", 1440, "document.querySelector('[data-do=values]').click()"},
		{"a run", "light", 400, "document.querySelector('[data-do=enlarge]').click()"},
		{"the shipped scenarios", "light", 1440, ""},
		{"a comparison", "light", 400, ""},
		{"a comparison", "dark", 1440, ""},
		{"a history", "light", 400, ""},
		{"a history", "dark", 1440, ""},
	} {
		b.scheme(look.scheme)
		b.do(chromedp.EmulateViewport(look.width, 900), chromedp.Navigate(pages[look.page]))
		eval[chromedp.Void](b, string(axe)+"\n;0")
		// What is out of sight is not laid out, and would not be looked at.
		eval[chromedp.Void](b, "for (const s of document.querySelectorAll('section')) s.style.contentVisibility = 'visible';"+look.before+";0")
		found := eval[[]byte](b, `axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.map(v => ({
			id: v.id, impact: v.impact, help: v.help, nodes: v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + ' ' + n.failureSummary)})))`)
		var violations []struct {
			ID, Impact, Help string
			Nodes            []string
		}
		if err := json.Unmarshal(found, &violations); err != nil {
			t.Fatal(err)
		}
		for _, v := range violations {
			if v.Impact == "serious" || v.Impact == "critical" {
				t.Errorf("%s, %s, %d wide: %s: %s: %q", look.page, look.scheme, look.width, v.ID, v.Help, v.Nodes)
			} else {
				t.Logf("%s, %s, %d wide: %s %s: %s", look.page, look.scheme, look.width, v.Impact, v.ID, v.Help)
			}
		}
	}
	b.quiet()
}
