//go:build unix

package workerd_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"kvbench/internal/cputime"
)

// spent is the processor time of this process and of all that it has started, directly and
// not, which still run. Where there is no /proc it is that of this process alone.
func spent() time.Duration {
	type process struct {
		parent int
		took   time.Duration
	}
	const tick = 10 * time.Millisecond // of Linux, as /proc counts
	all := map[int]process{}
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		var pid, parent, skipped, user, system int
		var state string
		_, _ = fmt.Sscan(string(text), &pid)
		rest := text[bytes.LastIndexByte(text, ')')+1:]
		fields := []any{&state, &parent}
		for range 9 {
			fields = append(fields, &skipped)
		}
		if _, err := fmt.Sscan(string(rest), append(fields, &user, &system)...); err == nil {
			all[pid] = process{parent, time.Duration(user+system) * tick}
		}
	}
	took := cputime.Process()
	for pid, p := range all {
		of := p.parent
		for range len(all) {
			if of == os.Getpid() {
				took += all[pid].took
				break
			}
			of = all[of].parent
		}
	}
	return took
}
