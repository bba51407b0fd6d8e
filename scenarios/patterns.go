// Package scenarios holds the patterns, one file each, and the scenarios that come
// with kvbench.
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
		worker(),
	}
}
