package scenarios

import (
	"bytes"
	"time"

	"kvbench/internal/load"
)

// answer is what an origin gave, wherever it is kept.
type answer struct {
	body    body
	version uint64        // of a value; 0 of all else
	gave    time.Duration // when the origin gave it
	took    time.Duration // the origin, to give it
}

// body is what an answer holds.
type body uint8

const (
	aValue body = iota
	aFalsy
	aNull   // the origin has no such thing
	anError // of the origin, as JSON
	aNote   // kept in place of null
)

// appendAnswer appends an answer as KV keeps it, to appendDoc's size where it is a
// value.
func (o *origin) appendAnswer(buf []byte, key int, a answer) []byte {
	switch a.body {
	case aValue:
		return appendDoc(buf, stamp{version: a.version, base: uint64(a.took), written: a.gave}, o.size.Of(key))
	case aFalsy:
		return append(buf, falsyText(o.seed, key)...)
	case aNull:
		return append(buf, "null"...)
	}
	return appendDoc(buf, stamp{base: uint64(a.body), written: a.gave}, 0)
}

// readAnswer reads what appendAnswer wrote, unless it is falsy.
func readAnswer(doc []byte) (answer, error) {
	s, err := readStamp(doc)
	if s.version == 0 {
		return answer{body: body(s.base), gave: s.written}, err
	}
	return answer{version: s.version, gave: s.written, took: time.Duration(s.base)}, err
}

// falsyText is the value of a key that is falsy: one of three.
func falsyText(seed uint64, key int) string {
	return [...]string{"0", "false", `""`}[load.Mix(seed^load.Mix(uint64(key)))%3]
}

// isNull reports whether a JSON document is null.
func isNull(doc []byte) bool { return string(bytes.TrimSpace(doc)) == "null" }
