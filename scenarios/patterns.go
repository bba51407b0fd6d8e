// Package scenarios holds the patterns, one file each, and the scenarios that come
// with kvbench.
package scenarios

import (
	"kvbench/internal/bench"
	"kvbench/internal/isolate"
)

// Patterns returns every pattern. Adding one is a file and a line here.
func Patterns() []*bench.Pattern { return PatternsWatched(nil) }

// Made is told of an isolate before it loads its script, and whose it is: SCENARIO/VARIANT.
type Made func(name string, i *isolate.Isolate)

// PatternsWatched is Patterns, of which one is told of each isolate that is made; nil: nobody
// is.
func PatternsWatched(made Made) []*bench.Pattern {
	return []*bench.Pattern{
		multiTier(),
		apiCache(),
		session(),
		coalesce(),
		prefix(),
		versioned(),
		fallback(),
		worker(made),
	}
}
