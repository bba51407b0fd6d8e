package page

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"regexp"
	"testing"

	"kvbench/report/reporttest/browser"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// The page of the shipped scenarios stays below maxPageBytes, and below so many bytes
// for each of them.
const (
	maxPageBytes     = 3_000_000
	maxScenarioBytes = maxPageBytes / 30
)

// tab is a page in Chromium.
type tab struct{ browser.Browser }

// at is a place on the page, for the mouse: a share of the width and of the
// height of what a selector finds, once that is scrolled into view.
func (b tab) at(selector string, x, y float64) (float64, float64) {
	b.Helper()
	place := browser.Eval[[]float64](b.Browser, fmt.Sprintf(`(() => {
		const e = document.querySelector(%q);
		e.scrollIntoView({block: 'center', behavior: 'instant'});
		const r = e.getBoundingClientRect();
		return [r.x + %g * r.width, r.y + %g * r.height];
	})()`, selector, x, y))
	return place[0], place[1]
}

func (b tab) hover(selector string, x, y float64) {
	b.Helper()
	left, top := b.at(selector, x, y)
	b.Do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, left, top))
}

func (b tab) click(selector string) {
	b.Helper()
	x, y := b.at(selector, 0.5, 0.5)
	b.Do(chromedp.MouseClickXY(x, y))
}

func (b tab) keys(keys string) {
	b.Helper()
	b.Do(chromedp.KeyEvent(keys))
}

// open opens a page anew, so that all but what its link leads to is folded.
func (b tab) open(url string) {
	b.Helper()
	b.Do(chromedp.Navigate("about:blank"), chromedp.Navigate(url))
}

func TestPageInBrowser(t *testing.T) {
	b := tab{browser.Open(t)}
	text, err := shippedPage()
	scenarios := bytes.Count(text, []byte(`id="scenario-`))
	if most := min(maxPageBytes, scenarios*maxScenarioBytes); len(text) >= most {
		t.Errorf("the page has %d bytes, want fewer than %d for %d scenarios", len(text), most, scenarios)
	}
	page := b.Serve(text, err)
	b.Scheme("light")
	b.Do(chromedp.EmulateViewport(1400, 1000))
	b.open(page)
	t.Logf("%d bytes, loaded in %.0f ms, first painted after %.0f ms", len(text),
		browser.Eval[float64](b.Browser, "performance.getEntriesByType('navigation')[0].loadEventEnd"),
		browser.Eval[float64](b.Browser, "performance.getEntriesByType('paint')[0]?.startTime ?? 0"))
	b.Screenshot("light")
	b.Holds("every question has a row", fmt.Sprintf("document.querySelectorAll('.card > summary').length === %d", scenarios))
	b.Holds("they are folded", "document.querySelectorAll('.card[open]').length === 0")
	b.Holds("some are in the first view", "[...document.querySelectorAll('.card')].filter(c => c.getBoundingClientRect().bottom < innerHeight).length >= 6")

	// A row opens to its card; a click in the index opens it too, and the index then says so.
	const card, latency, timeline = "#scenario-memory-tier", "#figure-memory-tier-latency", "#figure-fallback-partial-outage-timeline"
	b.click(`.card:has(` + card + `) > summary`)
	b.Holds("the card is open", "document.querySelector('"+card+" .bars').getBoundingClientRect().height > 100")
	b.open(page)
	b.click(`nav a[href="` + card + `"]`)
	b.Holds("the card is open", "document.querySelector('.card:has("+card+")').open")
	b.Holds("its row is at the top", "(() => { const y = document.querySelector('.card:has("+card+") > summary').getBoundingClientRect().y; return y > -5 && y < 120 })()")
	b.Holds("the index says so", `document.querySelector('nav a[aria-current=true]').hash === '`+card+`'`)
	b.Screenshot("scenario")

	// The filter leaves what holds all of its words.
	b.click("#filter")
	b.keys("Fallback TYPED null")
	b.Holds("one question is left", `[...document.querySelectorAll('.card')].filter(c => c.offsetParent).length === 1 && document.querySelector('#scenario-fallback-null').closest('.card').offsetParent !== null`)
	b.Holds("its group and its link alone", `[...document.querySelectorAll('.group')].filter(c => c.offsetParent).length === 1 && [...document.querySelectorAll('nav [data-words]')].filter(c => c.offsetParent).length === 1`)
	b.Holds("it says how many", fmt.Sprintf("document.querySelector('#found').textContent === '1 of %d'", scenarios))
	b.Screenshot("filtered")

	// Hovering tells exact values, of every variant that is shown.
	b.open(page + latency)
	b.Holds("a link to a chart leads there", "(() => { const r = document.querySelector('"+latency+"').getBoundingClientRect(); return r.top >= -5 && r.top < innerHeight / 2 })()")
	b.hover(latency+" svg", 0.5, 0.5)
	b.Holds("values are told", `/^p\d+(\.\d+)?\n+seed .*(ns|µs|ms|s)$/m.test(document.querySelector('#tip').innerText)`)
	b.Holds("at one line", "document.querySelectorAll('"+latency+" .over line').length === 1")
	b.Screenshot("hover")
	before := browser.Eval[string](b.Browser, "document.querySelector('#tip').innerText")
	b.click(card + ` [data-toggle="seed"]`)
	b.Holds("its line is gone", "getComputedStyle(document.querySelector('"+latency+` g[data-variant="seed"]')).display === 'none'`)
	b.hover(latency+" svg", 0.5, 0.5)
	b.Holds("its value is gone", "!/^seed /m.test(document.querySelector('#tip').innerText) && document.querySelector('#tip').innerText !== ''")
	b.click(card + ` [data-toggle="seed"]`)
	b.hover(latency+" svg", 0.5, 0.5)
	b.Holds("all are back", fmt.Sprintf("document.querySelector('#tip').innerText === %q", before))

	// A chart's words are as large as the page's.
	b.Holds("the words of charts are large", `(() => {
		const svg = document.querySelector('`+latency+` svg'), scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
		return [...svg.querySelectorAll('text')].every(t => scale * parseFloat(getComputedStyle(t).fontSize) >= 13);
	})()`)

	// A chart is zoomed with the mouse and the keyboard.
	box := "document.querySelector('" + latency + " svg').getAttribute('viewBox')"
	whole := browser.Eval[string](b.Browser, box)
	x, y := b.at(latency+" svg", 0.3, 0.4)
	b.Do(chromedp.DragAndDropXY(x, y, x+120, y+60))
	b.Holds("dragging zooms in", box+" !== '"+whole+"'")
	b.Do(chromedp.MouseClickXY(x, y, chromedp.ClickCount(2)))
	b.Holds("a double click zooms out", box+" === '"+whole+"'")
	browser.Eval[chromedp.Void](b.Browser, "document.querySelector('"+latency+" > .scroll').focus()")
	b.keys("+")
	b.Holds("+ zooms in", box+" !== '"+whole+"'")
	b.keys("0")
	b.Holds("0 zooms out", box+" === '"+whole+"'")
	b.keys(kb.ArrowRight + kb.ArrowRight)
	b.Holds("arrows tell values", "/^p[\\d.]+\\n+seed /m.test(document.querySelector('#tip').innerText)")
	b.keys(kb.Enter)
	b.Holds("Enter enlarges", "document.querySelector('dialog[open] "+latency+"') !== null")
	b.Screenshot("enlarged")
	b.keys(kb.Escape)
	b.keys(kb.Escape)
	b.Holds("Escape puts it back", "document.querySelector('"+card+" "+latency+"') !== null && !document.querySelector('dialog').open")
	b.click(latency + " [data-do=values]")
	b.Holds("its values stand in a table", "document.querySelectorAll('"+latency+" .values tr').length > 20")

	// Charts with the same axis share the line.
	b.open(page + timeline)
	b.hover(timeline+" svg", 0.25, 0.3)
	b.Holds("the line is on the faults too", "document.querySelectorAll('#figure-fallback-partial-outage-faults .over line').length > 0")
	b.Holds("not on the percentiles", "document.querySelectorAll('#figure-fallback-partial-outage-latency .over line').length === 0")
	b.Screenshot("linked")
	b.Quiet()
}

