package expect

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kvbench/internal/metric"
	"kvbench/internal/record"
	"kvbench/internal/runfile"
	"kvbench/internal/suggest"
	"kvbench/internal/units"
)

// Error says what is wrong with an expectation, and where.
type Error struct {
	Offset  int // in bytes, from the start of the expectation
	Message string
	Hint    string // what would be right; may be empty
}

func (e *Error) Error() string {
	if e.Hint == "" {
		return e.Message
	}
	return e.Message + "; " + e.Hint
}

// Parse reads an expectation of a scenario that has these names. Its error is an *Error.
func Parse(text string, names Names) (Expect, error) {
	at := strings.IndexAny(text, "<>=!")
	if at < 0 {
		return Expect{}, &Error{len(text), "there is no comparison", "write it like seed.response.p99 < 250ms"}
	}
	e := Expect{Text: text}
	rest := text[at:]
	for _, op := range operators {
		if strings.HasPrefix(rest, op) {
			e.Op = op
			break
		}
	}
	value := strings.TrimLeft(rest[len(e.Op):], " \t")
	from := len(text) - len(value)
	if e.Op == "" || strings.ContainsAny(value, "<>=!") {
		return e, &Error{at, "this is not a comparison", "the comparisons are <= < >= > == !="}
	}
	value = strings.TrimRight(value, " \t")
	p := newParser(text[:at], names)
	var err error
	if e.Variant, err = p.variant(); err != nil {
		return e, err
	}
	if e.Figure, err = p.figure(); err != nil {
		return e, err
	}
	if value == "" {
		return e, &Error{len(text), "there is no value to compare with", ""}
	}
	if !p.named && e.Figure.Of != "" && strings.HasSuffix(value, "%") {
		e.Figure.Stat = metric.Part
	}
	v, err := parseValue(e.Figure.Kind(), value)
	if err != nil {
		bad := &Error{Offset: from, Message: err.Error()}
		var unit *units.Error
		if errors.As(err, &unit) {
			bad.Message, bad.Hint = unit.Message(), unit.Hint
		}
		if !p.named && e.Figure.Series >= 0 && e.Figure.Stat == metric.N {
			bad = &Error{at, "without a statistic " + e.Figure.ID + " is how often it was taken", "name one, such as " + e.Figure.ID + ".p99 " + e.Op + " " + value}
		}
		return e, bad
	}
	e.Value, e.Want = v, e.Op+" "+value
	return e, nil
}

// ParseClause reads a clause of a promise: an expectation without a variant. Its error is an
// *Error.
func ParseClause(text string, names Names) (Expect, error) {
	e, err := Parse(text, names)
	if err != nil {
		bad := err.(*Error)
		if e.Op == "" {
			bad.Hint = "write it like response.p99 < 250ms"
		}
		return e, bad
	}
	if e.Variant != "*" || text[0] == '*' {
		return e, &Error{Message: "a promise holds for each variant", Hint: "leave the variant out"}
	}
	return e, nil
}

// ParseFigure reads the METRIC of an expectation alone: response.p99. Its error is an
// *Error.
func ParseFigure(text string, names Names) (metric.Figure, error) {
	return newParser(text, names).figure()
}

// parseValue reads a value of a unit. It has to have its unit unless it is 0; dollars
// are written with or without their sign.
func parseValue(unit metric.Unit, s string) (float64, error) {
	if s == "0" {
		return 0, nil
	}
	switch unit {
	case metric.Time:
		d, err := units.ParseDuration(s)
		return float64(d), err
	case metric.Size:
		n, err := units.ParseSize(s)
		return float64(n), err
	case metric.Percent:
		v, err := units.ParseShare(s)
		return v * 100, err
	case metric.Share:
		return units.ParseShare(s)
	case metric.Money:
		return units.ParseUSD(s)
	case metric.PerSecond:
		count, per, err := units.ParseRate(s)
		if err != nil {
			return 0, err
		}
		return float64(count) / per.Seconds(), nil
	}
	return units.ParseNumber(s)
}

// parser reads the left side of a comparison, segment by segment.
type parser struct {
	names    Names
	segments []string // those that have not been read
	offset   int      // of the first of them, in bytes
	named    bool     // a statistic was
}

func newParser(text string, names Names) *parser {
	left := strings.TrimLeft(text, " \t")
	return &parser{names: names, offset: len(text) - len(left), segments: strings.Split(strings.TrimRight(left, " \t"), ".")}
}

// next returns the segment that is to be read, "" at the end.
func (p *parser) next() string {
	if len(p.segments) == 0 {
		return ""
	}
	return p.segments[0]
}

// skip goes on to the next segment.
func (p *parser) skip() {
	p.offset += len(p.segments[0]) + len(".")
	p.segments = p.segments[1:]
}

func (p *parser) fail(hint, format string, args ...any) error {
	return &Error{p.offset, fmt.Sprintf(format, args...), hint}
}

