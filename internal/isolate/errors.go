package isolate

import (
	"errors"
	"fmt"
	"time"

	"kvbench/internal/detect"

	"github.com/dop251/goja"
)

// Exception is what a script threw and nobody caught, or what ended an invocation.
type Exception struct {
	Name    string // of the error, such as "TypeError"; "Error" where what was thrown is none
	Message string
	// Site is the innermost place of the author's own code; zero where none is known.
	Site detect.Site
	// Stack are the places that it came through, innermost first, packages included.
	Stack []detect.Site
	// Cause is an error that was no script's doing, such as kv.ErrInvocationLimit.
	Cause error
}

func (e *Exception) Error() string {
	text := e.Message
	if e.Name != "" {
		text = e.Name + ": " + e.Message
	}
	if e.Site == (detect.Site{}) {
		return text
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.Site.File, e.Site.Line, e.Site.Column, text)
}

// Unwrap returns the cause.
func (e *Exception) Unwrap() error { return e.Cause }

// Errors of the runtime itself, in its words.
var (
	// ErrHung ends an invocation that waits for what can't come.
	//
	//lint:ignore ST1005 in its words
	ErrHung = errors.New("The Workers runtime canceled this request because it detected that your Worker's code " + //nolint:staticcheck // its words
		"had hung and would never generate a response.")
	// ErrWaitUntil ends an invocation that goes on for too long after its response, or for
	// what can't come.
	//
	//lint:ignore ST1005 in its words
	ErrWaitUntil = errors.New("waitUntil() tasks did not complete within the allowed time after invocation end and have been cancelled.")
)

func errHung() error { return &Exception{Name: "Error", Message: ErrHung.Error(), Cause: ErrHung} }

func errHungWait() error {
	return &Exception{
		Name: "Error", Cause: ErrWaitUntil,
		Message: "a promise given to waitUntil() can never settle: nothing that it could wait for is under way.",
	}
}

func errTooLong(limit time.Duration) error {
	return &Exception{Name: "Error", Message: fmt.Sprintf("%v (%v)", ErrWaitUntil, limit), Cause: ErrWaitUntil}
}

// maxStack is how many places of a stack an Exception tells.
const maxStack = 32

// exception is an error of the script as Go has it.
func (i *Isolate) exception(err error) error {
	var thrown *goja.Exception
	var known *Exception
	var deep *goja.StackOverflowError
	var stopped *goja.InterruptedError
	switch {
	case errors.As(err, &deep), errors.As(err, &stopped):
		if i.running { // no script may catch it, and no more of this one may run
			panic(err)
		}
		return i.broken(err)
	case errors.As(err, &thrown):
		return i.thrown(thrown.Value(), thrown.Stack())
	case errors.As(err, &known):
		return err
	}
	return &Exception{Name: "Error", Message: err.Error(), Cause: err}
}

// broken describes what ended a macrotask from outside of the script.
func (i *Isolate) broken(err error) *Exception {
	e := &Exception{Name: "RangeError", Message: "Maximum call stack size exceeded", Cause: err}
	var stopped *goja.InterruptedError
	if errors.As(err, &stopped) {
		e.Name, e.Message = "Error", fmt.Sprint(stopped.Value())
	}
	if traced, ok := err.(interface{ Stack() []goja.StackFrame }); ok {
		i.trace(e, traced.Stack())
	}
	if stopped != nil {
		i.interrupted.Store(e)
	}
	return e
}

// rejection is what a promise was rejected with.
func (i *Isolate) rejection(reason goja.Value) *Exception {
	thrown := i.vm.Try(func() { panic(reason) }) // an Error knows its stack
	return i.thrown(reason, thrown.Stack())
}

// origin is where an error of the host's came from.
type origin struct {
	site  detect.Site
	cause error
}

// thrown describes a value that was thrown.
func (i *Isolate) thrown(v goja.Value, stack []goja.StackFrame) *Exception {
	e := &Exception{Name: "Error"}
	i.trace(e, stack)
	o, ok := v.(*goja.Object)
	if !ok {
		e.Message = fmt.Sprint(v)
		return e
	}
	// A getter of the script may throw as well.
	if ex := i.vm.Try(func() {
		if name := o.Get("name"); name != nil {
			e.Name = name.String()
		}
		if message := o.Get("message"); message != nil {
			e.Message = message.String()
		} else {
			e.Message = o.String()
		}
	}); ex != nil {
		e.Message = "an error that can't be described"
	}
	if hidden := o.GetSymbol(i.origin); hidden != nil {
		if from, ok := hidden.Export().(*origin); ok {
			e.Cause = from.cause
			if from.site != (detect.Site{}) {
				e.Site = from.site
			}
		}
	}
	if e.Site == (detect.Site{}) && i.current != nil {
		e.Site = i.current.site
	}
	return e
}

func (i *Isolate) trace(e *Exception, frames []goja.StackFrame) {
	for n := range frames {
		p := i.place(&frames[n])
		if p.site == (detect.Site{}) {
			continue
		}
		if p.own && e.Site == (detect.Site{}) {
			e.Site = p.site
		}
		if len(e.Stack) < maxStack {
			e.Stack = append(e.Stack, p.site)
		}
	}
}

// newError makes an Error for the script.
func (i *Isolate) newError(format string, args ...any) *goja.Object {
	return i.newErrorOf("Error", fmt.Sprintf(format, args...))
}

func (i *Isolate) newErrorOf(kind, message string) *goja.Object {
	e, err := i.vm.New(i.vm.Get(kind), i.vm.ToValue(message))
	if err != nil { // the script has put something else in its place
		return i.vm.NewTypeError(message)
	}
	return e
}

// from notes what an error of the host's comes from.
func (i *Isolate) from(e *goja.Object, site detect.Site, cause error) *goja.Object {
	_ = e.DefineDataPropertySymbol(i.origin, i.vm.ToValue(&origin{site: site, cause: cause}),
		goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_FALSE)
	return e
}

// throwType throws a TypeError.
func (i *Isolate) throwType(format string, args ...any) {
	panic(i.newErrorOf("TypeError", fmt.Sprintf(format, args...)))
}

// absent throws what says that the real runtime has something.
func (i *Isolate) absent(name string) {
	panic(i.newError("%s is not here; the real runtime has it", name))
}
