package emulator

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"kvbench/kv"

	"github.com/google/go-cmp/cmp"
)

// pairsOf reads the pairs of a body by the scanner. clean: nothing of it was
// ignored.
func pairsOf(s *scanner) (pairs []kv.Pair, clean bool, err error) {
	var p pair
	clean = true
	err = s.array(func() error {
		if err := p.read(s, func(string, string) { clean = false }); err != nil {
			return err
		}
		next, err := p.decode(len(pairs))
		pairs = append(pairs, next)
		return err
	})
	if err == nil {
		err = s.end()
	}
	return pairs, clean, err
}

// FuzzPairs holds the scanner against encoding/json: what it takes, that takes too,
// with the same result; what is no JSON, it refuses; and how the bytes come makes no
// difference.
func FuzzPairs(f *testing.F) {
	for _, text := range []string{
		`[]`, ` [ ] `, `[{}]`, `[{"key":"k","value":"v"}]`, `[{"key":"k","value":"v"},]`, `[,]`, `{}`, `[{"key":"k" "value":"v"}]`,
		`[{"key":"\u00e9\ud83d\ude00\ud83d\\\n","value":"\b\f\r\t\/\"","base64":false,"metadata":{"a":[1,2.5e-3,null,true,"x"]}}]`,
		`[{"key":"k","value":"dg==","base64":true,"expiration":10000000000,"expiration_ttl":60}]`,
		`[{"key":"k","value":"\ud800\ud800\udc00","metadata":" \u2028"}]`, `[{"key":null,"value":null,"metadata":null,"expiration":null}]`,
		`[{"key":"k","value":"v","x":{"y":[[[]]]},"expiration":01}]`, `[{"key":"k","value":"v"}] []`, `[{"key":"k","value":"v","key":"l"}]`,
		"[{\"key\":\"k\",\"value\":\"\xff\"}]", "[{\"key\":\"k\",\"value\":\"\x01\"}]", `[{"key":"\x","value":""}]`, `[{"key":"\u12g4","value":""}]`, `[tru`, `[1,-,+1]`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, clean, err := pairsOf(newScanner(bytes.NewReader(data)))
		slow, _, slowErr := pairsOf(newScanner(iotest.OneByteReader(bytes.NewReader(data))))
		if diff := cmp.Diff(got, slow); diff != "" || (err == nil) != (slowErr == nil) {
			t.Errorf("byte by byte: %v, %v\n%s", err, slowErr, diff)
		}
		if err != nil {
			return
		}
		if !json.Valid(data) {
			t.Fatalf("this is no JSON: %q", data)
		}
		var want []struct {
			Key, Value string
			Base64     bool
			Metadata   json.RawMessage
			TTL        float64 `json:"expiration_ttl"`
			Expiration float64
		}
		if !clean || !utf8.Valid(data) {
			return // encoding/json takes a field by its name in another case
		}
		if err := json.Unmarshal(data, &want); err != nil {
			t.Fatalf("%v: %q", err, data)
		}
		if len(want) != len(got) {
			t.Fatalf("%d pairs, not %d", len(got), len(want))
		}
		for i, w := range want {
			g := got[i]
			if g.Key != w.Key || !w.Base64 && string(g.Value) != w.Value || g.Options.TTL.Seconds() != w.TTL || float64(g.Options.Expiration) != w.Expiration {
				t.Errorf("%d: got %+v, want %+v", i, g, w)
			}
			if string(g.Options.Metadata) != strings.TrimSpace(string(w.Metadata)) && !(g.Options.Metadata == nil && string(w.Metadata) == "null") {
				t.Errorf("%d: metadata %q, want %q", i, g.Options.Metadata, w.Metadata)
			}
		}
	})
}

// An array in an array in an array is read as deep as a program could mean it.
func TestDepth(t *testing.T) {
	for depth, ok := range map[int]bool{maxDepth: true, maxDepth + 1: false} {
		s := newScanner(strings.NewReader(strings.Repeat("[", depth) + strings.Repeat("]", depth)))
		_, _, err := s.document(nil, 10)
		if (err == nil) != ok {
			t.Errorf("%d deep: %v", depth, err)
		}
	}
}
