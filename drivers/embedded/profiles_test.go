package embedded

import (
	"testing"
	"time"

	"kvbench/internal/quantile"
)

// Every table reaches from p0 to p100, so that nothing is drawn that it does
// not say.
func TestProfilesAreWhole(t *testing.T) {
	all := map[string]quantile.Dist{"propagation": classicLag(time.Minute), "instant": instantLag(time.Second)}
	for _, p := range profiles() {
		all[p.name+" hot"], all[p.name+" cold"] = p.hot.spread, p.cold.spread
		all[p.name+" list"], all[p.name+" put"] = p.list.spread, p.put.spread
	}
	for name, d := range all {
		if len(d) > 0 && (d[0].Share != 0 || d[len(d)-1].Share != 1e9) {
			t.Errorf("%s does not reach from p0 to p100: %v", name, d)
		}
	}
}
