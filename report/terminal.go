package report

import (
	"fmt"
	"io"
	"strings"

	"charm.land/lipgloss/v2"
	"charm.land/lipgloss/v2/table"
	"go.yaml.in/yaml/v4"

	"kvbench/internal/printable"
)

// Terminal prints the tables of a run: a scenario's variants side by side. On a
// terminal it uses colour, unless NO_COLOR is set. A table that is wider than
// width, unless that is 0, is cut in two.
func Terminal(w io.Writer, s *Summary, width int) error {
	var out strings.Builder
	bold := lipgloss.NewStyle().Bold(true)
	for i := range s.Scenarios {
		scenario := &s.Scenarios[i]
		fmt.Fprintf(&out, "\n%s  %s\n%s\n", bold.Render(printable.Line(scenario.Name)), printable.Line(scenario.Question), wrapped(scenario.facts(), width))
		answer, _ := scenario.answers()
		for _, sentence := range answer {
			out.WriteString(wrapped(sentence, width) + "\n")
		}
		if len(scenario.Variants) == 0 {
			continue
		}
		out.WriteString(scenario.tables(width) + "\n")
		if _, silent := scenario.watched(); silent != nil {
			fmt.Fprintf(&out, "In no variant: %s\n", printable.Line(seriesNames(silent)))
		}
		for _, e := range scenario.Expectations {
			if !e.OK {
				fmt.Fprintf(&out, "%s %s: %s: %s\n", bold.Render("NOT MET"), printable.Line(e.Variant), printable.Line(e.Expect), printable.Line(e.Have))
			}
		}
	}
	if n, met := s.expectations(); n > 0 {
		fmt.Fprintf(&out, "\n%d of %d expectations met\n", met, n)
	}
	for _, warning := range s.Warnings {
		fmt.Fprintf(&out, "%s %s\n", bold.Render("WARNING"), printable.Line(warning))
	}
	_, err := lipgloss.Fprint(w, out.String())
	return err
}

// wrapped breaks a text between words into lines of at most width, unless that is
// 0. Names with hyphens stay whole.
func wrapped(text string, width int) string {
	var out strings.Builder
	column := 0
	for _, word := range strings.Fields(printable.Line(text)) {
		n := lipgloss.Width(word)
		switch {
		case column == 0:
		case width > 0 && column+1+n > width:
			out.WriteString("\n")
			column = 0
		default:
			out.WriteString(" ")
			column++
		}
		out.WriteString(word)
		column += n
	}
	return out.String()
}

// expectations counts those of a run, and how many of them were met.
func (s *Summary) expectations() (n, met int) {
	for _, scenario := range s.Scenarios {
		for _, e := range scenario.Expectations {
			n++
			if e.OK {
				met++
			}
		}
	}
	return n, met
}

// facts says in a line what was run.
func (s *Scenario) facts() string {
	return fmt.Sprintf("%s · %s · %s time · %s%s", s.Pattern, s.Latency.Words(), s.Clock, s.Load, s.workload())
}

// workload is what the definition says of the keys and of the pattern's settings, for
// the end of a line; a setting that is no plain value is left to the definition.
func (s *Scenario) workload() (words string) {
	var written []struct{ Keys, With yaml.Node }
	if err := yaml.Unmarshal([]byte(s.def.YAML), &written); err != nil || len(written) != 1 {
		return "" // it is shown as it was written in any case
	}
	for _, part := range []struct {
		name string
		node yaml.Node
	}{{"keys", written[0].Keys}, {"with", written[0].With}} {
		var settings []string
		for i := 0; i+1 < len(part.node.Content); i += 2 {
			value := part.node.Content[i+1]
			if value.Kind != yaml.ScalarNode {
				continue
			}
			text := value.Value
			if value.Tag == "!!int" {
				text = strings.ReplaceAll(text, "_", ",")
			}
			settings = append(settings, part.node.Content[i].Value+" "+text)
		}
		if settings != nil {
			words += " · " + part.name + ": " + strings.Join(settings, ", ")
		}
	}
	return words
}

// tables renders the variants side by side, in more than one table where one is too
// wide, cut between groups of columns where that is possible.
func (s *Scenario) tables(width int) string {
	var out []string
	for columns := s.columns(); len(columns) > 0; {
		n := len(columns)
		for n > 1 && width > 0 && lipgloss.Width(s.render(columns[:n])) > width {
			n--
		}
		if n < len(columns) {
			for cut := n; cut > n/2; cut-- {
				if columns[cut].group != columns[cut-1].group {
					n = cut
					break
				}
			}
		}
		out, columns = append(out, s.render(columns[:n])), columns[n:]
	}
	return strings.Join(out, "\n")
}

func (s *Scenario) render(columns []column) string {
	header := []string{"variant"}
	rows := make([][]string, len(s.Variants))
	best := make([][]bool, len(columns))
	for i := range s.Variants {
		rows[i] = []string{printable.Line(s.Variants[i].Name)}
	}
	for j, c := range columns {
		header = append(header, printable.Line(c.name))
		best[j] = c.best(s.Variants)
		for i := range s.Variants {
			rows[i] = append(rows[i], printable.Line(c.cell(&s.Variants[i]).plain()))
		}
	}
	plain := lipgloss.NewStyle().PaddingRight(2)
	right := plain.Align(lipgloss.Right)
	return table.New().
		Border(lipgloss.NormalBorder()).
		BorderTop(false).BorderBottom(false).BorderLeft(false).BorderRight(false).BorderColumn(false).BorderHeader(true).
		Headers(header...).Rows(rows...).
		StyleFunc(func(row, column int) lipgloss.Style {
			switch {
			case column == 0 && row == table.HeaderRow:
				return plain.Bold(true)
			case column == 0:
				return plain
			case row == table.HeaderRow:
				return right.Bold(true)
			case best[column-1][row]:
				return right.Foreground(lipgloss.Green)
			}
			return right
		}).String()
}

// plain is a cell in one line. The kinds of calls are left to the page.
func (c cell) plain() string {
	if size, ok := strings.CutPrefix(c.note, "up to "); ok {
		return c.text + ", up to " + size
	}
	return c.text
}

func (s *Scenario) any(f func(*Variant) bool) bool {
	for i := range s.Variants {
		if f(&s.Variants[i]) {
			return true
		}
	}
	return false
}
