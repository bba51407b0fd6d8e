package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	"kvbench/internal/printable"
)

//go:embed history.tmpl.html
var historyText string

var historyTemplate = template.Must(template.New("history").Parse(historyText))

// historyRow is one line of the history's page.
type historyRow struct {
	Variant, Figure string
	Last            string
	Steps           []string
	Line            template.HTML // a small SVG
}

type historyGroup struct {
	Name string
	Rows []historyRow
}

// HistoryHTML writes the history as a page of its own.
func HistoryHTML(w io.Writer, h *History) error {
	page := struct {
		Runs        []string
		Changed     []historyGroup
		All         []historyGroup
		N, NChanged int
		Redefined   string
		Warnings    []string
	}{Runs: h.Runs, N: len(h.Lines), Redefined: h.redefined(), Warnings: h.Warnings}
	changed := h.changed()
	page.NChanged = len(changed)
	page.Changed = h.groups(changed)
	page.All = h.groups(h.Lines)
	var out bytes.Buffer
	if err := historyTemplate.Execute(&out, page); err != nil {
		return err
	}
	_, err := io.WriteString(w, printable.Text(out.String()))
	return err
}

// groups are lines by scenario, in the order of each scenario's first.
func (h *History) groups(lines []*Line) []historyGroup {
	var out []historyGroup
	at := map[string]int{}
	for _, l := range lines {
		i, ok := at[l.Scenario]
		if !ok {
			i = len(out)
			at[l.Scenario] = i
			out = append(out, historyGroup{Name: l.Scenario})
		}
		row := historyRow{Variant: l.Variant, Figure: l.label(), Last: "–", Line: l.spark(h.Runs)}
		if v := l.Values[len(l.Values)-1]; v != nil {
			row.Last = l.format(v.V)
		}
		for _, s := range l.Changes {
			row.Steps = append(row.Steps, strings.TrimSpace(fmt.Sprintf("%s → %s %s", l.format(s.Before), l.format(s.After), s.ratio()))+" at "+h.Runs[s.At])
		}
		out[i].Rows = append(out[i].Rows, row)
	}
	return out
}
