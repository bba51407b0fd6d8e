package compare

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kvbench/internal/suggest"
	"kvbench/internal/units"
)

// ExpectError says what is wrong with an expectation, and where.
type ExpectError struct {
	Offset  int // in bytes, from the start of the expectation
	Message string
	Hint    string // what would be right; may be empty
}

func (e *ExpectError) Error() string {
	if e.Hint == "" {
		return e.Message
	}
	return e.Message + "; " + e.Hint
}

// ParseExpect reads an expectation of a scenario that has these names. Its
// error is an *ExpectError.
func ParseExpect(text string, names Names) (Expect, error) {
	at := strings.IndexAny(text, "<>=!")
	if at < 0 {
		return Expect{}, &ExpectError{len(text), "there is no comparison", "write it like seed.response.p99 < 250ms"}
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
		return e, &ExpectError{at, "this is not a comparison", "the comparisons are <= < >= > == !="}
	}
	left := strings.TrimLeft(text[:at], " \t")
	p := parser{names: names, offset: at - len(left)}
	p.segments = strings.Split(strings.TrimRight(left, " \t"), ".")
	if err := p.metric(&e); err != nil {
		return e, err
	}
	value = strings.TrimRight(value, " \t")
	if value == "" {
		return e, &ExpectError{len(text), "there is no value to compare with", ""}
	}
	v, err := e.Metric.parse(value)
	if err != nil {
		bad := &ExpectError{Offset: from, Message: err.Error()}
		var unit *units.Error
		if errors.As(err, &unit) {
			bad.Message, bad.Hint = unit.Message(), unit.Hint
		}
		return e, bad
	}
	e.Value, e.Want = v, e.Op+" "+value
	return e, nil
}

// parser reads the left side of a comparison, segment by segment.
type parser struct {
	names    Names
	segments []string // those that have not been read
	offset   int      // of the first of them, in bytes
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
	return &ExpectError{p.offset, fmt.Sprintf(format, args...), hint}
}

func (p *parser) metric(e *Expect) error {
	if err := p.variant(e); err != nil {
		return err
	}
	m := &e.Metric
	m.Kind = p.next()
	switch m.Kind {
	case "outcome":
		p.skip()
		m.Name = p.next()
		if known := p.names.Outcomes; !slices.Contains(known, m.Name) {
			return p.fail(suggest.Mean(m.Name, "its outcomes are", known),
				"the pattern has no outcome %q", m.Name)
		}
		p.skip()
		return p.stat(m, "", "count", "share")
	case "errors", "call-errors":
		p.skip()
		if code := p.next(); code != "" && !slices.Contains(stats, code) {
			switch own := slices.Contains(codes(false), code); {
			case own && m.Kind == "errors":
				m.Name = code
				p.skip()
				return p.stat(m, "", "count")
			case own:
				return p.fail("write errors."+code, "no call of the store fails with the code %q", code)
			case !isCode(code):
				return p.fail("it is an HTTP status, "+codeWords(true)+"; of errors also "+codeWords(false), "there is no error code %q", code)
			}
			m.Kind, m.Name = "call-errors", code
			p.skip()
		}
		return p.stat(m, "", "count", "share")
	case "ops":
		p.skip()
		if kind := p.next(); len(p.segments) > 0 {
			if kinds := calls(); !slices.Contains(kinds, kind) {
				return p.fail(suggest.Mean(kind, "the kinds are", kinds), "there is no kind of call %q", kind)
			}
			m.Name = kind
			p.skip()
		}
		m.Unit, m.Stat = "count", "mean"
		return p.end()
	case "usd-per-million":
		p.skip()
		m.Unit, m.Stat = "usd", "mean"
		return p.end()
	}
	return p.series(m)
}

// variant reads the variant, if there is one.
func (p *parser) variant(e *Expect) error {
	e.Variant = "*"
	first := p.next()
	switch {
	case len(p.segments) < 2:
	case first == "*", slices.Contains(p.names.Variants, first):
		e.Variant = first
		p.skip()
	case slices.Contains(p.names.Idle, first):
		return p.fail("add it to the scenario's variants", "the variant %q does not run in this scenario", first)
	case !p.isMetric(first) && p.isMetric(p.segments[1]):
		known := slices.Concat(p.names.Variants, p.names.Idle)
		return p.fail(suggest.Mean(first, "the variants are", known), "there is no variant %q", first)
	}
	return nil
}

func (p *parser) isMetric(name string) bool {
	return slices.Contains(kinds, name) || findSeries(p.names.Series, name) >= 0
}

// isCode reports whether kv.ErrorCode can give the code for a call of the store.
func isCode(s string) bool {
	status, err := strconv.Atoi(s)
	return err == nil && status >= 100 && status < 600 && s == strconv.Itoa(status) || slices.Contains(codes(true), s)
}

func (p *parser) series(m *Metric) error {
	m.Name, m.Kind = m.Kind, "series"
	i := findSeries(p.names.Series, m.Name)
	if i < 0 {
		known := append(seriesNames(p.names.Series), kinds...)
		return p.fail(suggest.Mean(m.Name, "the series and other figures are", known),
			"there is no series %q", m.Name)
	}
	p.skip()
	series := p.names.Series[i]
	if p.next() == "share" && series.Of == "" {
		return p.fail("ask for its count", "%s is not a share of anything", m.Name)
	}
	return p.stat(m, series.Unit, stats...)
}

// decimalPercentile reports whether a text is a percentile with a point, as p99.9.
func decimalPercentile(s string) bool {
	number, is := strings.CutPrefix(s, "p")
	_, err := strconv.ParseFloat(number, 64)
	return is && err == nil && strings.Contains(number, ".") && !strings.HasSuffix(number, ".")
}

// stat reads the statistic that ends a metric; count when there is none. unit
// is that of the metric's values.
func (p *parser) stat(m *Metric, unit string, known ...string) error {
	m.Stat = "count"
	if whole := strings.Join(p.segments, "."); decimalPercentile(whole) && slices.Contains(known, "p999") {
		return p.fail("the percentiles are p50, p90, p95, p99 and p999, which is 99.9 %", "there is no statistic %q here", whole)
	}
	if len(p.segments) > 0 {
		m.Stat = p.next()
		if !slices.Contains(known, m.Stat) {
			return p.fail(suggest.Mean(m.Stat, "the statistics are", known), "there is no statistic %q here", m.Stat)
		}
		p.skip()
	}
	switch m.Stat {
	case "count", "share":
		m.Unit = m.Stat
	default:
		m.Unit = unit
	}
	return p.end()
}

func (p *parser) end() error {
	if len(p.segments) > 0 {
		return p.fail("", "nothing may follow here, but %q does", strings.Join(p.segments, "."))
	}
	return nil
}