// variant reads the variant, if there is one.
func (p *parser) variant() (string, error) {
	first := p.next()
	switch {
	case len(p.segments) < 2:
	case first == "*", slices.Contains(p.names.Variants, first):
		p.skip()
		return first, nil
	case slices.Contains(p.names.Idle, first):
		return "", p.fail("add it to the scenario's variants", "the variant %q does not run in this scenario", first)
	case !p.isMetric(first) && p.isMetric(p.segments[1]):
		known := slices.Concat(p.names.Variants, p.names.Idle)
		return "", p.fail(suggest.Mean(first, "the variants are", known), "there is no variant %q", first)
	}
	return "*", nil
}

// outcome is the first word of a figure that speaks of one.
var outcome = strings.TrimSuffix(runfile.OutcomeID, ".")

func (p *parser) isMetric(name string) bool {
	_, ok := metric.Find(p.names.Metrics, name)
	return ok || name == outcome
}

// figure reads a metric and its statistic.
func (p *parser) figure() (metric.Figure, error) {
	m, known, err := p.metric()
	if err != nil {
		return metric.Figure{}, err
	}
	f := metric.Figure{Metric: m, Stat: metric.N}
	switch stat := metric.Stat(p.next()); {
	case m.Class == metric.Cost, m.Class == metric.Capacity:
		f.Stat = metric.Mean
	case len(p.segments) == 0:
	case decimalPercentile(strings.Join(p.segments, ".")) && slices.Contains(known, metric.P999):
		return f, p.fail("the percentiles are p50, p90, p95, p99 and p999, which is 99.9%",
			"there is no statistic %q here", strings.Join(p.segments, "."))
	case stat == metric.Part && m.Of == "":
		return f, p.fail("ask for its count", "%s is not a share of anything", m.ID)
	case !slices.Contains(known, stat):
		words := make([]string, len(known))
		for i, s := range known {
			words[i] = string(s)
		}
		return f, p.fail(suggest.Mean(string(stat), "the statistics are", words), "there is no statistic %q here", stat)
	default:
		p.skip()
		f.Stat, p.named = stat, true
	}
	if len(p.segments) > 0 {
		return f, p.fail("", "nothing may follow here, but %q does", strings.Join(p.segments, "."))
	}
	return f, nil
}

// decimalPercentile reports whether a text is a percentile with a point, as p99.9.
func decimalPercentile(s string) bool {
	number, is := strings.CutPrefix(s, "p")
	_, err := strconv.ParseFloat(number, 64)
	return is && err == nil && strings.Contains(number, ".") && !strings.HasSuffix(number, ".")
}

// metric reads a metric and says which statistics it has.
func (p *parser) metric() (m metric.Metric, stats []metric.Stat, err error) {
	counted := []metric.Stat{metric.N, metric.Part}
	first := p.next()
	if first == outcome {
		p.skip()
		name := p.next()
		m, ok := metric.Find(p.names.Metrics, runfile.OutcomeID+name)
		if !ok {
			return m, nil, p.fail(suggest.Mean(name, "its outcomes are", p.under(outcome)), "the pattern has no outcome %q", name)
		}
		p.skip()
		return m, counted, nil
	}
	m, ok := metric.Find(p.names.Metrics, first)
	if !ok {
		var known []string
		for _, m := range p.names.Metrics {
			if !strings.Contains(m.ID, ".") {
				known = append(known, m.ID)
			}
		}
		known = append(known, outcome)
		return m, nil, p.fail(suggest.Mean(first, "the series and other figures are", known), "there is no series %q", first)
	}
	p.skip()
	name := p.next()
	switch m.ID {
	case runfile.Errors, runfile.CallErrors:
		if name != "" && !slices.Contains(metric.Stats(), metric.Stat(name)) {
			switch own := slices.Contains(record.Words(false), name); {
			case own && m.ID == runfile.Errors:
				m.ID, m.Of = m.ID+"."+name, ""
				p.skip()
				return m, counted, nil
			case own:
				return m, nil, p.fail("write errors."+name, "no call of the store fails with the code %q", name)
			case !record.IsCall(name):
				return m, nil, p.fail("it is an HTTP status, "+list(record.Words(true))+"; of errors also "+list(record.Words(false)),
					"there is no error code %q", name)
			}
			m, _ = metric.Find(p.names.Metrics, runfile.CallErrors)
			m.ID += "." + name
			p.skip()
		}
		return m, counted, nil
	case runfile.Ops:
		if name == "" {
			return m, nil, nil
		}
		of, ok := metric.Find(p.names.Metrics, runfile.Ops+"."+name)
		if !ok {
			return m, nil, p.fail(suggest.Mean(name, "the kinds are", p.under(runfile.Ops)), "there is no kind of call %q", name)
		}
		p.skip()
		return of, nil, nil
	}
	if m.Series < 0 {
		return m, nil, nil
	}
	return m, metric.Stats(), nil
}

// under are the words that may follow one and a dot.
func (p *parser) under(word string) (names []string) {
	for _, m := range p.names.Metrics {
		if strings.HasPrefix(m.ID, word+".") {
			names = append(names, m.Name())
		}
	}
	return names
}
