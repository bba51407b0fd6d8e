package compare

import (
	"errors"
	"fmt"
	"strings"

	"kvbench/internal/runfile"
)

// Options are the settings of a comparison.
type Options struct {
	// Smallest is the smallest difference that matters, as a share of the figure
	// in base: 0.03 is 3 %. What is counted in virtual time has none: there any
	// difference is real.
	Smallest float64
	// Alpha is the chance that a build compared with itself shows any difference
	// at all, in either direction, in the whole comparison.
	Alpha float64
	// Interleaved says that the runs took turns, so that what the machine did
	// meanwhile met both alike.
	Interleaved bool
}

// The defaults of Options.
const (
	DefaultSmallest = 0.03
	// DefaultAlpha leaves a chance of 1 % that any figure is called worse by
	// mistake.
	DefaultAlpha = 0.02
)

// Comparison is what changed from one run to another.
type Comparison struct {
	Base        string  `json:"base"` // the runs' folders
	Head        string  `json:"head"`
	Gate        string  `json:"gate"` // pass or fail
	Smallest    float64 `json:"smallest"`
	Alpha       float64 `json:"alpha"`
	Correction  string  `json:"correction"` // for the number of tests: holm
	Tests       int     `json:"tests"`      // how many there were
	Interleaved bool    `json:"interleaved"`
	// Failed names what the gate fails on, with its numbers.
	Failed []string `json:"failed"`
	// Differences says where the runs are not of the same definition.
	Differences []string `json:"differences"`
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
func Compare(base, head *runfile.Run, o Options) (*Comparison, error) {
	c := &Comparison{
		Base: base.Dir(), Head: head.Dir(), Smallest: o.Smallest, Alpha: o.Alpha, Correction: "holm",
		Interleaved: o.Interleaved,
		Failed:      []string{}, Differences: []string{}, Only: []string{}, Warnings: []string{}, Deltas: []Delta{},
	}
	c.Differences = append(c.Differences, headerDifferences(&base.Header, &head.Header)...)
	pairs, err := c.match(base, head)
	if err != nil {
		return nil, err
	}
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
	c.warn(base, head, pairs)
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

// judge corrects the p-values for their number and gives every delta its verdict.
//
// Holm's method and not Benjamini and Hochberg's: a gate has to be right as a
// whole. Theirs would let a share of what is called worse be chance, whenever
// anything is called worse; Holm's bounds the chance of a single false alarm, and
// asks nothing of how the figures depend on each other, which they do.
func (c *Comparison) judge(o Options) {
	var tested []int
	var ps []float64
	for i := range c.Deltas {
		if c.Deltas[i].tested {
			tested, ps = append(tested, i), append(ps, c.Deltas[i].RawP)
		}
	}
	c.Tests = len(ps)
	for n, p := range holm(ps) {
		c.Deltas[tested[n]].P = p
	}
	type key struct{ scenario, variant, series, statistic string }
	judged := map[key]*Delta{}
	for i := range c.Deltas {
		d := &c.Deltas[i]
		d.judge(o, c.Tests)
		judged[key{d.Scenario, d.Variant, d.Series, d.Statistic}] = d
		if as := judged[key{d.Scenario, d.Variant, d.SameAs, d.Statistic}]; as != nil {
			d.P, d.Verdict, d.Changed, d.MoreRepeats = as.P, as.Verdict, as.Changed, as.MoreRepeats
		}
	}
}

// warn says what the figures rest on.
func (c *Comparison) warn(base, head *runfile.Run, pairs []pair) {
	for _, side := range []struct {
		name string
		run  *runfile.Run
	}{{"base", base}, {"head", head}} {
		for _, w := range side.run.Warnings {
			c.Warnings = append(c.Warnings, side.name+": "+w)
		}
	}
	var stretches, wall bool
	fewest := 0 // repeats that anything was tested on
	for _, p := range pairs {
		wall = wall || !p.virtual
	}
	for _, d := range c.Deltas {
		stretches = stretches || d.Samples == fromStretches
		if n := min(d.BaseN, d.HeadN); d.tested && d.Samples == fromRepeats && (fewest == 0 || n < fewest) {
			fewest = n
		}
	}
	if least := leastRepeats(c.Alpha, c.Tests); 0 < fewest && fewest < least {
		c.Warnings = append(c.Warnings, fmt.Sprintf("With %d repeats no difference can be told from chance among %d "+
			"tests, however large it is: that takes %d.", fewest, c.Tests, least))
	}
	if stretches {
		c.Warnings = append(c.Warnings, fmt.Sprintf("Where there are fewer than %d repeats, intervals are taken from "+
			"stretches of a run, fewer by their autocorrelation. On the wall clock they don't show how runs differ "+
			"from each other, so that no verdict rests on them.", enoughRepeats))
	}
	if wall && !c.Interleaved {
		c.Warnings = append(c.Warnings, "The runs did not take turns on the wall clock: a machine that became slower "+
			"in between looks like a difference. `kvbench compare --run` runs both in turns.")
	}
}

// gate names what fails: every figure that is worse, and every variant that ran to
// its end in base and not in head, which match has named.
func (c *Comparison) gate() {
	for i := range c.Deltas {
		if d := &c.Deltas[i]; d.Verdict == Worse && d.SameAs == "" {
			c.Failed = append(c.Failed, d.String())
		}
	}
	c.Gate = "pass"
	if len(c.Failed) > 0 {
		c.Gate = "fail"
	}
}

// String names a delta with its numbers.
func (d *Delta) String() string {
	text := fmt.Sprintf("%s/%s: %s", d.Scenario, d.Variant, d.Series)
	if d.Statistic != "mean" {
		text += " " + d.Statistic
	}
	text += fmt.Sprintf(" %s, was %s", d.figure.format(d.Head), d.figure.format(d.Base))
	if d.Ratio == nil {
		return text
	}
	text += fmt.Sprintf(" (%+.3g %%", 100*(*d.Ratio-1))
	switch {
	case d.Samples == fromTotals:
		text += ", exact"
	case d.Low != nil && d.High != nil:
		text += fmt.Sprintf("; %+.3g to %+.3g %%, p=%.2g", 100*(*d.Low-1), 100*(*d.High-1), d.P)
	}
	return text + ")"
}
