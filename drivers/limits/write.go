package limits

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
	"unicode/utf8"

	"kvbench/kv"
)

// Put checks a write that is made at the Unix time now.
func Put(t *kv.Capabilities, key string, value []byte, o kv.PutOptions, now int64) error {
	if err := Key(t, key); err != nil {
		return err
	}
	if err := expiry(t, o, now); err != nil {
		return err
	}
	switch {
	case !t.NoMetadata && len(o.Metadata) > kv.MaxMetadataBytes:
		return Refuse(http.StatusRequestEntityTooLarge, "Metadata length of %d exceeds limit of %d.",
			len(o.Metadata), kv.MaxMetadataBytes)
	case len(o.Metadata) > 0 && !(json.Valid(o.Metadata) && utf8.Valid(o.Metadata)): // our words
		return invalid(codeMetadata, "Metadata must be valid JSON.")
	case len(value) > kv.MaxValueBytes:
		return Refuse(http.StatusRequestEntityTooLarge, "Value length of %d exceeds limit of %d.",
			len(value), kv.MaxValueBytes)
	}
	return nil
}

func expiry(t *kv.Capabilities, o kv.PutOptions, now int64) error {
	least := int64(t.MinTTL / time.Second)
	switch {
	case o.TTL < 0:
		return invalid(codeTTL, "Invalid expiration_ttl of %g. Please specify integer greater than 0.",
			o.TTL.Seconds())
	case o.TTL > 0 && o.TTL < t.MinTTL:
		return invalid(codeTTL, "Invalid expiration_ttl of %g. Expiration TTL must be at least %d.",
			o.TTL.Seconds(), least)
	case o.TTL > 0 || o.Expiration == 0:
	case o.Expiration <= now:
		return invalid(codeExpiration, "Invalid expiration of %d. Please specify integer greater than the "+
			"current number of seconds since the UNIX epoch.", o.Expiration)
	case o.Expiration < now+least:
		return invalid(codeExpiration, "Invalid expiration of %d. Expiration times must be at least %d "+
			"seconds in the future.", o.Expiration, least)
	}
	return nil
}

// BulkPut checks all pairs of a bulk write that is made at the Unix time now. The
// texts for too many pairs and too many bytes are our words.
func BulkPut(t *kv.Capabilities, pairs []kv.Pair, now int64) error {
	if most := t.BulkPutKeys; len(pairs) > most {
		return Refuse(http.StatusBadRequest, "You can write a maximum of %d pairs", most)
	}
	total := 0
	for i := range pairs {
		p := &pairs[i]
		if err := Put(t, p.Key, p.Value, p.Options, now); err != nil {
			return ofPair(i, err)
		}
		total += len(p.Key) + len(p.Value) + len(p.Options.Metadata)
	}
	if total > kv.MaxBulkPutBytes {
		return Refuse(http.StatusRequestEntityTooLarge, "Total size of %d exceeds limit of %d.", total, kv.MaxBulkPutBytes)
	}
	return nil
}

// ofPair says of which pair a refusal is; the words before it are ours.
func ofPair(i int, err error) error {
	var e *kv.Error
	if !errors.As(err, &e) {
		return err
	}
	told := *e
	told.Message = fmt.Sprintf("pair %d: %s", i, e.Message)
	return &told
}

// Metadata is a document as it is kept: null is none, and some namespaces keep none.
func Metadata(t *kv.Capabilities, document []byte) []byte {
	if t.NoMetadata || string(bytes.TrimSpace(document)) == "null" {
		return nil
	}
	return document
}
