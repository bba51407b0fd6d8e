package scenariofile

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"kvbench/internal/bench"
	"kvbench/internal/expect"
	"kvbench/internal/suggest"
)

// Select returns the file with only those variants that match one of the
// globs, in path.Match's syntax: of the scenario's name, or of SCENARIO/VARIANT.
// No glob selects all. A glob that matches nothing is an error. Expectations of
// variants that are left out are left out with them.
func (f *File) Select(globs ...string) (*File, error) {
	if len(globs) == 0 {
		return f, nil
	}
	some := *f
	some.Scenarios = nil
	matched := make([]bool, len(globs))
	for _, s := range f.Scenarios {
		var run []bench.Variant
		for _, v := range s.Variants {
			chosen := false
			for i, glob := range globs {
				name := s.Name
				if strings.Contains(glob, "/") {
					name += "/" + v.Name
				}
				ok, err := path.Match(glob, name)
				if err != nil {
					return nil, fmt.Errorf("%q is not a glob: %w", glob, err)
				}
				matched[i] = matched[i] || ok
				chosen = chosen || ok
			}
			if chosen {
				run = append(run, v)
			}
		}
		if run != nil {
			some.Scenarios = append(some.Scenarios, only(s, run))
		}
	}
	if i := slices.Index(matched, false); i >= 0 {
		return nil, fmt.Errorf("no scenario matches %q; %s", globs[i], f.suggest(globs[i]))
	}
	return &some, nil
}

// only returns the scenario with only some of its variants.
func only(s bench.Scenario, run []bench.Variant) bench.Scenario {
	s.Variants = run
	names := namesOf(s)
	s.Expect = slices.DeleteFunc(slices.Clone(s.Expect), func(text string) bool {
		_, err := expect.Parse(text, names) // it was right before, so only its variant is missing
		return err != nil
	})
	return s
}

// suggest says what a glob that matches nothing may have meant.
func (f *File) suggest(glob string) string {
	var known []string
	for _, s := range f.Scenarios {
		known = append(known, s.Name)
		if strings.Contains(glob, "/") {
			for _, v := range s.Variants {
				known = append(known, s.Name+"/"+v.Name)
			}
		}
	}
	return suggest.Mean(glob, "the scenarios are", known)
}
