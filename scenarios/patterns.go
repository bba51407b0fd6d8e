// Package scenarios holds the patterns, one file each, and reads the scenario
// files that put them to work.
package scenarios

import "kvbench/internal/bench"

// Patterns returns every pattern. Adding one is a file and a line here.
func Patterns() []*bench.Pattern {
	return []*bench.Pattern{
		multiTier(),
		apiCache(),
		session(),
		coalesce(),
		prefix(),
		versioned(),
		fallback(),
	}
}
