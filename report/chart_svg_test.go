package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/color"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// groups are the texts in each variant's groups, and under "" those outside.
func groups(t *testing.T, svg []byte) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	var within []string // by the depth of elements
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			variant := ""
			if len(within) > 0 {
				variant = within[len(within)-1]
			}
			for _, a := range token.Attr {
				if a.Name.Local == "data-variant" {
					variant = a.Value
				}
			}
			within = append(within, variant)
		case xml.EndElement:
			within = within[:len(within)-1]
		case xml.CharData:
			if text := strings.TrimSpace(string(token)); text != "" && len(within) > 0 {
				v := within[len(within)-1]
				out[v] = append(out[v], text)
			}
		}
	}
}

// All that is drawn for a variant stands in groups of its name, in every chart.
func TestVariantGroups(t *testing.T) {
	s := tiers(t)
	for _, c := range Charts(s) {
		svg, err := c.SVG()
		if err != nil {
			t.Fatal(err)
		}
		got := groups(t, svg)
		for _, v := range s.Variants[:4] { // the fifth measured nothing
			named := false
			for _, text := range got[v.Name] {
				named = named || text == v.Name
			}
			if never := c.Name == "staleness" && v.Series["stale-read"].Count == 0; !named && !never {
				t.Errorf("%s: the groups of %s hold %q", c.Name, v.Name, got[v.Name])
			}
			for _, text := range got[""] {
				if text == v.Name && !slices.Contains(c.layout().title, text) {
					t.Errorf("%s: the label of %s stands in no group", c.Name, v.Name)
				}
			}
		}
	}
}

// A plot lies within its panels, its panels in the picture, and each point
// says its value.
func TestPlotLiesInPanels(t *testing.T) {
	for name, s := range map[string]*Scenario{"tiers": tiers(t), "eight": eight(t), "once": once(t), "memory": memoryOnly(t)} {
		for _, c := range Charts(s) {
			plot := c.Plot()
			if free := name == "memory" && c.Name == "cost"; len(plot.Panels) == 0 || len(plot.Traces) == 0 && !free {
				t.Errorf("%s: %s plots nothing: %+v", name, c.Name, plot)
			}
			height := c.layout().height.Points()
			for _, p := range plot.Panels {
				if p.Width <= 0 || p.Height <= 0 || p.X < 0 || p.Y < 0 || p.X+p.Width > chartWidth.Points() || p.Y+p.Height > height {
					t.Errorf("%s: %s: the panel %+v is not in the picture", name, c.Name, p)
				}
			}
			for _, trace := range plot.Traces {
				in, last := plot.Panels[trace.Panel], 0.0
				for _, p := range trace.Points {
					const tolerance = 0.2
					if p.X < in.X-tolerance || p.X > in.X+in.Width+tolerance || p.Y < in.Y-tolerance || p.Y > in.Y+in.Height+tolerance || p.Text == "" {
						t.Errorf("%s: %s: %s has the point %+v outside of %+v", name, c.Name, trace.Variant, p, in)
					}
					if in.Link != "" && p.X < last {
						t.Errorf("%s: %s: %s goes back from %v to %v", name, c.Name, trace.Variant, last, p.X)
					}
					last = p.X
				}
			}
		}
	}
}

var painted = regexp.MustCompile(`(fill|stroke)="(#[0-9a-f]+)"`)

// Every colour that a chart uses has one of its own on a dark page.
func TestDarkCSS(t *testing.T) {
	css := DarkCSS("figure")
	dumbbell, _ := DumbbellChart("compare", "", "", dumbbellRows())
	for _, charts := range [][]Chart{Charts(tiers(t)), Charts(eight(t)), {dumbbell}} {
		for _, c := range charts {
			svg, err := c.SVG()
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range painted.FindAllStringSubmatch(string(svg), -1) {
				if rule := "figure [" + m[0] + "]{" + m[1] + ":#"; !strings.Contains(css, rule) {
					t.Fatalf("%s: no rule for %s", c.Name, m[0])
				}
			}
		}
	}
	seen := map[color.RGBA]bool{}
	for _, pair := range darkPairs() {
		if seen[pair[0]] {
			t.Errorf("%v is two colours on a dark page", pair[0])
		}
		seen[pair[0]] = true
	}
}

// What a recording holds that the writer does not know is an error, never left out.
func TestUnknownAction(t *testing.T) {
	c := Chart{Name: "x", Scenario: "y", height: 100, body: func(c draw.Canvas) { c.Rotate(1) }}
	if _, err := c.SVG(); err == nil || !strings.HasPrefix(err.Error(), "drawing chart x of y: ") {
		t.Errorf("got %v", err)
	}
	c.body = func(c draw.Canvas) {
		var p vg.Path
		p.Arc(vg.Point{}, 1, 0, 1)
		c.Fill(p)
	}
	if _, err := c.SVG(); err == nil {
		t.Error("a part of a circle is drawn")
	}
}

// Of lines that lie on each other each is seen: those above the first have gaps.
func TestLinesOnEachOther(t *testing.T) {
	same := func(name string) fakeVariant {
		return fakeVariant{name: name, n: 2000, latency: constant(5 * time.Millisecond), shares: []float64{1}}
	}
	other := same("other")
	other.latency = constant(9 * time.Millisecond)
	c, _ := latencyChart(fakeScenario(t, []string{"kv"}, nil, same("a"), same("b"), other, same("c")))
	svg, err := c.SVG()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range regexp.MustCompile(`stroke-dasharray="([^"]*)"`).FindAllStringSubmatch(string(svg), -1) {
		got = append(got, m[1])
	}
	if !slices.Equal(got, []string{"16 8", "8 16"}) {
		t.Errorf("dashes %q, want of b two thirds and of c one", got)
	}
}
