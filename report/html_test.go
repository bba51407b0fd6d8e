package report

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"kvbench/internal/record"
	"kvbench/internal/runfile"
)

var update = flag.Bool("update", false, "write the golden files anew")

const millisecond, second = int64(1e6), int64(1e9)

// pair is a run in which all is well.
func pair() pageFixture {
	return pageFixture{
		name: "memory-tier", question: "What does a memory tier save?",
		variants: []fixtureVariant{
			{name: "seed", p50: millisecond, p99: 12 * millisecond, reads: 590, stale: sizes(240, 294*second), lost: sizes(3, second)},
			{name: "no-memory", p50: 4 * millisecond, p99: 38 * millisecond, reads: 1000, errors: 20},
		},
		expect: []Expectation{
			{Scenario: "memory-tier", Expect: "seed.ops <= 1", Variant: "seed", Have: "1", OK: true},
			{Scenario: "memory-tier", Expect: "no-memory.ops < 1", Variant: "no-memory", Have: "1"},
		},
	}
}

// odd are runs that did not go well, or that hold what has to be escaped.
func odd() map[string]pageFixture {
	failed := pair()
	failed.variants[1].failed = "the store is gone"
	missing := pair()
	missing.variants[0].missing = true
	nothing := pair()
	nothing.variants = []fixtureVariant{{name: "seed", n: -1}, {name: "no-memory", n: -1}}
	cutOff := pair()
	cutOff.cutOff = true
	interrupted := pair()
	interrupted.interrupted = true
	hostile := pair()
	hostile.name = `../../<img src=x onerror=alert(1)>`
	hostile.question = `Is <script>alert("x")</script> & "more" | safe?`
	hostile.variants[0].name = `"><script src="https://example.com/x.js"></script>`
	hostile.expect = []Expectation{{Scenario: hostile.name, Expect: "<b>", Variant: "</code>", Have: "<i>"}}
	return map[string]pageFixture{
		"pair": pair(), "failed": failed, "missing": missing, "nothing": nothing, "no variants": {name: "empty", question: "Who?"},
		"cut off": cutOff, "interrupted": interrupted, "hostile": hostile,
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
		if d.Type == html.TextNode && d.Parent.Data != "style" && d.Parent.Data != "script" {
			out.WriteString(d.Data + " ")
		}
	}
	text := strings.Join(strings.Fields(out.String()), " ")
	return strings.NewReplacer(" .", ".", " ,", ",", " )", ")", " ;", ";", " :", ":").Replace(text) // after what stands out
}

