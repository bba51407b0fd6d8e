package runfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"kvbench/internal/sparse"
)

// parser builds a run from its lines.
type parser struct {
	run       *Run
	file      io.ReaderAt
	number    int // of the line
	headerCRC uint32
	strands   map[string]*strand // by their keys
	order     []*strand          // as they began
	current   *strand            // of a file of format 1: has begun and not ended
	trailer   bool
	rest      []byte // of a line, without what was observed
	texts     []text // that
	scratch   sparse.Histogram
}

// line reads a line that stands at an offset of the file. After an error, whole says that
// the line is as it was written all the same.
func (p *parser) line(data []byte, offset int64) (whole bool, err error) {
	if p.trailer {
		return true, errors.New("a line after the trailer")
	}
	if p.rest, p.texts, err = cutSeries(p.rest[:0], p.texts[:0], data, offset); err != nil {
		return false, fmt.Errorf("not a line of a run file: %w", err)
	}
	if err := checkPlain(p.rest); err != nil {
		return false, fmt.Errorf("not a line of a run file: %w", err)
	}
	var l line
	if err := json.Unmarshal(p.rest, &l); err != nil {
		return false, fmt.Errorf("not a line of a run file: %w", err)
	}
	if l.set() != 1 {
		return false, errors.New("a line that does not say one thing that is known")
	}
	switch {
	case l.Header != nil:
		return false, p.header(l.Header, data)
	case p.run.Header.Format == 0:
		return true, errors.New("not a run file: it does not begin with a header")
	case p.run.Header.Format == unchecked:
		return false, p.unchecked(&l)
	}
	return p.checked(&l, data, offset)
}

// set is how many things a line says.
func (l *line) set() (n int) {
	for _, set := range []bool{l.Header != nil, l.Begin != nil, l.Interval != nil, l.End != nil, l.Trailer != nil} {
		if set {
			n++
		}
	}
	return n
}

func (p *parser) header(h *Header, data []byte) (err error) {
	switch {
	case p.run.Header.Format != 0:
		return errors.New("a second header")
	case h.Format != Format && h.Format != unchecked:
		return fmt.Errorf("format %d of the run file is not known; this kvbench reads formats %d and %d", h.Format, unchecked, Format)
	case h.Format == Format:
		if p.headerCRC, err = checkSeal(data, 0); err != nil {
			return err
		}
	default:
		p.run.Warnings = append(p.run.Warnings, fmt.Sprintf("The run file is of format %d, which has no check sums: "+
			"beyond its histograms, nothing tells whether it is as it was written.", unchecked))
	}
	for i := range h.Scenarios {
		if err := h.Scenarios[i].check(); err != nil {
			return fmt.Errorf("scenario %d: %w", i+1, err)
		}
	}
	if err := errors.Join(h.Shard.check(), h.Merged.check()); err != nil {
		return err
	}
	p.run.Header = *h
	p.run.Warnings = append(p.run.Warnings, h.warnings()...)
	for i := range p.run.Header.Scenarios {
		p.run.Header.Scenarios[i].withRoles()
	}
	return nil
}

// checked reads a line of format 2, which says what it is about.
func (p *parser) checked(l *line, data []byte, offset int64) (whole bool, err error) {
	if l.Trailer != nil {
		if _, err := checkSeal(data, p.headerCRC); err != nil {
			return false, err
		}
		return true, p.end(l.Trailer)
	}
	if l.Key == nil {
		return false, errors.New("it does not say which variant it is of")
	}
	s, begun := p.strands[l.Key.id()]
	if !begun {
		if s, err = p.newStrand(*l.Key, l.Begin); err != nil {
			return false, err
		}
	}
	if s.crc, err = checkSeal(data, s.crc); err != nil {
		return false, err
	}
	if begun == (l.Begin != nil) {
		return true, fmt.Errorf("%v: %s", l.Key, map[bool]string{true: "it begins twice", false: "a line before it begins"}[begun])
	}
	if err := p.strand(s, l); err != nil {
		return true, err
	}
	s.variant.lines = append(s.variant.lines, span{offset, len(data)})
	return true, nil
}

// unchecked reads a line of format 1, which is of the variant that has begun.
func (p *parser) unchecked(l *line) (err error) {
	switch {
	case l.CRC != "":
		return errors.New("a check sum in a file of format 1, which has none")
	case l.Trailer != nil:
		return p.end(l.Trailer)
	case l.Begin == nil && p.current == nil:
		return errors.New("a line of a variant before any began")
	case l.Begin == nil:
		if err := p.strand(p.current, l); err != nil {
			return err
		}
		if p.current.ended {
			p.current = nil
		}
		return nil
	case l.Begin.Key == nil:
		return errors.New("it does not say which variant begins")
	case p.current != nil:
		return fmt.Errorf("%v begins before %v has ended", l.Begin.Key, &p.current.Key)
	case p.strands[l.Begin.id()] != nil:
		return fmt.Errorf("%v: it begins twice", l.Begin.Key)
	}
	if p.current, err = p.newStrand(*l.Begin.Key, nil); err != nil {
		return err
	}
	return p.strand(p.current, l)
}

