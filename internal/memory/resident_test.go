package memory_test

import (
	"os"
	"runtime"
	"testing"

	"kvbench/internal/memory"
)

func TestResident(t *testing.T) {
	if got := memory.Resident(-1); got != 0 {
		t.Errorf("a process that is not holds %d bytes", got)
	}
	if runtime.GOOS != "linux" {
		t.Skip("it is not known here")
	}
	const more = 64 << 20
	before := memory.Resident(os.Getpid())
	held := make([]byte, more)
	for i := 0; i < more; i += 4096 {
		held[i] = 1
	}
	if grown := int64(memory.Resident(os.Getpid())) - int64(before); grown < more/2 {
		t.Errorf("with %d bytes more it holds %d more", more, grown)
	}
	runtime.KeepAlive(held)
}