func parsePage(t *testing.T, run *runfile.Run, expect []Expectation) *html.Node {
	t.Helper()
	text, err := renderPage(run, expect)
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
			page := parsePage(t, f.run(t), f.expect)
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
			if want := 2; tables != want && len(Summarise(f.run(t), nil).Scenarios[0].Variants) > 0 {
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
		Panels []Panel
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
	page := parsePage(t, f.run(t), nil)
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
	if len(script) > 10<<10 {
		t.Errorf("the script has %d bytes, want no more than 10 KiB", len(script))
	}
}

func TestSpans(t *testing.T) {
	f := pair()
	got := f.scenario(t).spans([]string{"seed is 3.2× faster than no-memory (12 ms), stale-read in 12 % of seeds."})
	marks, variants := f.scenario(t).def.Series, f.scenario(t).def.Variants
	want := [][]span{{
		{"seed", true, variants[0].Doc},
		{Text: " is "},
		{Text: "3.2× faster", Said: true},
		{Text: " than "},
		{"no-memory", true, variants[1].Doc},
		{Text: " (12\u00a0ms), "},
		{"stale-read", true, marks[record.FirstMark].Doc},
		{Text: " in "},
		{Text: "12\u00a0%", Said: true},
		{Text: " of seeds."},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
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

func TestPageSays(t *testing.T) {
	for name, want := range map[string][]string{
		"pair": {
			"1 of 2 expectations met", "1 of 2 not met", "✗ Not as expected memory-tier: no-memory.ops < 1, but no-memory has 1", "✗ not met no-memory.ops < 1 no-memory: 1", "✓ met seed.ops <= 1 seed: 1",
			"embedded://", "Seed 7", "v1.2.3", "box, linux/amd64, 2 CPUs, go1.26", "Gets: a guess.", "Modelled latency",
			"seed is 3.2× faster than no-memory at p99 (12 ms vs 38 ms, modelled) and costs 41 % less, but has stale-read in 12 % of transactions (up to 4.9 min); no-memory has none.",
			"12 % up to 4.9 min", "0.3 % up to 1 s", "1 get", "kvbench run --seed 7", "name: memory-tier", "Seen with no variant: entries",
			"429",
		},
		"failed":      {"no-memory ended early, after 2,000 transactions: the store is gone."},
		"missing":     {"seed did not run."},
		"nothing":     {"No answer: no variant measured a transaction.", "memory-tier/seed measured no transaction."},
		"no variants": {"Who?", "No answer: no variant measured a transaction.", "It did not run."},
		"cut off":     {"Cut off"},
		"interrupted": {"Interrupted"},
		"hostile":     {`Is <script>alert("x")</script> & "more" | safe?`, `../../<img src=x onerror=alert(1)>`},
	} {
		f := odd()[name]
		text := words(parsePage(t, f.run(t), f.expect))
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: the page does not say %q:\n%s", name, w, text)
			}
		}
	}
	measured := pair()
	measured.measured = true
	if text := words(parsePage(t, measured.run(t), nil)); strings.Contains(text, "odelled latency") {
		t.Error("measured latency is called modelled")
	}
}

// The best of a column is marked, with all that is the same, and nothing where
// there is no difference.
func TestBest(t *testing.T) {
	c := column{cost: func(v *Variant) float64 { return v.USD }}
	for _, test := range []struct {
		usd  []float64
		want []bool
	}{
		{[]float64{1, 2, 3}, []bool{true, false, false}},
		{[]float64{3, 1, 1.01}, []bool{false, true, true}},
		{[]float64{1, 1.01}, []bool{false, false}},
		{[]float64{0, 0, 1}, []bool{true, true, false}},
		{[]float64{-1, 2, 3}, []bool{false, true, false}}, // the first measured nothing
	} {
		variants := make([]Variant, len(test.usd))
		for i, usd := range test.usd {
			variants[i] = Variant{USD: usd, Transactions: 1}
			if usd < 0 {
				variants[i].Transactions = 0
			}
		}
		if diff := cmp.Diff(test.want, c.best(variants)); diff != "" {
			t.Errorf("%v: %s", test.usd, diff)
		}
	}
}

func TestGolden(t *testing.T) {
	f := pair()
	run := f.run(t)
	dir := t.TempDir()
	if _, err := summariseAndWrite(dir, run, []string{"md", "csv"}, f.expect); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"report.md", "report.csv"} {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		golden := filepath.Join("testdata", name+".golden")
		if *update {
			if err := os.WriteFile(golden, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s (go test ./report -update writes it anew): %s", name, diff)
		}
	}
}

// No scenario's name leads out of the folder, and no two share their files.
func TestHostileFileNames(t *testing.T) {
	f := odd()["hostile"]
	run := f.run(t)
	run.Header.Scenarios = append(run.Header.Scenarios, run.Header.Scenarios[0], run.Header.Scenarios[0])
	run.Header.Scenarios[2].Name = "///"
	for i := range 2 {
		for _, v := range run.Variants[:2] {
			again := *v
			again.Scenario, again.Def = i+1, &run.Header.Scenarios[i+1]
			run.Variants = append(run.Variants, &again)
		}
	}
	dir := filepath.Join(t.TempDir(), "deep", "er")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	files, err := summariseAndWrite(dir, run, []string{"svg"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, path := range files {
		if filepath.Dir(path) != filepath.Join(dir, chartsDir) || seen[path] {
			t.Errorf("%s: outside the charts, or written twice", path)
		}
		seen[path] = true
	}
	if len(files) == 0 {
		t.Error("no file was written")
	}
}

// What can't be written is an error, and leaves no temporary file.
func TestWriteFails(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "report.csv", "in the way"), 0o755); err != nil {
		t.Fatal(err)
	}
	f := pair()
	written, err := summariseAndWrite(dir, f.run(t), []string{"md", "csv"}, nil)
	if err == nil || len(written) != 1 {
		t.Errorf("wrote %v, error %v", written, err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 2 {
		t.Errorf("the folder holds %v, want report.md and what is in the way", entries)
	}
	if _, err := summariseAndWrite(filepath.Join(dir, "absent"), f.run(t), []string{"md"}, nil); err == nil {
		t.Error("no error for a folder that does not exist")
	}
}
