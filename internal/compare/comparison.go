// Package compare says what changed from one run to another.
package compare

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"kvbench/internal/result"
)

// Options are the settings of a comparison.
type Options struct {
	// MinEffect is the smallest difference that matters, as a share of the figure
	// in base: 0.03 is 3 %. What is counted in virtual time has none: there any
	// difference is real.
	MinEffect float64
	// Alpha is the chance that a build compared with itself shows any difference
	// at all, in either direction, in the whole comparison.
	Alpha float64
	// Interleaved says that the runs took turns, repeat by repeat, so that what the
	// machine did meanwhile met both alike.
	Interleaved bool
}

// The defaults of Options.
const (
	DefaultMinEffect = 0.03
	// DefaultAlpha leaves a chance of 1 % that any figure is called worse by
	// mistake.
	DefaultAlpha = 0.02
)

// Version is that of the JSON of a Comparison.
const Version = 2

// Comparison is what changed from one run to another.
type Comparison struct {
	Version   int     `json:"version" jsonschema:"enum=2"` // of this format
	Base      string  `json:"base"`                        // the runs' folders
	Head      string  `json:"head"`
	Gate      string  `json:"gate"` // pass or fail
	MinEffect float64 `json:"min_effect"`
	Alpha     float64 `json:"alpha"`
	Tests     int     `json:"tests"` // how many there were
	// Families are the families of figures that alpha is shared by, each corrected for
	// the number of its tests.
	Families    []Family `json:"families"`
	Interleaved bool     `json:"interleaved"`
	// Choices are the scenarios of which another variant is chosen now.
	Choices []ChoiceChange `json:"choices"`
	// Failed names what the gate fails on, with its numbers: what did not run to its end,
	// then what is worse, heaviest first.
	Failed []string `json:"failed"`
	// Differences are where the runs are not of the same definition.
	Differences []Difference `json:"differences"`
	// Redefined are the scenarios whose definition differs in what bears on their
	// figures, so that what changed in them need not be the doing of what was tested.
	Redefined []string `json:"redefined"`
	// Only says what is in one of the runs alone.
	Only []string `json:"only"`
	// Warnings are what else a reader has to know, in full sentences.
	Warnings []string `json:"warnings"`
	Deltas   []Delta  `json:"deltas"`
}

// ErrNothing says that two runs have nothing that can be compared.
var ErrNothing = errors.New("nothing to compare: no variant ran to its end in both runs")

// Compare compares two runs: every figure of every variant that is in both. An
// error means that a run contradicts itself, or is ErrNothing.
func Compare(base, head *result.Set, o Options) (*Comparison, error) {
	c := &Comparison{
		Version: Version, Base: base.Run.Dir(), Head: head.Run.Dir(), MinEffect: o.MinEffect, Alpha: o.Alpha,
		Interleaved: o.Interleaved, Families: []Family{}, Choices: []ChoiceChange{}, Redefined: []string{},
		Failed: []string{}, Differences: []Difference{}, Only: []string{}, Warnings: []string{}, Deltas: []Delta{},
	}
	c.Differences = append(c.Differences, headerDifferences(&base.Run.Header, &head.Run.Header)...)
	if base.Run.Header.Whole() && !head.Run.Header.Whole() {
		c.Failed = append(c.Failed, "head lacks shards of the run, and base does not")
	}
	pairs := c.match(base, head)
	for i := range pairs {
		deltas, err := pairs[i].deltas()
		if err != nil {
			return nil, err
		}
		c.Deltas = append(c.Deltas, deltas...)
		c.Only = append(c.Only, pairs[i].only...)
	}
	if len(c.Deltas) == 0 {
		return nil, nothing(c)
	}
	c.judge(o)
	if err := c.searches(base, head); err != nil {
		return nil, err
	}
	c.choices(base, head)
	c.warn(base.Run, head.Run)
	c.gate()
	return c, nil
}

// nothing is ErrNothing with what is known of why.
func nothing(c *Comparison) error {
	why := append(c.Failed, c.Only...)
	if why == nil {
		return ErrNothing
	}
	return fmt.Errorf("%w\n  %s", ErrNothing, strings.Join(why, "\n  "))
}

// gate names what fails: every figure that is worse, besides what is named already: a head that
// lacks shards, and every variant that ran to its end in base and not in head.
func (c *Comparison) gate() {
	var worse []*Delta
	for i := range c.Deltas {
		if d := &c.Deltas[i]; d.Verdict == Worse && d.SameAs == "" {
			worse = append(worse, d)
		}
	}
	slices.SortStableFunc(worse, Heavier)
	for _, d := range worse {
		c.Failed = append(c.Failed, d.String())
	}
	c.Gate = "pass"
	if len(c.Failed) > 0 {
		c.Gate = "fail"
	}
}

// Family is a family of figures that are tested together.
type Family struct {
	Test       Test   `json:"test"`       // signs or rank-sum
	Correction string `json:"correction"` // for the number of its tests: westfall-young or holm
	Tests      int    `json:"tests"`
	// Leading says that it is of the medians of responses and calls alone.
	Leading bool `json:"leading"`
	// Fewest is the fewest repeats that anything in it was tested on, Least how many it
	// takes to tell any difference from chance, however large it is.
	Fewest int `json:"fewest_repeats"`
	Least  int `json:"least_repeats"`
}

// ChoiceChange is a scenario of which another variant is chosen now, or one that keeps
// the promise where none did.
type ChoiceChange struct {
	Scenario string `json:"scenario"`
	Base     Choice `json:"base"`
	Head     Choice `json:"head"`
	// Redefined says that the scenario, or what it is chosen by, is another.
	Redefined bool `json:"redefined"`
}
