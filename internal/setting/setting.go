// Package setting describes what can be set, in a scenario file or in a driver's URL. One
// description is what lists, documents, the JSON Schema and errors are made from.
package setting

import (
	"fmt"
	"io"
	"strings"

	"kvbench/kv"
)

// Kind is what kind of value a setting has.
type Kind = string

// The kinds of values.
const (
	Text         Kind = "text"
	Choice       Kind = "choice"
	Flag         Kind = "true or false"
	Whole        Kind = "whole number"
	Number       Kind = "number"
	Share        Kind = "share"            // 10% or 0.1
	Percent      Kind = "share in percent" // 10%
	Duration     Kind = "duration"
	Size         Kind = "size"
	Rate         Kind = "rate"
	Distribution Kind = "distribution" // of the touches over the keys
	Percentiles  Kind = "percentiles"  // of a time; or one time
	Mapping      Kind = "mapping"
	List         Kind = "list"
	Whatever     Kind = "text, or anything that JSON has"
)

// Setting is one setting.
type Setting = kv.Setting

// Names are the names of settings, in their order.
func Names(all []Setting) []string {
	names := make([]string, len(all))
	for i := range all {
		names[i] = all[i].Name
	}
	return names
}

// Markdown writes a table of settings; head is what one of them is called, such as
// "field".
func Markdown(w io.Writer, head string, all []Setting) {
	fmt.Fprintf(w, "| %s | meaning | value | default |\n|---|---|---|---|\n", head)
	for i := range all {
		s := &all[i]
		unset := s.Unset()
		if !s.Required && !s.Otherwise && unset != "" {
			unset = "`" + unset + "`"
		}
		value := s.Value()
		if len(s.Choices) > 0 {
			value = "`" + strings.Join(s.Choices, "`, `") + "`"
		}
		fmt.Fprintf(w, "| `%s` | %s | %s | %s |\n", s.Name, Cell(s.Doc), value, unset)
	}
}

// Cell is a text of ours in a table of Markdown.
func Cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
