package embedded

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"time"
	"unicode/utf8"

	"kvbench/kv"
)

// The texts are those that Workers KV and its local emulator Miniflare answer
// with, except where the comment says "our words".

func refuse(status int, format string, args ...any) error {
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

// errTooManyWrites is the answer to a second write of a key within a second.
var errTooManyWrites = &kv.Error{Status: http.StatusTooManyRequests, Message: "Too Many Requests"}

func (s *store) checkKey(key string) error {
	switch {
	case key == "":
		return invalid(codeKey, "Key names must not be empty")
	case key == "." || key == "..":
		return invalid(codeKey, "Illegal key name %q. Please use a different name.", key)
	case !utf8.ValidString(key): // our words: JavaScript cannot even send one
		return invalid(codeKey, "Illegal key name %q: it is not valid UTF-8.", key)
	}
	return s.checkKeyLength(key)
}

func (s *store) checkKeyLength(key string) error {
	if most := s.capabilities.MaxKeyBytes; len(key) > most {
		return refuse(http.StatusRequestURITooLong, "UTF-8 encoded length of %d exceeds key length limit of %d.", len(key), most)
	}
	return nil
}

// checkGet returns how long the answer may be served from the cache.
func (s *store) checkGet(key string, o kv.GetOptions) (time.Duration, error) {
	if err := s.checkKey(key); err != nil {
		return 0, err
	}
	switch {
	case o.CacheTTL == 0:
		return kv.DefaultCacheTTL, nil
	case o.CacheTTL < kv.MinCacheTTL:
		return 0, refuse(http.StatusBadRequest, "Invalid cache_ttl of %g. Cache TTL must be at least %g.",
			o.CacheTTL.Seconds(), kv.MinCacheTTL.Seconds())
	}
	return o.CacheTTL, nil
}

// checkPut checks a write that is made at the Unix time now.
func (s *store) checkPut(key string, value []byte, o kv.PutOptions, now int64) error {
	if err := s.checkKey(key); err != nil {
		return err
	}
	const least = int64(kv.MinTTL / time.Second)
	switch {
	case o.TTL < 0:
		return invalid(codeTTL, "Invalid expiration_ttl of %g. Please specify integer greater than 0.",
			o.TTL.Seconds())
	case o.TTL > 0 && o.TTL < kv.MinTTL:
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
	switch {
	case !s.capabilities.NoMetadata && len(o.Metadata) > kv.MaxMetadataBytes:
		return refuse(http.StatusRequestEntityTooLarge, "Metadata length of %d exceeds limit of %d.",
			len(o.Metadata), kv.MaxMetadataBytes)
	case len(o.Metadata) > 0 && !(json.Valid(o.Metadata) && utf8.Valid(o.Metadata)): // our words
		return invalid(codeMetadata, "Metadata must be valid JSON.")
	case len(value) > kv.MaxValueBytes:
		return refuse(http.StatusRequestEntityTooLarge, "Value length of %d exceeds limit of %d.",
			len(value), kv.MaxValueBytes)
	}
	return nil
}

// expiration is when a write ends that is made at now; 0 when it does not.
func expiration(o kv.PutOptions, now time.Time) int64 {
	if o.TTL > 0 {
		return kv.ExpiresAt(now, o.TTL)
	}
	return o.Expiration
}

// metadata is a document as it is kept: null is none, and some namespaces keep
// none.
func (s *store) metadata(document []byte) []byte {
	if s.capabilities.NoMetadata || string(bytes.TrimSpace(document)) == "null" {
		return nil
	}
	return document
}

func checkBulkGet(keys []string, es []kv.Entry) error {
	switch {
	case len(keys) == 0:
		return refuse(http.StatusBadRequest, "You must request a minimum of 1 key")
	case len(keys) > kv.MaxBulkGetKeys:
		return refuse(http.StatusBadRequest, "You can request a maximum of %d keys", kv.MaxBulkGetKeys)
	case len(es) != len(keys): // our words: a mistake of the caller's
		return refuse(http.StatusBadRequest, "%d entries for %d keys", len(es), len(keys))
	}
	return nil
}

// checkBulkPut checks all pairs of a bulk write that is made at the Unix time
// now. The texts for too many pairs and too many bytes are our words.
func (s *store) checkBulkPut(pairs []kv.Pair, now int64) error {
	if len(pairs) > kv.MaxBulkPutKeys {
		return refuse(http.StatusBadRequest, "You can write a maximum of %d pairs", kv.MaxBulkPutKeys)
	}
	total := 0
	for i := range pairs {
		p := &pairs[i]
		if err := s.checkPut(p.Key, p.Value, p.Options, now); err != nil {
			return ofPair(i, err)
		}
		total += len(p.Key) + len(p.Value) + len(p.Options.Metadata)
	}
	if total > kv.MaxBulkPutBytes {
		return refuse(http.StatusRequestEntityTooLarge, "Total size of %d exceeds limit of %d.", total, kv.MaxBulkPutBytes)
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

// checkList returns the most names that a page may examine. Where a page holds all
// of a namespace, one without a limit examines every name.
func (s *store) checkList(o kv.ListOptions) (limit int, err error) {
	most := s.capabilities.MaxListKeys
	switch {
	case o.Limit == 0 && most == s.capabilities.NamespaceKeys:
		limit = math.MaxInt
	case o.Limit == 0:
		limit = most
	case o.Limit < 0:
		return 0, refuse(http.StatusBadRequest, "Invalid key_count_limit of %d. Please specify an integer greater than 0.",
			o.Limit)
	case o.Limit > most:
		return 0, refuse(http.StatusBadRequest, "Invalid key_count_limit of %d. Please specify an integer less than %d.",
			o.Limit, most)
	default:
		limit = o.Limit
	}
	return limit, s.checkKeyLength(o.Prefix)
}
