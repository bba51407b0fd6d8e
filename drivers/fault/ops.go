package fault

import (
	"errors"
	"strings"
	"unicode"

	"kvbench/drivers/option"
)

// Ops is a set of operations.
type Ops uint8

// The operations of a store.
const (
	Get Ops = 1 << iota
	Put
	Delete
	List
	BulkGet
	BulkPut

	AllOps = Get | Put | Delete | List | BulkGet | BulkPut
	reads  = Get | BulkGet
)

// opNames are in the order of the bits.
var opNames = [...]string{"get", "put", "delete", "list", "bulk-get", "bulk-put"}

// String writes the set as ParseOps reads it.
func (o Ops) String() string {
	var names []string
	for i, name := range opNames {
		if o&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, "+")
}

// ParseOps reads a set such as get+put. A space stands for a plus too, because
// that is what a plus in a URL's query means.
func ParseOps(text string) (Ops, error) {
	var set Ops
	for name := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '+' || unicode.IsSpace(r) }) {
		i, err := option.OneOf("operation", name, opNames[:])
		if err != nil {
			return 0, err
		}
		set |= 1 << i
	}
	if set == 0 {
		return 0, errors.New("want operations such as get+put")
	}
	return set, nil
}
