package command

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// totalMemory is what this process may have at most: the machine's memory, or less where
// its control group sets a limit; 0 where it is not known.
func totalMemory() uint64 {
	var info syscall.Sysinfo_t
	if err := syscall.Sysinfo(&info); err != nil {
		return 0
	}
	total := uint64(info.Totalram) * uint64(info.Unit)
	for _, file := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		if most, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64); err == nil && most > 0 {
			total = min(total, most)
		}
	}
	return total
}
