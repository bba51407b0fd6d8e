package workerd

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// What is kept and passed on of what the process writes.
const (
	maxLine   = 8 << 10 // bytes of a line; what is over is left out
	maxOutput = 4 << 20 // bytes passed on in all
	lastLines = 20      // that are looked at after a crash
)

// output takes what a process writes, passes it on line by line, and keeps the last lines.
type output struct {
	mu      sync.Mutex
	to      io.Writer
	passed  int  // bytes
	full    bool // no more is passed on
	line    []byte
	cut     int // bytes left out of the line
	last    []string
	dropped error // what the log's writer said
}

// Write never fails: a process that writes must not stop for its log.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := len(p)
	for len(p) > 0 {
		part, rest, ended := bytes.Cut(p, []byte{'\n'})
		room := min(len(part), maxLine-len(o.line))
		o.line = append(o.line, part[:room]...)
		o.cut += len(part) - room
		if ended {
			o.end()
		}
		p = rest
	}
	return n, nil
}

// end ends a line.
func (o *output) end() {
	if o.cut > 0 {
		o.line = fmt.Appendf(o.line, " … (%d bytes more)", o.cut)
	}
	line := strings.ToValidUTF8(strings.TrimSuffix(string(o.line), "\r"), "\uFFFD")
	o.line, o.cut = o.line[:0], 0
	if o.last = append(o.last, line); len(o.last) > lastLines {
		o.last = o.last[1:]
	}
	if o.full || o.dropped != nil {
		return
	}
	if o.passed += len(line) + 1; o.passed > maxOutput {
		o.full = true
		line = fmt.Sprintf("… (workerd has written more than %d MiB; the rest is left out)", maxOutput>>20)
	}
	_, o.dropped = io.WriteString(o.to, line+"\n")
}

// close ends what is left of a line.
func (o *output) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.line) > 0 {
		o.end()
	}
}

// tailLines is how many lines the error of a crash has.
const tailLines = 5

// noise are lines of a dump, which tell nobody anything but an engineer of the runtime: they are
// in the log.
var noise = regexp.MustCompile(`^\s*$|^<--- |^\[\d+:0x[0-9a-f]+\]|^stack: |^\*\*\* Received signal`)

// tail is the last lines that tell something.
func (o *output) tail() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	lines := slices.DeleteFunc(slices.Clone(o.last), noise.MatchString)
	return strings.Join(lines[max(0, len(lines)-tailLines):], "\n")
}

// outOfMemory says that V8 has ended the process because a heap was full.
func (o *output) outOfMemory() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.ContainsFunc(o.last, func(line string) bool {
		return strings.Contains(line, "V8 fatal error") && strings.Contains(line, "out of memory")
	})
}
