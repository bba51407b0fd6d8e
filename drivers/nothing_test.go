package drivers_test

import (
	"net/url"
	"strings"
	"testing"

	"kvbench/drivers"
	"kvbench/kv"
)

// A driver that gives neither a store nor an error is said to.
func TestOpensNothing(t *testing.T) {
	table := []kv.Driver{{
		Scheme: "nothing", Options: func() []kv.Setting { return nil },
		Open: func(*url.URL, kv.Env) (kv.Store, error) { return nil, nil },
	}}
	store, err := drivers.OpenWith(table, "nothing://", drivers.Env{})
	if store != nil || err == nil || !strings.Contains(err.Error(), "driver nothing: it opened no store") {
		t.Errorf("%v, %v", store, err)
	}
}
