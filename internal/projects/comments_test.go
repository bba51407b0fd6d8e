package projects

import (
	"testing"

	"kvbench/internal/detect"

	"github.com/google/go-cmp/cmp"
)

// A comment names kinds, and may say why.
func TestKindsIn(t *testing.T) {
	for comment, want := range map[string][]detect.Kind{
		"": nil, " because": nil, "-me clobbered-write": nil,
		" clobbered-write, stale-get":                            {detect.ClobberedWrite, detect.StaleGet},
		" unawaited-write: not as bad as clobbered-write":        {detect.UnawaitedWrite},
		" expiry-dropped metadata-dropped */\r":                  {detect.ExpiryDropped, detect.MetadataDropped},
		"\tclobbered-write the session is one client's (#12) */": {detect.ClobberedWrite},
	} {
		if diff := cmp.Diff(want, kindsIn(comment)); diff != "" {
			t.Errorf("%q: %s", comment, diff)
		}
	}
}
