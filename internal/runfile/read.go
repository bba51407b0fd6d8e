package runfile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
)

// FileName is the name of the run file in a run's folder.
const FileName = "run.jsonl"

// Open reads a run file, or the one in a run's folder; or a pipe, of at most 128 MiB. The
// run is to be closed.
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
		data, err := readPipe(f, info.Mode())
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

// readPipe reads all of a pipe.
func readPipe(f *os.File, mode os.FileMode) ([]byte, error) {
	if mode&os.ModeDevice != 0 {
		return nil, fmt.Errorf("%s: neither a file nor a pipe", f.Name())
	}
	data, err := io.ReadAll(io.LimitReader(f, maxPipe+1))
	if err == nil && len(data) > maxPipe {
		err = fmt.Errorf("%s: a pipe of more than %d MiB; write it to a file first", f.Name(), maxPipe>>20)
	}
	return data, err
}

// ErrNoHeader is that of a file without a whole first line, such as a run leaves that is killed
// at once.
var ErrNoHeader = errors.New("not a run file: it has no header")

// Read reads a run file; its errors name the path and the line. Each line's check sum is
// verified and its figures are held against each other; those of a file of format 1,
// which has no check sums, as far as they go. A last line that is cut off, as a kill
// leaves it, is no error: it is left out and the run is then CutOff. The run's histograms
// are read from the file when they are asked for.
func Read(path string, file io.ReaderAt) (*Run, error) {
	p := parser{run: &Run{Path: path, CutOff: true}, file: file, strands: map[string]*strand{}}
	in := lineReader{in: bufio.NewReaderSize(io.NewSectionReader(file, 0, math.MaxInt64), 1<<18)}
	for p.number = 1; ; p.number++ {
		offset := in.offset
		text, err := in.next()
		if err != nil && err != io.EOF {
			return nil, fmt.Errorf("%s:%d: %w", path, p.number, err)
		}
		last := err == io.EOF
		if last && len(bytes.TrimSpace(text)) == 0 {
			break
		}
		if whole, err := p.line(text, offset); err != nil {
			if whole || !last && (p.run.Header.Format != Format || !in.atEnd()) {
				return nil, fmt.Errorf("%s:%d: %w", path, p.number, err)
			}
			p.run.Warnings = append(p.run.Warnings, fmt.Sprintf(
				"The last line of the run file, line %d, is incomplete and was left out.", p.number))
			break
		}
		if last {
			break
		}
	}
	if p.run.Header.Format == 0 {
		return nil, fmt.Errorf("%s:1: %w", path, ErrNoHeader)
	}
	if err := p.finish(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return p.run, nil
}

// lineReader reads lines.
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
			if len(r.long) > maxLine {
				return nil, fmt.Errorf("a line of more than %d MiB is none of a run file", maxLine>>20)
			}
			r.long = append(r.long, line...)
			line, err = r.in.ReadSlice('\n')
		}
		r.long = append(r.long, line...)
		line = r.long
	}
	r.offset += int64(len(line))
	return line, err
}

// atEnd reports whether nothing follows the last line.
func (r *lineReader) atEnd() bool {
	_, err := r.in.Peek(1)
	return err == io.EOF
}
