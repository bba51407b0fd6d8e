package report

import (
	"fmt"
	"strings"

	"kvbench/internal/compare"
)

// markdownRows is how many figures a table of a comparison holds: a comment on
// GitHub may have 65,536 characters.
const markdownRows = 100

// CompareMarkdown writes a comparison as GitHub Flavored Markdown, for a pull
// request.
func CompareMarkdown(c *compare.Comparison) []byte {
	var out strings.Builder
	sign := "✅"
	if c.Gate == "fail" {
		sign = "❌"
	}
	fmt.Fprintf(&out, "### %s kvbench: %s\n\nbase %s, head %s\n", sign, inline(verdictCounts(c)), inline(c.Base), inline(c.Head))
	for i := range c.Choices {
		fmt.Fprintf(&out, "\n**Another choice: %s**\n", inline(c.Choices[i].String()))
	}
	for _, sentence := range []string{mostSentence(c), sharedSentence(c)} {
		if sentence != "" {
			fmt.Fprintf(&out, "\n**%s**\n", inline(sentence))
		}
	}
	modelled := modelledIn(c)
	if modelled != "" {
		fmt.Fprintf(&out, "\nMind: %s.\n", inline(modelled))
	}
	shown, same := verdictGroups(c)
	out.WriteString(changesChart(shown[0].Deltas, modelled))
	for _, g := range shown {
		if len(g.Deltas) == 0 {
			continue
		}
		folded := g.Name == "can't tell"
		name := capitalised(g.Name)
		if folded {
			fmt.Fprintf(&out, "\n<details><summary>%s: %s</summary>\n", inline(name), plural(len(g.Deltas), "figure"))
		} else {
			fmt.Fprintf(&out, "\n**%s**\n", inline(name))
		}
		out.WriteString("\n| | figure | base | head | change | 95 % interval | |\n|---|---|--:|--:|--:|---|---|\n")
		for i, d := range g.Deltas {
			if i == markdownRows {
				fmt.Fprintf(&out, "| and %d more, in compare.json | | | | | | |\n", len(g.Deltas)-i)
				break
			}
			change, interval := changeOf(d)
			cells := []string{
				d.Scenario + "/" + d.Variant, seriesOf(d), figureOf(d.Base, string(d.Unit)), figureOf(d.Head, string(d.Unit)),
				change, interval, evidence(d),
			}
			for i := range cells {
				cells[i] = inline(cells[i])
			}
			fmt.Fprintf(&out, "| %s |\n", strings.Join(cells, " | "))
		}
		if folded {
			out.WriteString("\n</details>\n")
		}
	}
	if len(same) > 0 {
		fmt.Fprintf(&out, "\nThe same: %s.\n", inline(sameLine(c, same)))
	}
	for _, list := range []struct {
		title string
		lines []string
	}{
		{"The definitions differ", differences(c)},
		{"Left out", c.Only},
		{"Mind", c.Warnings},
	} {
		if len(list.lines) > 0 {
			fmt.Fprintf(&out, "\n> [!WARNING]\n> %s:\n", list.title)
		}
		for _, line := range list.lines {
			fmt.Fprintf(&out, "> - %s\n", inline(line))
		}
	}
	fmt.Fprintf(&out, "\n%s\n", inline(method(c)))
	return []byte(out.String())
}
