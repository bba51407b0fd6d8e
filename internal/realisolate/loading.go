package realisolate

import (
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"kvbench/internal/script"
)

// loading passes on what the process says, line by line, but for what the runtime says of a
// script that it can't load, which no Worker has logged. It notes the first exception that the
// script throws while it is loaded: its words, and where in the author's files it was thrown.
// One goroutine writes, and nobody reads before the process has ended.
type loading struct {
	to      io.Writer
	bundle  *script.Bundle
	thrown  string       // empty: none yet
	place   script.Place // innermost of the author's own; else of a package
	own     bool
	stacked bool // the lines of its stack have ended
}

// LoadError is what a script throws when it is loaded, with its place.
type LoadError struct{ text string }

func (e *LoadError) Error() string { return e.text }

// How workerd tells an exception of a script that it loads, and a call on its stack.
var (
	thrownLine = regexp.MustCompile(`^service isolate-\d+: Uncaught (.+)`)
	stackLine  = regexp.MustCompile(`^\s+at (?:.*[ (])?` + regexp.QuoteMeta(userModule) + `:(\d+):(\d+)`)
)

// Write implements io.Writer: it is given a line at a time.
func (l *loading) Write(line []byte) (int, error) {
	text := strings.TrimSuffix(string(line), "\n")
	l.note(text)
	if l.thrown != "" && (thrownLine.MatchString(text) || strings.HasPrefix(strings.TrimLeft(text, " "), "at ")) {
		return len(line), nil // the error has it
	}
	return l.to.Write(line)
}

func (l *loading) note(line string) {
	if found := thrownLine.FindStringSubmatch(line); found != nil {
		l.stacked = l.thrown != ""
		if !l.stacked {
			l.thrown = found[1]
		}
		return
	}
	found := stackLine.FindStringSubmatch(line)
	if l.thrown == "" || l.stacked || l.own || found == nil {
		return
	}
	n, errN := strconv.Atoi(found[1])
	column, errC := strconv.Atoi(found[2])
	if errN != nil || errC != nil {
		return
	}
	if place, own := l.bundle.Site(n, column); own || l.place == (script.Place{}) {
		l.place, l.own = place, own
	}
}

// explain is why a process did not start, err being what is known of that: what the script has
// thrown, where that is in the author's files, else err.
func (l *loading) explain(err error) error {
	if l.thrown == "" || l.place == (script.Place{}) {
		return err
	}
	return &LoadError{fmt.Sprintf("%s:%d:%d: the script throws when it is loaded: %s", l.place.File, l.place.Line, l.place.Column, l.thrown)}
}
