package report

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// The charts within the Markdown of the shipped scenarios, and of a comparison, are
// ones that Mermaid draws: KVBENCH_MERMAID is its mermaid.min.js.
func TestMermaidDraws(t *testing.T) {
	path := os.Getenv("KVBENCH_MERMAID")
	if path == "" {
		missing(t, "KVBENCH_MERMAID does not name mermaid.min.js")
	}
	mermaid, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	run, expect, err := shippedRun()
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	s := Summarise(run, expect)
	text := string(CompareMarkdown(comparison())) + string(s.asMarkdown(&run.Header))
	blocks := regexp.MustCompile("(?s)```mermaid\n(.*?)```").FindAllStringSubmatch(text, -1)
	if len(blocks) < len(s.Scenarios) {
		t.Fatalf("%d charts of %d scenarios and a comparison", len(blocks), len(s.Scenarios))
	}
	b := openBrowser(t)
	b.do(chromedp.Navigate(b.serve([]byte("<!doctype html><title>charts</title>"), nil)))
	eval[chromedp.Void](b, string(mermaid)+"\n;mermaid.initialize({startOnLoad: false});0")
	for i, block := range blocks {
		got := eval[string](b, fmt.Sprintf(`mermaid.render('chart%d', %s).then(
			r => { document.body.insertAdjacentHTML('beforeend', r.svg); return 'drawn'; }, e => String(e))`, i, strconv.Quote(block[1])))
		if got != "drawn" {
			t.Errorf("%s\n%s", got, block[1])
		}
	}
	if n := eval[int](b, "document.querySelectorAll('svg .plot rect').length"); n < 3*len(blocks)/2 {
		t.Errorf("%d charts have %d bars", len(blocks), n)
	}
	b.screenshot("mermaid")
	b.quiet()
}

func TestMermaidBars(t *testing.T) {
	got := mermaidBars(`a "b"`, "ms", []string{"seed", "other"}, []float64{1.23456789e-7, 2e6})
	for _, want := range []string{`title "a 'b'"`, `x-axis ["seed", "other"]`, `y-axis "ms" 0 --> 2000000`, "bar [0.0000001235, 2000000]"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	for _, values := range [][]float64{nil, {1}, {3, 3}} {
		if got := mermaidBars("", "", make([]string, len(values)), values); got != "" {
			t.Errorf("%v has a chart: %s", values, got)
		}
	}
}
