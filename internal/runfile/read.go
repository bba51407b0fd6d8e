package runfile

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"

	"kvbench/internal/record"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
)

// FileName is the name of the run file in a run's folder.
const FileName = "run.jsonl"

// Open reads a run file, or the one in a run's folder. The run is to be closed.
func Open(path string) (*Run, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, FileName)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	var file io.ReaderAt = f
	if info, err := f.Stat(); err == nil && !info.Mode().IsRegular() { // a pipe: it is read once
		data, err := io.ReadAll(f)
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		file = bytes.NewReader(data)
	}
	run, err := Read(path, file)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	run.file = f
	return run, nil
}

// Read reads a run file; its errors name the path and the line. A last line
// that is cut off, as a kill leaves it, is no error: the run is then CutOff.
// The run's histograms are read from the file when they are asked for.
func Read(path string, file io.ReaderAt) (*Run, error) {
	p := parser{run: &Run{Path: path, CutOff: true}, file: file}
	in := lineReader{in: bufio.NewReaderSize(io.NewSectionReader(file, 0, math.MaxInt64), 1<<18)}
	for number := 1; ; number++ {
		offset := in.offset
		text, err := in.next()
		if err == io.EOF {
			if len(bytes.TrimSpace(text)) > 0 && p.line(text, offset) != nil {
				p.run.Warnings = append(p.run.Warnings, fmt.Sprintf(
					"The last line of the run file, line %d, is incomplete and was left out.", number))
			}
			break
		}
		if err == nil {
			err = p.line(text, offset)
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, number, err)
		}
	}
	if p.run.Header.Format == 0 {
		return nil, fmt.Errorf("%s:1: not a run file: it has no header", path)
	}
	if err := p.finish(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return p.run, nil
}

// lineReader reads lines of any length.
type lineReader struct {
	in     *bufio.Reader
	offset int64 // of the next line
	long   []byte
}

// next returns the next line, which is good until it is called again. With io.EOF
// comes what stands behind the last end of a line.
func (r *lineReader) next() ([]byte, error) {
	line, err := r.in.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		r.long = r.long[:0]
		for err == bufio.ErrBufferFull {
			r.long = append(r.long, line...)
			line, err = r.in.ReadSlice('\n')
		}
		r.long = append(r.long, line...)
		line = r.long
	}
	r.offset += int64(len(line))
	return line, err
}

// parser builds a run from its lines.
type parser struct {
	run     *Run
	file    io.ReaderAt
	current *Variant // has begun and not ended
	trailer bool
	rest    []byte // of a line, without its histograms
	texts   []text // its histograms
}

// line reads a line that stands at an offset of the file.
func (p *parser) line(data []byte, offset int64) (err error) {
	if p.rest, p.texts, err = cutSeries(p.rest[:0], p.texts[:0], data, offset); err != nil {
		return fmt.Errorf("not a line of a run file: %w", err)
	}
	var l line
	if err := json.Unmarshal(p.rest, &l); err != nil {
		return fmt.Errorf("not a line of a run file: %w", err)
	}
	switch {
	case p.trailer:
		return errors.New("a line after the trailer")
	case l.Header != nil:
		if p.run.Header.Format != 0 {
			return errors.New("a second header")
		}
		if l.Header.Format != Format {
			return fmt.Errorf("format %d of the run file is not known; this kvbench reads format %d", l.Header.Format, Format)
		}
		p.run.Header = *l.Header
		return nil
	case p.run.Header.Format == 0:
		return errors.New("not a run file: it does not begin with a header")
	case l.Begin != nil:
		return p.begin(l.Begin)
	case l.Interval != nil:
		return p.interval(l.Interval)
	case l.End != nil:
		return p.end(l.End)
	case l.Trailer != nil:
		p.trailer = true
		p.run.CutOff, p.run.Interrupted = false, l.Trailer.Interrupted
		return nil
	}
	return errors.New("a line that says nothing that is known")
}

func (p *parser) begin(b *begin) error {
	if p.current != nil {
		return fmt.Errorf("%s/%s begins before %s/%s has ended", b.Scenario, b.Variant, p.current.Def.Name, p.current.Name)
	}
	for i := range p.run.Header.Scenarios {
		def := &p.run.Header.Scenarios[i]
		for j, v := range def.Variants {
			if def.Name == b.Scenario && v.Name == b.Variant {
				p.current = &Variant{Scenario: i, Variant: j, Repeat: b.Repeat, Def: def, Name: v.Name}
				p.run.Variants = append(p.run.Variants, p.current)
				return nil
			}
		}
	}
	return fmt.Errorf("the header has no %s/%s", b.Scenario, b.Variant)
}

func (p *parser) interval(in *interval) error {
	if p.current == nil {
		return errors.New("an interval before any variant began")
	}
	iv, err := decode(in, p.texts, p.file, p.current.Def)
	if err != nil {
		return err
	}
	p.current.Intervals = append(p.current.Intervals, iv)
	return nil
}

func (p *parser) end(e *end) error {
	if p.current == nil {
		return errors.New("an end before any variant began")
	}
	total, err := decode(&e.Total, p.texts, p.file, p.current.Def)
	if err != nil {
		return err
	}
	v := p.current
	v.Total, v.Verified, v.Complete, v.Error = total, e.Verified, e.Complete, e.Error
	v.Stored, v.FirstError, v.Ended, v.Within = e.Stored, e.FirstError, e.Ended, e.Within
	p.current = nil
	return nil
}

// finish sums up the variant that the end of the file cut off, and says what a
// reader has to know.
func (p *parser) finish() (err error) {
	run := p.run
	if v := p.current; v != nil {
		if v.Total, err = sum(v); err != nil {
			return fmt.Errorf("%s/%s: %w", v.Def.Name, v.Name, err)
		}
		v.Error = "cut off"
	}
	if run.CutOff {
		text := "The run was cut off: its file ends before it did, and what was written up to then is shown."
		if v := p.current; v != nil {
			text += fmt.Sprintf(" %s/%s was running.", v.Def.Name, v.Name)
		}
		run.Warnings = append(run.Warnings, text)
	}
	if run.Interrupted {
		run.Warnings = append(run.Warnings, "The run was interrupted; what was measured up to then is shown.")
	}
	for _, v := range run.Variants {
		if v.Error != "" && v != p.current && !run.Interrupted {
			run.Warnings = append(run.Warnings, fmt.Sprintf("%s/%s failed: %s", v.Def.Name, v.Name, v.Error))
		}
	}
	return nil
}

// sum adds the intervals of a variant up.
func sum(v *Variant) (Interval, error) {
	total := Interval{Snapshot: record.Snapshot{
		Outcomes: make([]uint64, len(v.Def.Outcomes)), Histograms: make([]*hdr.Histogram, len(v.Def.Series)),
	}}
	for i := range v.Intervals {
		iv, err := v.Intervals[i].Decode()
		if err != nil {
			return total, err
		}
		total.To = iv.To
		total.Merge(&iv.Snapshot)
	}
	return total, nil
}
