package cputime

import (
	"runtime"
	"testing"
)

// What is computed takes processor time, which never runs backwards.
func TestProcess(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "plan9" || runtime.GOOS == "js" {
		t.Skip("it can't be had here")
	}
	before := Process()
	for spun := 0; Process() == before; spun++ {
		if spun == 10_000_000 {
			t.Fatalf("still %v", before)
		}
	}
	if after := Process(); after <= before {
		t.Errorf("%v after %v", after, before)
	}
}
