package scenarios

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"time"

	"kvbench/internal/bench"
	"kvbench/kv"
)

// stamp is what a value carries so that an answer can be held against the
// truth.
type stamp struct {
	version uint64
	base    uint64        // the version that a read-modify-write started from
	written time.Duration // on the scenario's clock
}

// The stamp stands at the head of a document, so that reading it back costs
// next to nothing beside a store's call.
const (
	versionField = `{"version":`
	baseField    = `,"base":`
	writtenField = `,"written":`
)

// appendDoc appends a JSON document of about the given size in bytes: never
// less, and more only where the stamp alone is larger.
func appendDoc(buf []byte, s stamp, size int) []byte {
	start := len(buf)
	buf = strconv.AppendUint(append(buf, versionField...), s.version, 10)
	buf = strconv.AppendUint(append(buf, baseField...), s.base, 10)
	buf = strconv.AppendInt(append(buf, writtenField...), int64(s.written), 10)
	const head, tail = `,"name":"Ada Lovelace","email":"ada@example.com","role":"admin","bio":"`, `"}`
	if len(buf)-start+len(head)+len(tail) > size {
		return append(buf, '}')
	}
	buf = append(buf, head...)
	for n := size - (len(buf) - start) - len(tail); n > 0; n -= len(bio) {
		buf = append(buf, bio[:min(n, len(bio))]...)
	}
	return append(buf, tail...)
}

const bio = "The Analytical Engine weaves algebraic patterns just as the Jacquard loom weaves flowers and leaves. "

// readStamp reads the stamp of a document that appendDoc made.
func readStamp(doc []byte) (s stamp, err error) {
	var written uint64
	rest := doc
	for _, f := range [...]struct {
		name string
		to   *uint64
	}{{versionField, &s.version}, {baseField, &s.base}, {writtenField, &written}} {
		if len(rest) < len(f.name) || string(rest[:len(f.name)]) != f.name {
			return s, fmt.Errorf("not a document of this run: %.40q", doc)
		}
		rest = rest[len(f.name):]
		digits, n := 0, uint64(0)
		for digits < len(rest) && '0' <= rest[digits] && rest[digits] <= '9' {
			n = n*10 + uint64(rest[digits]-'0')
			digits++
		}
		if digits == 0 {
			return s, fmt.Errorf("not a document of this run: %.40q", doc)
		}
		*f.to, rest = n, rest[digits:]
	}
	s.written = time.Duration(written)
	return s, nil
}

// getStamp reads the stamp of a key's value, the zero stamp where there is none.
func getStamp(ctx context.Context, w *bench.Worker, key string) (s stamp, found bool, err error) {
	return getStampWith(ctx, w, key, kv.GetOptions{})
}

// getStampWith is getStamp with options.
func getStampWith(ctx context.Context, w *bench.Worker, key string, o kv.GetOptions) (s stamp, found bool, err error) {
	switch err = w.Get(ctx, key, o, &w.Entry); err {
	case nil:
		s, err = readStamp(w.Entry.Value)
		return s, true, err
	case kv.ErrNotFound:
		return s, false, nil
	}
	return s, false, err
}

// falsy reports whether a JSON document is a value that JavaScript's `if`
// treats as false.
func falsy(doc []byte) bool {
	switch string(bytes.TrimSpace(doc)) {
	case "0", "false", `""`, "null":
		return true
	}
	return false
}

// names returns the key names of n numbered things, made once so that a
// transaction need not.
func names(format string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf(format, i)
	}
	return out
}
