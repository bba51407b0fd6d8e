//go:build !unix

package cputime

import "time"

// Process is 0: it can't be had here.
func Process() time.Duration { return 0 }
