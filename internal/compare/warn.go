package compare

import (
	"fmt"
	"slices"

	"kvbench/internal/runfile"
)

// warn says what the figures rest on.
func (c *Comparison) warn(base, head *runfile.Run) {
	for _, side := range []struct {
		name string
		run  *runfile.Run
	}{{"base", base}, {"head", head}} {
		for _, w := range side.run.Warnings {
			c.Warnings = append(c.Warnings, side.name+": "+w)
		}
		if slices.ContainsFunc(side.run.Header.Scenarios, func(d runfile.Definition) bool { return d.Workload == nil }) {
			c.Warnings = append(c.Warnings, fmt.Sprintf("The run file of %s is of format 1, which does not say all of a scenario: "+
				"of definitions only the pattern, the driver, the clock and the load were compared.", side.name))
		}
	}
	for _, f := range c.Families {
		if 0 < f.Fewest && f.Fewest < f.Least {
			c.Warnings = append(c.Warnings, fmt.Sprintf("With %d repeats no difference can be told from chance among %d "+
				"tests, however large it is: that takes %d.", f.Fewest, c.Tests, f.Least))
			break
		}
	}
	if slices.ContainsFunc(c.Deltas, func(d Delta) bool { return d.Samples == Stretches }) {
		c.Warnings = append(c.Warnings, fmt.Sprintf("Where there are fewer than %d repeats, intervals are taken from "+
			"stretches of a run, fewer by their autocorrelation. On the wall clock they don't show how runs differ "+
			"from each other, so that no verdict rests on them.", enoughRepeats))
	}
	wall := func(run *runfile.Run) bool {
		return slices.ContainsFunc(run.Header.Scenarios, func(d runfile.Definition) bool { return d.Clock != "virtual" })
	}
	if (wall(base) || wall(head)) && !c.Interleaved {
		c.Warnings = append(c.Warnings, "The runs did not take turns on the wall clock: a machine that became slower "+
			"in between looks like a difference. `kvbench compare --run` runs both in turns.")
	}
}
