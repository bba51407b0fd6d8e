// Package history shows how figures went from run to run: as text and as a page.
package history

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	"kvbench/internal/history"
	"kvbench/internal/metric"
	"kvbench/internal/printable"
)

// Text prints what changed.
func Text(w io.Writer, h *history.History) error {
	var out bytes.Buffer
	if len(h.Runs) == 0 {
		_, err := io.WriteString(w, "no runs\n")
		return err
	}
	fmt.Fprintf(&out, "%d runs, %s to %s\n", len(h.Runs), h.Runs[0], h.Runs[len(h.Runs)-1])
	changed := h.Changed()
	for _, l := range changed {
		for _, s := range slices.Backward(l.Changes) {
			fmt.Fprintf(&out, "  %s/%s  %s  %s\n", l.Scenario, l.Variant, label(l), step(l, s, h.Runs))
		}
	}
	fmt.Fprintf(&out, "%d of %d figures changed", len(changed), len(h.Lines))
	if r := redefined(h); r != "" {
		fmt.Fprintf(&out, "; %s", r)
	}
	out.WriteString("\n")
	for _, text := range h.Warnings {
		fmt.Fprintln(&out, "WARNING", text)
	}
	_, err := io.WriteString(w, printable.Text(out.String()))
	return err
}

// label names the figure.
func label(l *history.Line) string {
	if l.Modelled {
		return l.Figure + " (modelled)"
	}
	return l.Figure
}

// step says a change of level, and since which run.
func step(l *history.Line, s history.Step, runs []string) string {
	text := l.Unit.Format(s.Before) + " → " + l.Unit.Format(s.After)
	if ratio, ok := metric.Ratio(s.After, s.Before).Value(); ok && s.After != s.Before {
		text += " (" + metric.FormatChange(ratio) + ")"
	}
	return text + " at " + runs[s.At]
}

// redefined says which scenarios were not the same in all runs; empty where all were.
func redefined(h *history.History) string {
	names, last := h.Redefined()
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0] + " was redefined, last in " + h.Runs[last]
	}
	return fmt.Sprintf("%d scenarios were redefined, last in %s", len(names), h.Runs[last])
}
