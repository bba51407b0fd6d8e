package kv

import "strings"

// Setting describes what can be set, in a driver's URL or in a scenario file: what lists,
// documents and errors are made from. It says what is allowed, and refuses nothing.
type Setting struct {
	// Name has a dot before the name of a field within another: origin.latency.
	Name string `json:"name"`
	Doc  string `json:"doc"` // what it means
	// Kind is what kind of value it takes, in words: "text", "choice", "whole number",
	// "number", "share", "duration", "size", "rate", "true or false".
	Kind string `json:"kind"`
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
		return s.Kind
	}
	return s.Kind + ", " + s.Range()
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