// No table is wider than its card, and no page than its screen.
func TestPageFits(t *testing.T) {
	b := tab{browser.Open(t)}
	page := b.Serve(shippedPage())
	const card = "#scenario-memory-tier"
	const unfold = "for (const d of document.querySelectorAll('.card, .card details:not(.charts)')) d.open = true;"
	for _, look := range []struct {
		scheme string
		width  int64
	}{{"light", 1400}, {"dark", 1400}, {"light", 800}, {"light", 400}, {"dark", 400}} {
		b.Scheme(look.scheme)
		b.Do(chromedp.EmulateViewport(look.width, 1000))
		b.open(page)
		b.Screenshot(fmt.Sprintf("first-%s-%d", look.scheme, look.width))
		b.open(page + card)
		b.Screenshot(fmt.Sprintf("card-%s-%d", look.scheme, look.width))
		b.Holds("no page is wider than its screen", fmt.Sprintf("document.documentElement.scrollWidth <= %d", look.width))
		if look.scheme == "dark" {
			continue
		}
		for what, wide := range map[string]string{
			"table of bars": "[...document.querySelectorAll('.bars')].filter(e => e.getBoundingClientRect().right > e.closest('.body').getBoundingClientRect().right)",
			"table":         "[...document.querySelectorAll('.scroll:has(.all)')].filter(e => innerWidth >= 1400 && e.scrollWidth > e.clientWidth)",
		} {
			if got := browser.Eval[string](b.Browser, unfold+wide+".map(e => e.closest('.body').id).join(' ')"); got != "" {
				t.Errorf("%d wide, a %s is wider than its card: %s", look.width, what, got)
			}
		}
	}
	b.Scheme("dark")
	b.Do(chromedp.EmulateViewport(1400, 1000))
	b.open(page + "#figure-memory-tier-latency")
	const paper = `getComputedStyle(document.querySelector('#figure-memory-tier-latency svg path')).fill`
	if got, want := browser.Eval[string](b.Browser, paper), browser.Eval[string](b.Browser, "getComputedStyle(document.querySelector('.card')).backgroundColor"); got != want {
		t.Errorf("in the dark a chart's paper is %s on a card of %s", got, want)
	}
	b.Holds("its words stand out from it", `(() => {
		const light = fill => fill.match(/\d+/g).map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
		const ground = light(`+paper+`);
		return [...document.querySelectorAll('#figure-memory-tier-latency text')].every(t => (light(getComputedStyle(t).fill) + 0.05) / (ground + 0.05) >= 4.5);
	})()`)
	b.Screenshot("dark-chart")
	b.Quiet()
}

