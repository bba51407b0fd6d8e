package bench

import (
	"errors"
	"strings"
	"testing"

	"kvbench/kv"
)

// A store that cannot take more than it says refuses a key by the bytes that its user gave
// it, whatever the call is.
func TestLongKeys(t *testing.T) {
	w := &Worker{run: &run{mostKey: kv.MaxKeyBytes}, prefix: "1/"}
	if got := w.longestKey(); got != kv.MaxKeyBytes-2 {
		t.Errorf("a key may have %d bytes", got)
	}
	key := strings.Repeat("k", kv.MaxKeyBytes)
	for name, call := range map[string]func() error{
		"key":  func() error { return w.tooLong("k", key) },
		"list": func() error { return w.list(t.Context(), kv.ListOptions{Prefix: key}, &w.Page) },
		"pairs": func() error {
			_, err := w.pairs([]kv.Pair{{Key: "k"}, {Key: key}})
			return err
		},
	} {
		refused, ok := errors.AsType[*kv.Error](call())
		if !ok || refused.Status != 414 || !strings.HasPrefix(refused.Message, "UTF-8 encoded length of 512 exceeds key length limit of 510.") {
			t.Errorf("%s: %v", name, refused)
		}
	}
	w.run.room = 2
	if err := w.tooLong(key); err != nil {
		t.Errorf("with room for the prefix: %v", err)
	}
}
