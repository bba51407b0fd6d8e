package comparison

import (
	"fmt"
	"slices"

	"kvbench/internal/compare"
	"kvbench/internal/result"
	"kvbench/report/chart"
	"kvbench/report/chart/kit"
)

// The most figures that the picture before and after shows, and on the page, which lists
// all.
const (
	mostDumbbells = 25
	pageDumbbells = 10
)

// Chart draws what changed before and after, the largest change of each verdict first;
// there is none where nothing did.
func Chart(c *compare.Comparison) (kit.Chart, bool) { return dumbbells(c, mostDumbbells) }

func dumbbells(c *compare.Comparison, most int) (kit.Chart, bool) {
	shown, _ := verdictGroups(c)
	var rows []chart.Dumbbell
	for _, g := range shown {
		for _, d := range g.Deltas {
			if !d.Changed {
				continue
			}
			row := chart.Dumbbell{
				Label: shortened(d.Scenario + "/" + d.Variant + " " + seriesOf(d)),
				Base:  d.Base, Head: d.Head, Unit: d.Unit, Verdict: verdictName(d),
			}
			if d.Samples != compare.Totals && d.Low != nil && d.High != nil {
				row.Low, row.High = *d.Low, *d.High
			}
			rows = append(rows, row)
		}
	}
	title := plural(len(rows), "figure") + " changed"
	if len(rows) > most {
		title += fmt.Sprintf("; the first %d", most)
	}
	subtitle := "head to base, on a log scale"
	if modelled := modelledIn(c); modelled != "" {
		subtitle += "; " + modelled
	}
	return chart.Dumbbells("compare", title, subtitle, rows[:min(len(rows), most)])
}

// longestLabel is how many characters of a label leave room for what it names.
const longestLabel = 56

// shortened is a label without its middle, where it is long.
func shortened(label string) string {
	text := []rune(label)
	n := len(text) - longestLabel
	if n <= 0 {
		return label
	}
	return string(text[:longestLabel/2]) + "…" + string(text[longestLabel/2+n+1:])
}

// mostOverlays is the most variants whose response is drawn of both runs.
const mostOverlays = 12

// overlay is the response of a variant of a scenario in both runs.
type overlay struct {
	scenario string
	chart    *chart.Chart
}

// overlays are the responses of both runs, of the variants in which anything changed, what
// changed most first.
func overlays(c *compare.Comparison, base, head *result.Set) ([]overlay, error) {
	var out []overlay
	var seen [][2]string
	shown, _ := verdictGroups(c)
	for _, g := range shown {
		for _, d := range g.Deltas {
			name := [2]string{d.Scenario, d.Variant}
			if !d.Changed || slices.Contains(seen, name) || len(out) == mostOverlays {
				continue
			}
			seen = append(seen, name)
			picture, err := chart.Overlay(variantOf(base, name), variantOf(head, name))
			if err != nil {
				return nil, err
			}
			if picture != nil {
				out = append(out, overlay{d.Scenario, picture})
			}
		}
	}
	return out, nil
}

func variantOf(set *result.Set, name [2]string) *result.Variant {
	if s := set.Scenario(name[0]); s != nil {
		return s.Variant(name[1])
	}
	return nil
}
