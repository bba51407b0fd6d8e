package setting

import "encoding/json"

// Entry is one of a mapping whose names are the file's own, such as a host or a header. A
// field that is such a mapping is a slice of them, in the file's order.
type Entry[T any] struct {
	Name  string
	Value T
}

// IsEntry tells entries from other structs.
func (Entry[T]) IsEntry() {}

// Any is a value of any kind: a text, a number, a list, a mapping.
type Any struct {
	// JSON is the value as JSON, the fields of mappings in the file's order; nil: none.
	JSON json.RawMessage
	// Text is the value where it is a text.
	Text string
	// IsText says that it is.
	IsText bool
}

// Given reports whether there is a value.
func (a Any) Given() bool { return a.JSON != nil }
