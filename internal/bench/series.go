package bench

import (
	"fmt"
	"slices"

	"kvbench/internal/record"
)

// Series is what a pattern observes beside the calls of the store: an *Anomaly, a
// *Gauge or a *Call. It is declared once, as a variable of the pattern's file that
// nothing writes to, listed in Pattern.Observes, and observed by that variable.
type Series interface {
	// Record is the series as a run file declares it.
	Record() record.Series
	// Class is "anomaly", "gauge" or "call".
	Class() string
}

// Anomaly is something that went wrong: how often, and how badly each time.
type Anomaly struct {
	Name string
	Unit string // of how bad it was: "ns" or "count"
	Of   string // what could have gone wrong so: the name of a series or an outcome
	Says string // what a variant does that has it, as record.Series.Says
	Role record.Role
	Doc  string // what one is, and what its size is
}

// Gauge is a size that is neither right nor wrong.
type Gauge struct {
	Name string
	Unit string // "ns", "count", "bytes" or "percent"
	Each string // what it has one value for each of, in the plural, where its name does not say so
	Role record.Role
	Doc  string // what one value is
}

// Call is something that takes time beside the calls of the store, such as a fetch
// from an origin, in nanoseconds.
type Call struct {
	Name string
	Each string // what it has one value for each of, as of Gauge
	Doc  string // what one is
}

// Record implements Series.
func (a *Anomaly) Record() record.Series {
	return record.Series{Name: a.Name, Unit: a.Unit, Of: a.Of, Says: a.Says, Role: a.Role, Doc: a.Doc, Mark: true}
}

// Record implements Series.
func (g *Gauge) Record() record.Series {
	return record.Series{Name: g.Name, Unit: g.Unit, Each: g.Each, Role: g.Role, Doc: g.Doc, Mark: true}
}

// Record implements Series.
func (c *Call) Record() record.Series {
	return record.Series{Name: c.Name, Unit: "ns", Each: c.Each, Doc: c.Doc}
}

// Class implements Series.
func (*Anomaly) Class() string { return "anomaly" }

// Class implements Series.
func (*Gauge) Class() string { return "gauge" }

// Class implements Series.
func (*Call) Class() string { return "call" }

// index is where the recorder keeps a series of the pattern. A pattern has few, so
// looking along them costs less than a map would, and a series can serve several
// patterns. To observe what the pattern does not list is a mistake in its code.
func (p *Pattern) index(s Series) int {
	i := slices.Index(p.Observes, s)
	if i < 0 {
		panic(fmt.Sprintf("pattern %s does not list the %s %s", p.Name, s.Class(), s.Record().Name))
	}
	return record.FirstMark + i
}

// outcome is where the recorder counts an outcome of the pattern.
func (p *Pattern) outcome(o Outcome) int {
	i := slices.Index(p.Outcomes, o)
	if i < 0 {
		panic(fmt.Sprintf("pattern %s does not list the outcome %q", p.Name, o))
	}
	return i
}
