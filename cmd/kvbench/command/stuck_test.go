package command

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"
)

// A run whose script goes from timer to timer without an end is ended, and one whose timers
// end is not.
func TestEndlessTimers(t *testing.T) {
	const yaml = "scenarios:\n  - {name: timers, question: Q?, load: {transactions: 1, rate: 1/s}}\n"
	for timers, want := range map[string]bool{
		"setInterval(() => {}, 1); await new Promise(() => {});":                    true,
		"for (let i = 0; i < 100; i++) await new Promise((r) => setTimeout(r, 1));": false,
	} {
		// A watchdog that is quick looks often enough; a slow machine makes it no quicker to bark.
		ctx := watchScripts(t.Context(), 500*time.Millisecond)
		var printed bytes.Buffer
		dir := project(t, map[string]string{"wrangler.jsonc": plantedWrangler, "src/bad.ts": workerOf(timers), "kvbench.yaml": yaml})
		status := execute(ctx, []string{"run", dir, "--out", t.TempDir() + "/out", "--quiet", "--format", "json"}, &printed, &printed)
		stuck, _ := context.Cause(ctx).(*stuckError)
		switch {
		case want && (stuck == nil || !strings.Contains(stuck.Error(), "no invocation has ended")):
			t.Errorf("exit %d, %v: %s", status, stuck, &printed)
		case !want && status != exitOK:
			t.Errorf("exit %d: %s", status, &printed)
		}
	}
}
