package emulator

import (
	"bytes"
	"encoding/base64"
	"errors"
	"net/http"
	"slices"

	"kvbench/kv"
)

// maxText is the longest text of a value that is kept: the longest value in base64,
// with line ends and some to spare.
const maxText = kv.MaxValueBytes * 3 / 2

// pair is one write of a bulk write, as it is read. Its memory is used for all.
type pair struct {
	key             []byte
	keyLength       int
	value           []byte
	valueLength     int
	metadata        []byte
	metadataLength  int
	base64          bool
	expiration, ttl string  // numbers
	given           [6]bool // by the index of a field among pairFields
}

var pairFields = [...]string{"key", "value", "metadata", "base64", "expiration", "expiration_ttl"} // nothing of it changes

// read reads the pair that comes next. A value that is too long is not kept. ignore is
// told what has no effect.
func (p *pair) read(s *scanner, ignore func(format, name string)) error {
	*p = pair{key: p.key[:0], value: p.value[:0], metadata: p.metadata[:0]}
	return s.object(func(name string) (err error) {
		if null, err := s.null(); null || err != nil {
			return err
		}
		if i := slices.Index(pairFields[:], name); i >= 0 {
			if p.given[i] {
				ignore("field %q is given more than once: the last counts", name)
			}
			p.given[i] = true
		}
		switch name {
		case "key":
			p.key, p.keyLength, err = s.text(p.key[:0], kv.MaxKeyBytes)
		case "value":
			p.value, p.valueLength, err = s.text(p.value[:0], maxText)
		case "metadata":
			p.metadata, p.metadataLength, err = s.document(p.metadata[:0], kv.MaxMetadataBytes)
		case "base64":
			p.base64, err = s.boolean()
		case "expiration":
			p.expiration, err = s.literal()
		case "expiration_ttl":
			p.ttl, err = s.literal()
		default:
			ignore("field %q is not known and was ignored", name)
			err = s.skip()
		}
		return err
	})
}

// decode returns the write that a pair asks for, the one of index i of a body.
func (p *pair) decode(i int) (out kv.Pair, err error) {
	defer func() {
		var e *kv.Error
		if errors.As(err, &e) {
			err = refuse(e.Status, e.Code, "pair %d: %s", i, e.Message)
		}
	}()
	bad := func(what string) (kv.Pair, error) { // our words
		return kv.Pair{}, refuse(http.StatusBadRequest, codeBody, "%s", what)
	}
	switch {
	case !p.given[0]:
		return bad("it has no key")
	case !p.given[1]:
		return bad("it has no value")
	case p.keyLength > kv.MaxKeyBytes:
		return out, checkLength(p.keyLength)
	case p.metadataLength > kv.MaxMetadataBytes:
		return out, errTooLarge("Metadata", int64(p.metadataLength), kv.MaxMetadataBytes)
	}
	if out.Options, err = lifetime(p.expiration, p.ttl); err != nil {
		return out, err
	}
	length := p.valueLength
	if p.base64 && length <= maxText {
		out.Value = make([]byte, base64.StdEncoding.DecodedLen(length))
		if length, err = base64.StdEncoding.Decode(out.Value, p.value); err != nil {
			return bad("it is not base64: " + err.Error())
		}
		out.Value = out.Value[:length]
	}
	if length > kv.MaxValueBytes {
		return out, errTooLarge("Value", int64(length), kv.MaxValueBytes)
	}
	if !p.base64 {
		out.Value = bytes.Clone(p.value)
	}
	out.Key, out.Options.Metadata = string(p.key), bytes.Clone(p.metadata)
	return out, nil
}
