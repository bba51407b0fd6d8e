package verify

import (
	"fmt"
	"io"
	"strings"

	"kvbench/internal/printable"
	"kvbench/internal/verify"

	"charm.land/lipgloss/v2"
	"charm.land/lipgloss/v2/table"
)

// mostRows is how many figures that are apart are shown at once.
const mostRows = 15

// Terminal prints what verifying gave: what is apart, then each variant in a line, and where
// the page is. On a terminal it uses colour, unless NO_COLOR is set.
func Terminal(w io.Writer, r *verify.Report, page string) error {
	v := viewOf(r)
	var out strings.Builder
	bold := lipgloss.NewStyle().Bold(true)
	fmt.Fprintf(&out, "%s\n", bold.Render(v.Headline))
	if len(v.First) > 0 {
		rows := [][]string{{"", "in 100 transactions", "model", "by chance", "real", ""}}
		for _, row := range v.First {
			rows = append(rows, []string{strings.ToUpper(string(row.Verdict)), row.Variant + " " + row.Figure, row.Model, row.Range, row.Real, row.Why})
		}
		writeTable(&out, rows)
		if more := len(v.Rest); more > 0 {
			fmt.Fprintf(&out, "and %d more\n", more)
		}
	}
	if len(v.Variants) > 0 {
		head := []string{"", "figures", "p50 model, real", "p99 model, real"}
		rows := [][]string{head}
		for _, one := range v.Variants {
			rows = append(rows, []string{one.Title, one.Counts, one.pair("p50"), one.pair("p99")})
		}
		writeTable(&out, rows)
	}
	for _, f := range v.Facts {
		fmt.Fprintf(&out, "%s: %s\n", f.Name, printable.Line(f.Value))
	}
	for _, text := range r.Missing {
		fmt.Fprintf(&out, "%s %s\n", bold.Render("MISSING"), printable.Line(text))
	}
	fmt.Fprintf(&out, "In all %s. %s: %s\n", v.Counts, "All figures", page)
	_, err := lipgloss.Fprint(w, out.String())
	return err
}

// pair is a percentile of the response on both sides.
func (v *variant) pair(name string) string {
	for _, r := range v.Responses {
		if r.Name == name {
			return r.Model + ", " + r.Real
		}
	}
	return ""
}

// writeTable writes rows of which the first is the head.
func writeTable(out *strings.Builder, rows [][]string) {
	for _, row := range rows {
		for i := range row {
			row[i] = printable.Line(row[i])
		}
	}
	text := table.New().
		Border(lipgloss.HiddenBorder()).BorderTop(false).BorderBottom(false).BorderLeft(false).
		BorderRight(false).BorderColumn(false).BorderHeader(false).
		Rows(rows...).
		StyleFunc(func(row, _ int) lipgloss.Style {
			style := lipgloss.NewStyle().PaddingRight(2)
			switch {
			case row == 0:
				return style.Faint(true)
			case rows[row][0] == strings.ToUpper(string(verify.Apart)):
				return style.Foreground(lipgloss.Red)
			}
			return style
		}).String()
	for line := range strings.SplitSeq(text, "\n") {
		out.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}
