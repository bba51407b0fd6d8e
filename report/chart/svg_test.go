package chart

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kvbench/internal/result"
	"kvbench/report/chart/kit"
	"kvbench/report/reporttest"
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
	stale, _ := s.Metric("stale-read")
	for _, c := range chartsOf(t, s) {
		got := groups(t, svgOf(t, c.Chart))
		for _, v := range ran(s) {
			never := c.Name == "staleness" && v.Whole.N(stale) == 0
			if !slices.Contains(got[v.Name], v.Name) && !never {
				t.Errorf("%s: the groups of %s hold %q", c.Name, v.Name, got[v.Name])
			}
			if slices.Contains(got[""], v.Name) {
				t.Errorf("%s: the label of %s stands in no group", c.Name, v.Name)
			}
		}
	}
}

// A plot lies within its panels, its panels in the picture, and each point says its value.
func TestPlotLiesInPanels(t *testing.T) {
	for name, s := range odd(t) {
		for _, c := range chartsOf(t, s) {
			svg, plot, err := c.Draw()
			if err != nil {
				t.Fatal(err)
			}
			checkPlot(t, name+": "+c.Name, svg, plot)
			if free := name == "memory" && c.Name == "cost" || name == "outage" && c.Name == "cost"; len(plot.Panels) == 0 || len(plot.Traces) == 0 && !free {
				t.Errorf("%s: %s plots nothing: %+v", name, c.Name, plot)
			}
		}
	}
}

func checkPlot(t *testing.T, name string, svg []byte, plot kit.Plot) {
	t.Helper()
	var frame struct {
		Width  float64 `xml:"width,attr"`
		Height float64 `xml:"height,attr"`
	}
	if err := xml.Unmarshal(svg, &frame); err != nil {
		t.Fatal(err)
	}
	for _, p := range plot.Panels {
		if p.Width <= 0 || p.Height <= 0 || p.X < 0 || p.Y < 0 || p.X+p.Width > frame.Width || p.Y+p.Height > frame.Height {
			t.Errorf("%s: the panel %+v is not in the picture", name, p)
		}
	}
	for _, trace := range plot.Traces {
		in, last := plot.Panels[trace.Panel], 0.0
		for _, p := range trace.Points {
			const tolerance = 0.2
			if !(p.X >= in.X-tolerance && p.X <= in.X+in.Width+tolerance && p.Y >= in.Y-tolerance && p.Y <= in.Y+in.Height+tolerance) || p.Text == "" {
				t.Errorf("%s: %s has the point %+v outside of %+v", name, trace.Variant, p, in)
			}
			if in.Link != "" && p.X < last {
				t.Errorf("%s: %s goes back from %v to %v", name, trace.Variant, last, p.X)
			}
			last = p.X
		}
	}
}

// checkCharts draws all charts of a scenario in both ways and looks for what is no number
// and for what lies outside.
func checkCharts(t *testing.T, s *result.Scenario) {
	t.Helper()
	for _, c := range chartsOf(t, s) {
		svg, plot, err := c.Draw()
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		checkPlot(t, c.Name, svg, plot)
		if err := reporttest.File("x.svg", svg); err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
		if picture, err := c.PNG(); err != nil {
			t.Errorf("%s: %v", c.Name, err)
		} else if err := reporttest.File("x.png", picture); err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
	}
}

var painted = regexp.MustCompile(`(fill|stroke)="(#[0-9a-f]+)"`)

// Every colour that a chart uses has one of its own on a dark page.
func TestDarkCSS(t *testing.T) {
	css := kit.DarkCSS("figure")
	dumbbells, _ := Dumbbells("compare", "", "", dumbbellRows())
	all := []kit.Chart{dumbbells}
	for _, s := range odd(t) {
		for _, c := range chartsOf(t, s) {
			all = append(all, c.Chart)
		}
	}
	for _, c := range all {
		for _, m := range painted.FindAllStringSubmatch(string(svgOf(t, c)), -1) {
			if rule := "figure [" + m[0] + "]{" + m[1] + ":#"; !strings.Contains(css, rule) {
				t.Fatalf("%s: no rule for %s", c.Name, m[0])
			}
		}
	}
}
