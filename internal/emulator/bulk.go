package emulator

import (
	"errors"
	"net/http"

	"kvbench/kv"
)

// checkLength refuses a key of which too much has come to keep it.
func checkLength(n int) error {
	if n > kv.MaxKeyBytes {
		return refuse(http.StatusRequestURITooLong, codeKeyLength, "UTF-8 encoded length of %d exceeds key length limit of %d.", n, kv.MaxKeyBytes)
	}
	return nil
}

// written is the result of a bulk write or delete.
type written struct {
	Count   int      `json:"successful_key_count"`
	Refused []string `json:"unsuccessful_keys"`
}

func (s *Server) bulkPut(c *call) error {
	var pairs []kv.Pair
	var p pair
	err := c.json(kv.MaxBulkPutBytes, func(in *scanner) error {
		return in.array(func() error {
			n := len(pairs)
			if n == kv.MaxBulkPutKeys {
				return errTooManyKeys
			}
			if err := p.read(in, func(format, name string) { c.ignore("pair %d: "+format, n, name) }); err != nil {
				return err
			}
			next, err := p.decode(n)
			pairs = append(pairs, next)
			return err
		})
	})
	if err != nil {
		return err
	}
	store, release, err := s.store(c, "bulk write", writes, len(pairs))
	if err != nil {
		return err
	}
	defer release()
	bulk, ok := store.(kv.BulkPutter)
	if !ok {
		return errNoBulk
	}
	return c.written(len(pairs), bulk.BulkPut(c.Context(), pairs))
}

// errNoBulk is the answer of a store that reads or writes single keys only.
var errNoBulk = refuse(http.StatusNotImplemented, codeInternal, "the store behind this server has no bulk calls")

// written answers a bulk call of n keys. What was refused for its rate alone is
// told by name, and is no failure of the call.
func (c *call) written(n int, err error) error {
	out := written{Count: n, Refused: []string{}}
	var e *kv.Error
	if errors.As(err, &e) && len(e.Keys) > 0 {
		out.Refused, err = e.Keys, nil
		out.Count -= len(e.Keys)
	}
	if err != nil {
		return err
	}
	return c.result(out, nil)
}

// errTooManyKeys refuses a body as soon as it has one key too many. Our words.
var errTooManyKeys = refuse(http.StatusBadRequest, codeInvalid, "at most %d keys may be given at once", kv.MaxBulkPutKeys)

func (s *Server) bulkDelete(c *call) error {
	var keys []string
	var key []byte
	err := c.json(kv.MaxBulkPutBytes, func(in *scanner) error {
		return in.array(func() (err error) {
			if len(keys) == kv.MaxBulkPutKeys {
				return errTooManyKeys
			}
			var length int
			if key, length, err = in.text(key[:0], kv.MaxKeyBytes); err == nil {
				err = checkLength(length)
			}
			keys = append(keys, string(key))
			return err
		})
	})
	if err != nil {
		return err
	}
	store, release, err := s.store(c, "bulk delete", deletes, len(keys))
	if err != nil {
		return err
	}
	defer release()
	if bulk, ok := store.(kv.BulkDeleter); ok {
		return c.written(len(keys), bulk.BulkDelete(c.Context(), keys))
	}
	for _, key := range keys { // a store that fails on purpose has single deletes alone
		if err := store.Delete(c.Context(), key); err != nil {
			return err
		}
	}
	return c.written(len(keys), nil)
}
