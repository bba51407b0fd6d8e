package scenarios

import (
	"bytes"
	"fmt"
	"strconv"

	"kvbench/internal/bench"
)

// documentPrefix is what the names of versioned's documents begin with.
const documentPrefix = "data:"

// The fields of a document's metadata beside those of its version.
const (
	ownerField   = `"owner":`
	expiresField = `"expires":` // seconds of Unix time: a Worker's get does not tell when a key expires
)

// schemaField is the version in a document, for version-in-value.
const schemaField = `,"schema":2}`

// migrateDoc is the source's migrate in place: { ...data, userName: data.name }.
// A document too small for a name has none, which JSON leaves out.
func migrateDoc(doc []byte, schema bool) []byte {
	const name, quote = `,"name":"`, '"'
	end := len(doc) - 1 // of the closing brace
	if i := bytes.Index(doc, []byte(name)); i >= 0 {
		from := i + len(name)
		to := from + bytes.IndexByte(doc[from:], quote)
		doc = append(append(append(doc[:end], `,"userName":"`...), doc[from:to]...), `"}`...)
	}
	if schema {
		doc = append(doc[:len(doc)-1], schemaField...)
	}
	return doc
}

// newSchema reports whether a document says that it is in the new format.
func newSchema(doc []byte) bool { return bytes.HasSuffix(doc, []byte(schemaField)) }

// metadataVersion is the source's `metadata?.version || 1`.
func metadataVersion(metadata []byte) int64 {
	return max(metadataNumber(metadata, `"version":`), 1)
}

// metadataNumber is a number of the metadata, 0 where it is not there.
func metadataNumber(metadata []byte, field string) (n int64) {
	_, rest, _ := bytes.Cut(metadata, []byte(field))
	for i := 0; i < len(rest) && '0' <= rest[i] && rest[i] <= '9'; i++ {
		n = n*10 + int64(rest[i]-'0')
	}
	return n
}

// appendDocMetadata appends the metadata that a document has from its owner.
// expires is in seconds of Unix time; 0: never.
func appendDocMetadata(buf []byte, key int, expires int64) []byte {
	buf = strconv.AppendInt(append(append(buf, '{'), ownerField...), int64(key), 10)
	if expires > 0 {
		buf = strconv.AppendInt(append(append(buf, ','), expiresField...), expires, 10)
	}
	return append(buf, '}')
}

// appendMigratedAt appends the metadata that the source's write-back sets.
func appendMigratedAt(buf []byte, w *bench.Worker) []byte {
	buf = append(buf, `"version":2,"migratedAt":`...)
	return append(strconv.AppendInt(buf, w.Epoch().Add(w.Now()).UnixMilli(), 10), '}')
}

// lostFields is how many of the fields that a document's owner gave its metadata
// are not there.
func lostFields(metadata []byte, expires bool) (lost int64) {
	if !bytes.Contains(metadata, []byte(ownerField)) {
		lost++
	}
	if expires && !bytes.Contains(metadata, []byte(expiresField)) {
		lost++
	}
	return lost
}

// documentKey is the number of the document with a name.
func documentKey(name string) (int, error) {
	key, err := strconv.Atoi(name[len(documentPrefix):])
	if err != nil {
		err = fmt.Errorf("a name that was not asked for: %q", name)
	}
	return key, err
}
