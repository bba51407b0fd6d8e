package isolate

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"kvbench/internal/detect"

	"github.com/dop251/goja"
)

// Console passes on the first lines that scripts log. Many isolates may share one.
type Console struct {
	// To gets each line, one at a time.
	To func(Line)

	mu      sync.Mutex
	lines   int
	bytes   int
	dropped uint64
}

// Line is something that a script has logged.
type Line struct {
	At    time.Duration // on the clock
	Level string        // of console: log, error, …
	Site  detect.Site
	Text  string
}

// String is the line for people.
func (l Line) String() string {
	if l.Site == (detect.Site{}) {
		return fmt.Sprintf("%.3fs %s %s", l.At.Seconds(), l.Level, l.Text)
	}
	return fmt.Sprintf("%.3fs %s %s:%d:%d %s", l.At.Seconds(), l.Level, l.Site.File, l.Site.Line, l.Site.Column, l.Text)
}

// What a Console passes on at most.
const (
	ConsoleLines     = 1000
	ConsoleBytes     = 256 << 10
	consoleLineBytes = 4 << 10
)

// Dropped is how many lines more there were.
func (c *Console) Dropped() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.dropped
}

// full counts a line that there is no room for, and reports whether there is none.
func (c *Console) full() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lines < ConsoleLines && c.bytes < ConsoleBytes {
		return false
	}
	c.dropped++
	return true
}

func (c *Console) add(l Line) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(l.Text) > consoleLineBytes {
		l.Text = strings.ToValidUTF8(l.Text[:consoleLineBytes], "") + "…"
	}
	c.bytes += len(l.Text)
	c.lines++
	c.To(l)
}

// log is all of the console's functions.
func (i *Isolate) log(c goja.FunctionCall) goja.Value {
	k := i.config.Console
	if k == nil || k.full() {
		return goja.Undefined()
	}
	values, _ := c.Argument(1).(*goja.Object)
	if values == nil {
		return goja.Undefined()
	}
	var words []string
	n := values.Get("length").ToInteger()
	for at := int64(0); at < min(n, 100); at++ {
		words = append(words, i.inspect(values.Get(i.vm.ToValue(at).String())))
	}
	i.note(c.Argument(0).String(), strings.Join(words, " "))
	return goja.Undefined()
}

func (i *Isolate) note(level, text string) {
	l := Line{At: i.now, Level: level, Text: text}
	if i.current != nil {
		i.locate()
		l.Site = i.current.site
	}
	i.config.Console.add(l)
}

// inspect is a value in words.
func (i *Isolate) inspect(v goja.Value) string {
	o, ok := v.(*goja.Object)
	if !ok {
		return v.String()
	}
	text := ""
	if thrown := i.vm.Try(func() {
		if o.ClassName() == "Error" || o.ClassName() == "Function" {
			text = o.String()
			return
		}
		document, err := i.json.stringify(goja.Undefined(), o)
		if err != nil || goja.IsUndefined(document) {
			text = o.String()
			return
		}
		text = document.String()
	}); thrown != nil {
		return "[object]"
	}
	return text
}

// uncaught tells of an exception that had nobody to catch it.
func (i *Isolate) uncaught(err error) {
	var e *Exception
	if errors.As(i.exception(err), &e) {
		i.tell(e)
	}
}

// report tells of a value that was thrown and had nobody to catch it.
func (i *Isolate) report(v goja.Value) { i.tell(i.rejection(v)) }

func (i *Isolate) tell(e *Exception) {
	if k := i.config.Console; k != nil && !k.full() {
		text := *e
		text.Site = detect.Site{}
		k.add(Line{At: i.now, Level: "error", Site: e.Site, Text: "Uncaught " + text.Error()})
	}
}

func (i *Isolate) reportNative(c goja.FunctionCall) goja.Value {
	i.report(c.Argument(0))
	return goja.Undefined()
}

// trackRejection is told of promises that are rejected and have nobody to handle it, and
// of those that somebody does handle after all.
func (i *Isolate) trackRejection(p *goja.Promise, operation goja.PromiseRejectionOperation) {
	if i.config.Console == nil {
		return
	}
	if operation == goja.PromiseRejectionReject {
		i.loose = append(i.loose, p)
	} else if n := slices.Index(i.loose, p); n >= 0 {
		i.loose = slices.Delete(i.loose, n, n+1)
	}
}

// tellRejections logs, when a macrotask has ended, what nobody handled in it.
func (i *Isolate) tellRejections() {
	for _, p := range i.loose {
		e := i.rejection(p.Result())
		e.Message += " (in promise)"
		i.tell(e)
	}
	i.loose = i.loose[:0]
}
