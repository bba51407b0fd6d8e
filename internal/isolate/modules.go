package isolate

import (
	_ "embed"
	"fmt"
	"sync"

	"kvbench/internal/script"

	"github.com/dop251/goja"
)

//go:embed modules.js
var modulesSource string

var modulesProgram = sync.OnceValue(func() *goja.Program { return goja.MustCompile("isolate:modules.js", modulesSource, true) })

// setModules gives the script the modules of the runtime, where it imports any.
func (i *Isolate) setModules() error {
	if !i.config.Program.bundle.Supplied {
		return nil
	}
	made, err := i.vm.RunProgram(modulesProgram())
	if err != nil {
		return err
	}
	install, _ := goja.AssertFunction(made)
	entrypoint, err := install(goja.Undefined(), i.object(map[string]any{
		"name": script.Host, "env": i.env,
		"frame": i.frame, "enter": i.enterFrame, "waitUntil": i.waitUntilNow,
	}))
	if err != nil {
		return err
	}
	i.entrypoint = entrypoint.(*goja.Object)
	return nil
}

// frame is what the script's AsyncLocalStorages hold where it is.
func (i *Isolate) frame(goja.FunctionCall) goja.Value {
	if i.current == nil || i.current.frame == nil {
		return goja.Undefined()
	}
	return i.current.frame
}

// enterFrame has them hold something else from here on.
func (i *Isolate) enterFrame(c goja.FunctionCall) goja.Value {
	frame := c.Argument(0)
	if i.current == nil {
		if goja.IsUndefined(frame) {
			return frame
		}
		panic(i.newError("AsyncLocalStorage.run outside of a handler is not here; the real Workers runtime has it."))
	}
	s := *i.current
	s.frame = frame
	i.current = &s
	return goja.Undefined()
}

// waitUntilNow is waitUntil of cloudflare:workers: that of the invocation whose code runs.
func (i *Isolate) waitUntilNow(c goja.FunctionCall) goja.Value {
	i.callSite()
	return i.waitUntil(goja.FunctionCall{This: i.newContext(), Arguments: c.Arguments})
}

// classHandlers takes the handlers of a class that extends WorkerEntrypoint: each invocation
// makes an instance of its own.
func (i *Isolate) classHandlers(class *goja.Object) error {
	name := i.config.Program.bundle.Name
	prototype, _ := class.Get("prototype").(*goja.Object)
	extends := false
	for p := prototype; p != nil; p = p.Prototype() {
		extends = extends || i.entrypoint != nil && p == i.entrypoint
	}
	if !extends {
		return fmt.Errorf("%s: a class as the default export has to extend WorkerEntrypoint of cloudflare:workers", name)
	}
	method := func(name string) goja.Callable {
		if _, ok := goja.AssertFunction(prototype.Get(name)); !ok {
			return nil
		}
		return func(_ goja.Value, args ...goja.Value) (goja.Value, error) {
			event, env, ctx := args[0], args[1], args[2]
			instance, err := i.vm.New(class, ctx, env)
			if err != nil {
				return nil, err
			}
			f, ok := goja.AssertFunction(instance.Get(name))
			if !ok {
				return nil, fmt.Errorf("%s is no function any more", name)
			}
			return f(instance, event)
		}
	}
	i.fetch, i.scheduled = method("fetch"), method("scheduled")
	if i.fetch == nil && i.scheduled == nil {
		return fmt.Errorf("%s: the class of the default export has neither fetch nor scheduled", name)
	}
	return nil
}
