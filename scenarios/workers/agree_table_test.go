package workers

import (
	_ "embed"
	"fmt"
	"math"
	"strings"

	"kvbench/internal/agree"

	"gonum.org/v1/gonum/stat"
)

// row is a figure of a pair, of each seed.
type row struct {
	pair, name      string
	pattern, script []float64
}

// table is what all pairs gave.
type table struct {
	effort
	rows []row   // those that one side at least has
	t    float64 // how many standard errors chance may make
}

// newTable tells what is there from what is not, and how much chance may do: Student's t
// over the seeds' differences, at 99 % corrected by Bonferroni for the number of rows.
func newTable(e effort, pairs [][]row) *table {
	t := &table{effort: e}
	for _, rows := range pairs {
		for _, r := range rows {
			if !r.none() {
				t.rows = append(t.rows, r)
			}
		}
	}
	t.t = agree.T(e.seeds-1, len(t.rows))
	return t
}

// none reports whether nothing was ever counted.
func (r *row) none() bool {
	for i := range r.pattern {
		if r.pattern[i] != 0 || r.script[i] != 0 {
			return false
		}
	}
	return true
}

// difference is by how much the script has more than the pattern, on average over the
// seeds, and its standard error. A seed gives both sides the same arrivals, so that they
// are compared pair by pair.
func (r *row) difference() (mean, err float64) { return agree.Paired(r.pattern, r.script) }

// agrees reports whether the difference is no more than chance makes.
func (r *row) agrees(t float64) bool {
	mean, err := r.difference()
	return agree.Within(mean, err, t, stat.Mean(r.pattern, nil))
}

// head are the columns that say what a row is.
func (r *row) head() string { return "| " + r.pair + " | " + r.name + " |" }

// differs is what the table says of a figure that does not agree.
const differs = "**differs**"

// cells are the columns after the first.
func (r *row) cells(t float64) string {
	mean, err := r.difference()
	verdict := "agree"
	switch {
	case mean == 0 && err == 0:
		verdict = "equal"
	case !r.agrees(t):
		verdict = differs
	}
	return fmt.Sprintf("%s | %s | %s | %s | ± %s | %s",
		r.name, figure(stat.Mean(r.pattern, nil)), figure(stat.Mean(r.script, nil)), signed(mean), figure(t*err), verdict)
}

// figure is a number with three places, or as many as tell it from 0.
func figure(v float64) string {
	if v != 0 && math.Abs(v) < 0.01 {
		return fmt.Sprintf("%.2g", v)
	}
	return fmt.Sprintf("%.3f", v)
}

func signed(v float64) string {
	if v > 0 {
		return "+" + figure(v)
	}
	return figure(v)
}

// markdown is the page of the documentation.
func (t *table) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, head, t.seeds, t.t, len(t.rows))
	b.WriteString("\n| Go and TypeScript | figure | Go | TypeScript | difference | sampling error | |\n|---|---|---:|---:|---:|---:|---|\n")
	for i := range t.rows {
		fmt.Fprintf(&b, "| %s | %s |\n", t.rows[i].pair, t.rows[i].cells(t.t))
	}
	var looked []string
	for _, m := range (&pair{}).matches() {
		looked = append(looked, m.name)
	}
	fmt.Fprintf(&b, "\nEach pair was looked at for: %s. What has no line did not happen, on either side.\n", strings.Join(looked, ", "))
	b.WriteString("\n" + tail)
	return b.String()
}

//go:embed testdata/agree_head.md
var head string

//go:embed testdata/agree_tail.md
var tail string
