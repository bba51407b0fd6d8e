package comparison

import (
	"fmt"
	"strings"

	"kvbench/internal/compare"
	"kvbench/report/table"
)

// The most rows of a verdict that Markdown shows, those of the first that stand open, and
// the most lines of a kind: a comment on GitHub may have 65,536 characters.
const (
	markdownRows  = 100
	openRows      = 10
	markdownLines = 20
)

// Markdown writes a comparison as GitHub Flavored Markdown, for a pull request.
func Markdown(c *compare.Comparison) []byte {
	v := viewOf(c)
	var out strings.Builder
	sign := "✅"
	if c.Gate == "fail" {
		sign = "❌"
	}
	fmt.Fprintf(&out, "### %s kvbench: %s\n", sign, table.Inline(v.headline()))
	for _, text := range v.opening() {
		fmt.Fprintf(&out, "\n**%s**\n", table.Inline(text))
	}
	fmt.Fprintf(&out, "\nbase %s, head %s\n", table.Inline(v.Base), table.Inline(v.Head))
	if v.Modelled != "" {
		fmt.Fprintf(&out, "\nNote: %s.\n", table.Inline(v.Modelled))
	}
	for i, g := range v.Groups {
		open := openRows
		if i > 0 || g.Name == unsure {
			open = 0
		}
		name := table.Inline(capital(g.Name))
		if open > 0 {
			fmt.Fprintf(&out, "\n**%s**\n", name)
			markdownTable(&out, g.Rows[:min(open, len(g.Rows))])
		}
		if rest := g.Rows[min(open, len(g.Rows)):]; len(rest) > 0 {
			fmt.Fprintf(&out, "\n<details><summary>%s: %s</summary>\n", name, plural(len(rest), "figure"))
			markdownTable(&out, rest[:min(markdownRows, len(rest))])
			if more := len(rest) - markdownRows; more > 0 {
				fmt.Fprintf(&out, "\nand %d more, in compare.json\n", more)
			}
			out.WriteString("\n</details>\n")
		}
	}
	if v.SameLine != "" {
		fmt.Fprintf(&out, "\nThe same: %s.\n", table.Inline(v.SameLine))
	}
	for _, list := range []struct {
		title string
		lines []string
	}{{"Left out", v.Only}, {"Warnings", v.Warnings}} {
		if len(list.lines) > 0 {
			fmt.Fprintf(&out, "\n> [!WARNING]\n> %s:\n", list.title)
		}
		for _, line := range first(list.lines, markdownLines) {
			fmt.Fprintf(&out, "> - %s\n", table.Inline(line))
		}
	}
	fmt.Fprintf(&out, "\n%s\n", table.Inline(v.Method))
	return []byte(out.String())
}

func markdownTable(out *strings.Builder, rows []row) {
	out.WriteString("\n| | figure | base | head | change | 95% interval | |\n|---|---|--:|--:|--:|---|---|\n")
	for _, r := range rows {
		cells := []string{r.Scenario + "/" + r.Variant, r.Figure, r.Base, r.Head, r.Change, r.Interval, r.Evidence}
		for i := range cells {
			cells[i] = table.Inline(cells[i])
		}
		fmt.Fprintf(out, "| %s |\n", strings.Join(cells, " | "))
	}
}
