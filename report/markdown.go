package report

import (
	"fmt"
	"strings"

	"kvbench/internal/printable"
	"kvbench/internal/runfile"
)

// asMarkdown writes a run as GitHub Flavored Markdown, for a pull request: for
// every scenario its question, its answer, a chart of that and its table.
func (s *Summary) asMarkdown(h *runfile.Header) []byte {
	var out strings.Builder
	fmt.Fprintf(&out, "# kvbench: %s\n\n%s\n", inline(h.File), inline(factsLine(h)))
	for _, w := range s.Warnings {
		fmt.Fprintf(&out, "\n> [!WARNING]\n> %s\n", inline(w))
	}
	if n, met := s.expectations(); n > 0 {
		fmt.Fprintf(&out, "\n%d of %d expectations met.\n", met, n)
	}
	for i := range s.Scenarios {
		s.Scenarios[i].markdown(&out)
	}
	if s.modelled() {
		out.WriteString("\nFigures called modelled are drawn from published figures and assumptions, not measured.\n")
	}
	return []byte(out.String())
}

func (s *Scenario) markdown(out *strings.Builder) {
	fmt.Fprintf(out, "\n## %s\n\n**%s**\n\n%s\n\n%s\n",
		inline(s.Name), inline(s.Question), inline(s.answer()), inline(s.facts()))
	for _, e := range s.Expectations {
		if !e.OK {
			fmt.Fprintf(out, "\n- ❌ not met: %s: %s: %s\n", inline(e.Variant), inline(e.Expect), inline(e.Have))
		}
	}
	if len(s.Variants) == 0 {
		return
	}
	out.WriteString(s.mermaid())
	columns := s.columns()
	out.WriteString("\n| variant |")
	for _, c := range columns {
		fmt.Fprintf(out, " %s |", inline(c.name))
	}
	out.WriteString("\n|---|" + strings.Repeat("--:|", len(columns)) + "\n")
	best := make([][]bool, len(columns))
	for i, c := range columns {
		best[i] = c.best(s.Variants)
	}
	for i := range s.Variants {
		v := &s.Variants[i]
		fmt.Fprintf(out, "| %s |", inline(v.Name))
		for j, c := range columns {
			cell := c.cell(v)
			text := inline(cell.text)
			if best[j][i] {
				text = "**" + text + "**"
			}
			if cell.note != "" {
				text += "<br>" + inline(cell.note)
			}
			fmt.Fprintf(out, " %s |", text)
		}
		out.WriteString("\n")
	}
}

var inlineEscapes = strings.NewReplacer(
	"\n", " ", "\r", " ", "&", "&amp;", "<", "&lt;", ">", "&gt;",
	`\`, `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`, "]", `\]`, "~", `\~`,
)

// inline makes text stand for itself within a line or a cell of Markdown.
func inline(text string) string { return inlineEscapes.Replace(printable.Line(text)) }

// factsLine is what was run, where and when, in a line.
func factsLine(h *runfile.Header) string {
	var parts []string
	for _, f := range headerFacts(h) {
		parts = append(parts, f.Name+" "+f.Value)
	}
	return strings.Join(parts, " · ")
}