// Without its script the page is whole: no control that does nothing, and its cards open.
func TestPageWithoutScript(t *testing.T) {
	b := tab{browser.Open(t)}
	page := b.Serve(render(pair().Run(t)))
	b.Do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
	b.open(page + "#figure-memory-tier-latency")
	b.Screenshot("no-script")
	for what, condition := range map[string]string{
		"no button":               "[...document.querySelectorAll('button, input')].every(e => e.offsetParent === null)",
		"a link opens what folds": "document.querySelector('figure svg').getBoundingClientRect().height > 100",
		"tables":                  "document.querySelector('.bars').offsetParent !== null",
		"the script did not run":  "!document.documentElement.classList.contains('js')",
	} {
		if !browser.Eval[bool](b.Browser, condition) {
			t.Errorf("%s: %s", what, condition)
		}
	}
	b.click(".card > summary")
	b.click(".card > summary")
	if !browser.Eval[bool](b.Browser, "document.querySelector('.card').open") {
		t.Error("a click on its row does not open a card")
	}
}

// mostPages is how many pages of paper the shipped scenarios take.
const mostPages = 30

// In print every row has its card, and neither charts nor anything else that folds.
func TestPagePrints(t *testing.T) {
	b := tab{browser.Open(t)}
	b.open(b.Serve(shippedPage()))
	pdf, err := chromedp.Run(b.Context, chromedp.PrintToPDF())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(regexp.MustCompile(`/Type\s*/Page\b`).FindAll(pdf, -1)); n < 8 || n > mostPages {
		t.Errorf("it prints on %d pages, want 8 to %d", n, mostPages)
	}
	if dir := os.Getenv("KVBENCH_SCREENSHOTS"); dir != "" {
		if err := os.WriteFile(dir+"/print.pdf", pdf, 0o644); err != nil {
			t.Error(err)
		}
	}
	b.Do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
		return err
	}))
	b.Holds("the cards' tables are there", "[...document.querySelectorAll('.bars')].every(e => e.getBoundingClientRect().height > 20 && e.checkVisibility({contentVisibilityAuto: true}))")
	b.Holds("charts are not", "[...document.querySelectorAll('figure')].every(e => !e.checkVisibility())")
	b.Screenshot("print")
}

// What was not met is seen without scrolling.
func TestFailureIsSeen(t *testing.T) {
	b := tab{browser.Open(t)}
	b.open(b.Serve(render(several(t))))
	b.Screenshot("not-met")
	b.Holds("the banner is in the first view", "document.querySelector('.fail').getBoundingClientRect().bottom < innerHeight / 2")
	b.Holds("its row is the first", "document.querySelector('.card .badge.bad') === document.querySelector('.card').querySelector('.badge.bad')")
	b.click(".fail a")
	b.Holds("it leads to the expectation", "document.querySelector(':target').matches('.card[open] .expect li')")
	b.Quiet()
}

const (
	unfold  = "for (const d of document.querySelectorAll('details')) d.open = true;"
	allOpen = "for (const d of document.querySelectorAll('.card')) d.open = true;"
)

// axe-core finds nothing serious on any page: light, dark, on a narrow screen, and
// with a chart enlarged.
func TestAccessible(t *testing.T) {
	b := tab{browser.Open(t)}
	run, shipped := b.Serve(render(several(t))), b.Serve(shippedPage())
	b.Accessible(run, "a run", "light", 1440, unfold)
	b.Accessible(run, "a run", "dark", 1440, unfold+"document.querySelector('[data-do=values]').click()")
	b.Accessible(run, "a run", "light", 400, unfold+"document.querySelector('[data-do=enlarge]').click()")
	b.Accessible(shipped, "the shipped scenarios", "light", 1440, "")
	b.Quiet()
}

// Nor with each card of the shipped scenarios open, which takes a minute: the nightly runs it.
func TestAllCardsAreAccessible(t *testing.T) {
	b := tab{browser.Open(t)}
	b.Accessible(b.Serve(shippedPage()), "the shipped scenarios", "dark", 1440, allOpen)
	b.Quiet()
}
