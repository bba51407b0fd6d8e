package report

import (
	"fmt"
	"strings"

	"kvbench/internal/answer"
	"kvbench/report/table"
)

// markdown writes a run as GitHub Flavored Markdown, for a pull request or a job's
// summary: for every scenario its question, its choice and its table.
func markdown(a *answer.Answer) []byte {
	var out strings.Builder
	fmt.Fprintf(&out, "# kvbench: %s\n\n%s\n", table.Inline(a.Set.Run.Header.File), table.Inline(answer.Line(a.Facts())))
	warn := func(text string) { fmt.Fprintf(&out, "\n> [!WARNING]\n> %s\n", table.Inline(text)) }
	for _, w := range a.Warnings {
		warn(w)
	}
	for _, s := range a.Scenarios {
		for _, w := range s.Warnings {
			warn(w)
		}
	}
	if n := a.Expected(); n > 0 {
		fmt.Fprintf(&out, "\n%d of %d expectations met.\n", n-len(a.Unmet()), n)
	}
	for i := range a.Scenarios {
		scenarioMarkdown(&out, &a.Scenarios[i])
	}
	if a.Modelled() {
		out.WriteString("\nFigures called modelled are drawn from published figures and assumptions, not measured.\n")
	}
	return []byte(out.String())
}

func scenarioMarkdown(out *strings.Builder, s *answer.Scenario) {
	fmt.Fprintf(out, "\n## %s\n\n**%s**\n", table.Inline(s.Def.Name), table.Inline(s.Def.Question))
	if s.Choice != nil {
		fmt.Fprintf(out, "\n%s\n", table.Inline(s.Choice.Line()))
	}
	fmt.Fprintf(out, "\n%s\n", table.Inline(answer.Line(s.Facts())))
	for _, e := range s.Unmet() {
		fmt.Fprintf(out, "\n- ❌ not met: %s: %s: %s\n", table.Inline(e.Variant), table.Inline(e.Text), table.Inline(e.Have))
	}
	main := table.Main(s)
	if len(main.Rows) == 0 {
		out.WriteString("\nIt did not run.\n")
		return
	}
	if rates := table.Rates(s); len(rates.Rows) > 0 {
		rates.Markdown(out)
	}
	main.Markdown(out)
	if stages := table.Stages(s); len(stages.Columns) > 0 {
		stages.Markdown(out)
	}
	for _, phrase := range table.Errors(s.Scenario) {
		fmt.Fprintf(out, "\n%s\n", table.Inline(phrase))
	}
	findingsMarkdown(out, s)
	for _, note := range s.Notes {
		fmt.Fprintf(out, "\n%s\n", table.Inline(note))
	}
	for _, phrase := range table.Unseen(s.Scenario) {
		fmt.Fprintf(out, "\n%s.\n", table.Inline(phrase))
	}
}

// findingsMarkdown writes what a detector found, each with how it came about.
func findingsMarkdown(out *strings.Builder, s *answer.Scenario) {
	found := s.Findings(false)
	if len(found) == 0 {
		if watched, _ := s.Watched(); watched {
			out.WriteString("\nNo findings.\n")
		}
		return
	}
	out.WriteString("\n| finding | where | how often | size | what to do |\n|---|---|---|---|---|\n")
	for i := range found {
		f := &found[i]
		where := f.Place()
		if other := f.Other.String(); other != "" {
			where += ", against " + other
		}
		fmt.Fprintf(out, "| %s | %s | %s | %s | %s |\n",
			table.Inline(f.ID), table.Inline(where), table.Inline(f.Often()), table.Inline(f.Sizes()), table.Inline(f.Do))
	}
	if lines := answer.Story(found[0].Example); len(lines) > 0 {
		fmt.Fprintf(out, "\n<details><summary>How %s came about</summary>\n\n", table.Inline(found[0].ID))
		for _, line := range lines {
			fmt.Fprintf(out, "- %s\n", table.Inline(line))
		}
		out.WriteString("\n</details>\n")
	}
}