// newStrand returns a strand of a key that the header has, or that begins as a step of a
// search; b is nil where it begins as neither.
func (p *parser) newStrand(k Key, b *begin) (*strand, error) {
	for i := range p.run.Header.Scenarios {
		def := &p.run.Header.Scenarios[i]
		for j, v := range def.Variants {
			if def.Name != k.Scenario || v.Name != k.Variant {
				continue
			}
			if most := def.repeats(); k.Repeat < 0 || k.Repeat >= most {
				return nil, fmt.Errorf("%v: the header has %d repeats", &k, most)
			}
			at, ok := def.At(k.Point)
			if b != nil && b.Step != nil {
				if err := def.checkStep(b.Step, &k); err != nil {
					return nil, err
				}
				at, ok = def.at(def.step(b.Step)), true
			}
			if !ok {
				return nil, fmt.Errorf("the header has no point %v", &k)
			}
			return &strand{Key: k, crc: p.headerCRC, sum: newFigures(at), variant: &Variant{
				Scenario: i, Variant: j, Repeat: k.Repeat, Point: k.Point, Def: at, Name: v.Name, key: k, file: p.file,
			}}, nil
		}
	}
	return nil, fmt.Errorf("the header has no %s/%s", k.Scenario, k.Variant)
}

// strand reads a line of a strand.
func (p *parser) strand(s *strand, l *line) error {
	v := s.variant
	switch {
	case s.ended:
		return fmt.Errorf("%v: a line after its end", &s.Key)
	case l.Begin != nil:
		if l.Begin.Step != nil {
			def := &p.run.Header.Scenarios[v.Scenario]
			if err := def.addStep(def.step(l.Begin.Step)); err != nil {
				return err
			}
		}
		p.strands[s.id()] = s
		p.order, p.run.Variants = append(p.order, s), append(p.run.Variants, v)
		return nil
	case l.Interval != nil:
		iv, err := p.interval(s, l.Interval, false)
		if err == nil { // a last line that is wrong is left out
			v.Intervals = append(v.Intervals, iv)
		}
		return err
	}
	e := l.End
	total, err := p.interval(s, &e.Total, true)
	if err == nil {
		err = e.check()
	}
	if err != nil {
		return err
	}
	v.Total, v.Verified, v.Complete, v.Error = total, e.Verified, e.Complete, e.Error
	v.Stored, v.FirstError, v.Ended, v.Within = e.Stored, e.FirstError, e.Ended, e.Within
	v.Behind, v.Stable, v.Findings = e.Behind, e.Stable, e.Findings
	s.ended = true
	return nil
}

// check refuses what no variant ends with.
func (e *end) check() error {
	switch {
	case e.Stored != nil && *e.Stored < 0:
		return fmt.Errorf("%d bytes stored", *e.Stored)
	case e.Ended > maxCount || e.Within < 0 || e.Within > e.Total.To:
		return fmt.Errorf("%d transactions ended within %v of %v", e.Ended, e.Within, e.Total.To)
	case e.Behind > maxCount:
		return fmt.Errorf("%d transactions had not begun", e.Behind)
	}
	return e.Findings.check()
}

// interval reads an interval of a strand, or its total, and checks its figures.
func (p *parser) interval(s *strand, in *interval, total bool) (Interval, error) {
	iv, err := decode(in, p.texts, p.file, p.number, s.variant.Def)
	if err != nil {
		return iv, err
	}
	f := newFigures(s.variant.Def)
	if err := f.set(in); err != nil {
		return iv, err
	}
	for _, t := range p.texts {
		if f.series[t.series], err = p.observed(t.body); err != nil {
			return iv, fmt.Errorf("series %s: %w", t.name, err)
		}
	}
	if total {
		return iv, s.total(in, &f)
	}
	return iv, s.interval(in, &f)
}

// observed reads the figures of a series. In format 1 they are in its histogram, whose
// check sum is the only one that there is.
func (p *parser) observed(body []byte) (o observed, err error) {
	if o, err = parseObserved(body); err != nil {
		return o, err
	}
	if plain := o.count == 0 && !o.exact; plain != (p.run.Header.Format == unchecked) {
		return o, errObserved
	}
	if p.run.Header.Format == unchecked {
		if err := o.read(&p.scratch); err != nil {
			return o, err
		}
		o.count = p.scratch.Count()
	}
	err = o.check()
	o.histogram = nil
	return o, err
}
