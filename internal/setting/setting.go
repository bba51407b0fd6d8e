// Package setting describes what can be set, in a scenario file or in a driver's URL. One
// description is what lists, documents, the JSON Schema and errors are made from.
package setting

import (
	"fmt"
	"io"
	"strings"
)

// Kind is what kind of value a setting has.
type Kind string

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
)

// Setting is one setting.
type Setting struct {
	// Name has a dot before the name of a field within another: origin.latency.
	Name string `json:"name"`
	Doc  string `json:"doc"` // what it means
	Kind Kind   `json:"kind"`
	// Min and Max are the ends of what is allowed, both included and written as in the
	// file; empty where there is none.
	Min     string   `json:"min,omitempty"`
	Max     string   `json:"max,omitempty"`
	Choices []string `json:"choices,omitempty"`
	// Default is the value that it has where it is not set, as it would be written; or,
	// where Otherwise, a phrase that says what holds then.
	Default   string `json:"default"`
	Otherwise bool   `json:"-"`
	Required  bool   `json:"required,omitempty"`
}

// Value says in a phrase what may be given: "duration, 60s to 87600h".
func (s *Setting) Value() string {
	switch {
	case len(s.Choices) > 0:
		return strings.Join(s.Choices, ", ")
	case s.Range() == "":
		return string(s.Kind)
	}
	return string(s.Kind) + ", " + s.Range()
}

// Range says what is allowed of a value that has bounds: "60s to 87600h", "at least 1".
func (s *Setting) Range() string {
	switch {
	case s.Min != "" && s.Max != "":
		return s.Min + " to " + s.Max
	case s.Min != "":
		return "at least " + s.Min
	case s.Max != "":
		return "at most " + s.Max
	}
	return ""
}

// Unset says what holds where the setting is not given.
func (s *Setting) Unset() string {
	if s.Required {
		return "required"
	}
	return s.Default
}

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
		fmt.Fprintf(w, "| `%s` | %s | %s | %s |\n", s.Name, strings.ReplaceAll(s.Doc, "|", `\|`), value, unset)
	}
}
