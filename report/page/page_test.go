package page

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"kvbench/report/reporttest"

	"golang.org/x/net/html"

	"kvbench/internal/runfile"
	"kvbench/report/chart/kit"
)

const millisecond, second = int64(1e6), int64(1e9)

// pair is a run in which one variant keeps the promise and one expectation is not met.
func pair() reporttest.MadeUp {
	return reporttest.MadeUp{
		Name: "memory-tier", Question: "What does a memory tier save?",
		Variants: []reporttest.Variant{
			{Name: "seed", P50: 100, P99: 12 * millisecond, Reads: 590, Stale: reporttest.Sizes(240, 294*second), Lost: reporttest.Sizes(3, second)},
			{Name: "no-memory", P50: 4 * millisecond, P99: 38 * millisecond, Reads: 1000, Errors: 20},
		},
		Choose: &runfile.Choose{Promise: []string{"lost-update == 0", "errors < 5%"}, Prefer: []string{"response.p99", "usd-per-million"}},
		Expect: []string{"seed.ops <= 1", "no-memory.ops < 1"},
	}
}

// odd are runs that did not go well, or that hold what has to be escaped.
func odd() map[string]reporttest.MadeUp {
	failed := pair()
	failed.Variants[1].Failed = "the store is gone"
	missing := pair()
	missing.Variants[0].Missing = true
	nothing := pair()
	nothing.Variants = []reporttest.Variant{{Name: "seed", N: -1}, {Name: "no-memory", N: -1}}
	cutOff := pair()
	cutOff.CutOff = true
	interrupted := pair()
	interrupted.Interrupted = true
	none := pair()
	none.Choose.Promise = []string{"errors < 0.5%", "stale-read == 0"}
	tie := pair()
	tie.Expect = nil
	tie.Choose = &runfile.Choose{Promise: []string{"errors < 5%"}, Prefer: []string{"ops"}}
	tie.Variants = []reporttest.Variant{{Name: "seed", P50: 1, P99: 2, Reads: 9, Errors: 200}, {Name: "b", P50: 1, P99: 2, Reads: 9}, {Name: "c", P50: 1, P99: 2, Reads: 9}}
	alone := pair()
	alone.Variants, alone.Expect, alone.Choose = alone.Variants[:1], nil, nil
	hostile := pair()
	hostile.Name = `../../<img src=x onerror=alert(1)>`
	hostile.Question = `Is <script>alert("x")</script> & "more" | safe?`
	hostile.Variants[0].Name, hostile.Expect = `"><script src="https://example.com/x.js"></script>`, nil
	return map[string]reporttest.MadeUp{
		"pair": pair(), "failed": failed, "missing": missing, "nothing": nothing, "no variants": {Name: "empty", Question: "Who?"},
		"cut off": cutOff, "interrupted": interrupted, "none": none, "tie": tie, "alone": alone, "hostile": hostile,
	}
}

// attribute is an element's attribute; empty when it has none.
func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// words is all text within a node.
func words(n *html.Node) string {
	var out strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode && d.Parent.Data != "style" && d.Parent.Data != "script" && d.Parent.Data != "text" && d.Parent.Data != "title" {
			out.WriteString(d.Data + " ")
		}
	}
	text := strings.Join(strings.Fields(out.String()), " ")
	return strings.NewReplacer(" .", ".", " ,", ",", " )", ")", " ;", ";", " :", ":").Replace(text) // after what stands out
}

