// Package limits refuses what Workers KV refuses, with its status and in its words,
// for the stores that keep to its limits by themselves. How much may be is the
// store's to declare: kv.Capabilities.
//
// The texts are those that Workers KV and its local emulator Miniflare answer with,
// except where a comment says "our words".
package limits

import (
	"fmt"
	"math"
	"net/http"
	"unicode/utf8"

	"kvbench/kv"
)

// Refuse is a store's refusal with a status.
func Refuse(status int, format string, args ...any) error {
	return &kv.Error{Status: status, Message: fmt.Sprintf(format, args...)}
}

// The REST API's codes of what a status alone does not say.
const (
	codeExpiration = 10033
	codeTTL        = 10034
	codeCursor     = 10041
	codeKey        = 10042
	codeMetadata   = 10047
)

// invalid refuses a call with a code of the REST API.
func invalid(code int, format string, args ...any) error {
	return &kv.Error{Status: http.StatusBadRequest, Code: code, Message: fmt.Sprintf(format, args...)}
}

// Key checks a key.
func Key(t *kv.Capabilities, key string) error {
	switch {
	case key == "":
		return invalid(codeKey, "Key names must not be empty")
	case key == "." || key == "..":
		return invalid(codeKey, "Illegal key name %q. Please use a different name.", key)
	case !utf8.ValidString(key): // our words: JavaScript cannot even send one
		return invalid(codeKey, "Illegal key name %q: it is not valid UTF-8.", key)
	}
	return keyLength(t, key)
}

func keyLength(t *kv.Capabilities, key string) error {
	if most := t.MaxKeyBytes; len(key) > most {
		return Refuse(http.StatusRequestURITooLong, "UTF-8 encoded length of %d exceeds key length limit of %d.", len(key), most)
	}
	return nil
}

// Keys checks the keys of a bulk delete. The text for too many is our words.
func Keys(t *kv.Capabilities, keys []string) error {
	if most := t.BulkPutKeys; len(keys) > most {
		return Refuse(http.StatusBadRequest, "You can delete a maximum of %d keys", most)
	}
	for _, key := range keys {
		if err := Key(t, key); err != nil {
			return err
		}
	}
	return nil
}

// BulkGet checks the number of keys of a bulk get, not the keys.
func BulkGet(t *kv.Capabilities, keys []string, es []kv.Entry) error {
	switch {
	case len(keys) == 0:
		return Refuse(http.StatusBadRequest, "You must request a minimum of 1 key")
	case len(keys) > t.BulkGetKeys:
		return Refuse(http.StatusBadRequest, "You can request a maximum of %d keys", t.BulkGetKeys)
	case len(es) != len(keys): // our words: a mistake of the caller's
		return Refuse(http.StatusBadRequest, "%d entries for %d keys", len(es), len(keys))
	}
	return nil
}

// TooMuch refuses a bulk get of more than kv.MaxBulkGetBytes.
func TooMuch() error {
	return Refuse(http.StatusRequestEntityTooLarge, "Total size of request exceeds the limit of %dMB", kv.MaxBulkGetBytes>>20)
}

// List checks a listing and returns the most names that a page may examine. Where a
// page holds all of a namespace, one without a limit examines every name.
func List(t *kv.Capabilities, o kv.ListOptions) (limit int, err error) {
	most := t.MaxListKeys
	switch {
	case o.Limit == 0 && most == t.NamespaceKeys:
		limit = math.MaxInt
	case o.Limit == 0:
		limit = most
	case o.Limit < 0:
		return 0, Refuse(http.StatusBadRequest, "Invalid key_count_limit of %d. Please specify an integer greater than 0.",
			o.Limit)
	case o.Limit > most:
		return 0, Refuse(http.StatusBadRequest, "Invalid key_count_limit of %d. Please specify an integer less than %d.",
			o.Limit, most)
	default:
		limit = o.Limit
	}
	return limit, keyLength(t, o.Prefix)
}

// BadCursor refuses a cursor that no page has given. It is our words.
func BadCursor(cursor string) error {
	return invalid(codeCursor, "Invalid cursor %q: want the cursor of the page before.", cursor)
}
