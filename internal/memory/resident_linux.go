package memory

import (
	"bytes"
	"os"
	"strconv"
)

// Resident is what a process holds of memory, in bytes; 0 where that is not known.
func Resident(pid int) uint64 {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/statm") // proc(5): the second field, in pages
	if err != nil {
		return 0
	}
	fields := bytes.Fields(text)
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseUint(string(fields[1]), 10, 64)
	if err != nil {
		return 0
	}
	return pages * uint64(os.Getpagesize())
}