func parsePage(t *testing.T, run *runfile.Run) *html.Node {
	t.Helper()
	text, err := render(run)
	if err != nil {
		t.Fatal(err)
	}
	page, err := html.Parse(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func TestPageIsWellFormed(t *testing.T) {
	for name, f := range odd() {
		t.Run(name, func(t *testing.T) {
			page := parsePage(t, f.Run(t))
			ids, targets, level, tables, scripts := map[string]bool{}, map[string]bool{}, 0, 0, 0
			for n := range page.Descendants() {
				if n.Type != html.ElementNode {
					continue
				}
				if id := attribute(n, "id"); id != "" {
					if ids[id] {
						t.Errorf("the id %q stands twice", id)
					}
					ids[id] = true
				}
				for _, a := range n.Attr {
					switch {
					case strings.HasPrefix(a.Key, "on"):
						t.Errorf("<%s> has a handler %s", n.Data, a.Key)
					case a.Key == "src" || a.Key == "srcset" || a.Key == "action":
						t.Errorf("<%s> loads %q", n.Data, a.Val)
					case a.Key == "style":
						t.Errorf("<%s> has a style of its own, which the page's policy forbids", n.Data)
					case a.Key == "aria-labelledby":
						targets[a.Val] = true
					case a.Key == "href":
						target, ok := strings.CutPrefix(a.Val, "#")
						if !ok {
							t.Errorf("<%s> leads to %q", n.Data, a.Val)
						}
						targets[target] = true
					}
				}
				switch n.Data {
				case "link", "img", "iframe", "object", "base":
					t.Errorf("the page holds a <%s>", n.Data)
				case "script":
					if attribute(n, "type") == "" {
						scripts++
					}
				case "section":
					if attribute(n, "id") == "" {
						t.Error("nothing can lead to a section without an id")
					}
				case "figure":
					checkFigure(t, n)
				case "h1", "h2", "h3":
					at := int(n.Data[1] - '0')
					if at > level+1 {
						t.Errorf("after a heading of level %d comes %q of level %d", level, words(n), at)
					}
					level = at
				case "th":
					if attribute(n, "scope") == "" {
						t.Errorf("the heading cell %q has no scope", words(n))
					}
				case "table":
					tables++
					checkTable(t, n)
				}
			}
			for target := range targets {
				if !ids[target] {
					t.Errorf("nothing has the id %q", target)
				}
			}
			if scripts != 1 {
				t.Errorf("%d scripts, want 1", scripts)
			}
			if want := 3; tables != want && len(f.Variants) > 0 { // the card's, and two with all figures
				t.Errorf("%d tables, want %d", tables, want)
			}
		})
	}
}

// checkFigure holds that a chart can be led to, and that what it plots is of
// the variants whose lines and rows can be toggled.
func checkFigure(t *testing.T, figure *html.Node) {
	t.Helper()
	if attribute(figure, "id") == "" {
		t.Error("nothing can lead to a chart without an id")
	}
	var plot struct {
		Panels []kit.PlotPanel
		Traces []struct {
			Variant string
			Panel   int
			Points  [][]any
		}
	}
	drawn := map[string]bool{}
	for n := range figure.Descendants() {
		if n.Data == "script" {
			if err := json.Unmarshal([]byte(n.FirstChild.Data), &plot); err != nil {
				t.Error(err)
			}
		}
		drawn[attribute(n, "data-variant")] = true
	}
	if len(plot.Panels) == 0 || len(plot.Traces) == 0 {
		t.Errorf("the chart %s plots nothing", attribute(figure, "id"))
	}
	for _, trace := range plot.Traces {
		if !drawn[trace.Variant] || trace.Panel >= len(plot.Panels) || len(trace.Points) == 0 {
			t.Errorf("the chart %s plots %q, but draws %v", attribute(figure, "id"), trace.Variant, drawn)
		}
	}
}

// The policy allows the very style sheet and script that stand in the page, and
// nothing else.
func TestPolicy(t *testing.T) {
	f := pair()
	page := parsePage(t, f.Run(t))
	policy, want := "", "default-src 'none'; base-uri 'none'; form-action 'none'; style-src '%s'; script-src '%s'"
	var style, script string
	for n := range page.Descendants() {
		switch {
		case n.Data == "meta" && attribute(n, "http-equiv") == "Content-Security-Policy":
			policy = attribute(n, "content")
		case n.Data == "style":
			style = n.FirstChild.Data
		case n.Data == "script" && attribute(n, "type") == "":
			script = n.FirstChild.Data
		}
	}
	hash := func(text string) string {
		sum := sha256.Sum256([]byte(text))
		return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
	}
	if want := fmt.Sprintf(want, hash(style), hash(script)); policy != want {
		t.Errorf("policy %s\nwant %s", policy, want)
	}
	if len(script) > 12<<10 {
		t.Errorf("the script has %d bytes, want no more than 12 KiB", len(script))
	}
}

// checkTable holds that every row of a table is as wide as the others.
func checkTable(t *testing.T, table *html.Node) {
	t.Helper()
	width := 0
	for row := range table.Descendants() {
		if row.Type != html.ElementNode || row.Data != "tr" {
			continue
		}
		n := 0
		for cell := range row.ChildNodes() {
			switch span := attribute(cell, "colspan"); {
			case cell.Type != html.ElementNode:
			case span == "":
				n++
			default:
				for _, digit := range span {
					n += int(digit - '0') // a span has one digit here
				}
			}
		}
		if width > 0 && n != width {
			t.Errorf("a row of %d cells in a table of %d: %s", n, width, words(row))
		}
		width = n
	}
}

// The card of a run with one scenario is open: what was found is seen at once.
func TestOneCardIsOpen(t *testing.T) {
	two := pair()
	for name, want := range map[string]bool{"one": true, "two": false} {
		run := two.Run(t)
		if !want {
			run.Header.Scenarios = append(run.Header.Scenarios, run.Header.Scenarios[0])
			run.Header.Scenarios[1].Name = "another"
		}
		for n := range parsePage(t, run).Descendants() {
			if n.Type != html.ElementNode || n.Data != "details" || attribute(n, "class") != "card" {
				continue
			}
			open := false
			for _, a := range n.Attr {
				open = open || a.Key == "open"
			}
			if open != want {
				t.Errorf("%s: a card is open: %v", name, open)
			}
		}
	}
}
