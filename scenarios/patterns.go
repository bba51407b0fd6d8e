// Package scenarios holds the patterns, one file each, and the scenarios that come
// with kvbench.
package scenarios

import (
	"kvbench/internal/bench"
	"kvbench/internal/isolate"
	"kvbench/internal/projects"
)

// Patterns returns every pattern. Adding one is a file and a line here.
func Patterns() []*bench.Pattern { return PatternsWith(Options{}) }

// Made is told of an isolate before it loads its script, and whose it is: SCENARIO/VARIANT.
type Made func(name string, i *isolate.Isolate)

// Logged is told of a line that a Worker has logged, and whose it is: SCENARIO/VARIANT. It may
// be called by many tasks at once.
type Logged func(name, line string)

// Options are what the pattern of Workers can do.
type Options struct {
	// Made is told of each isolate that is made in this process; nil: nobody is.
	Made Made
	// Logged is told of what Workers log; nil: nobody is.
	Logged Logged
	// Workerd is the real runtime, as workerd.Find returns it: what runs on the wall clock
	// runs there. What runs in virtual time, such as a trial, does not. Empty: nothing does.
	Workerd string
	// Projects are where scripts and what belongs to them are read from; nil: the files of this
	// machine.
	Projects projects.Source
}

func (o Options) source() projects.Source {
	if o.Projects == nil {
		return projects.Disk{}
	}
	return o.Projects
}

// PatternsWith is Patterns with options.
func PatternsWith(o Options) []*bench.Pattern {
	return []*bench.Pattern{
		multiTier(),
		apiCache(),
		session(),
		coalesce(),
		prefix(),
		versioned(),
		fallback(),
		worker(o),
	}
}
