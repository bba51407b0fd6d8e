package webapi

import (
	"embed"
	"errors"
	"fmt"
	"sync"

	"github.com/dop251/goja"
	"golang.org/x/text/collate"
)

// Prefix begins the name of each file of the prelude, as it stands in stack traces: frames
// of it are not the script's.
const Prefix = "webapi:"

// Env is what the APIs take from outside.
type Env struct {
	// Random fills p from the source of randomness that the script sees.
	Random func(p []byte)
	// Timer calls f in the runtime after ms milliseconds, once. Nil: AbortSignal.timeout
	// throws.
	Timer func(ms float64, f func())
	// Report gets an exception that nobody caught: of an event's listener, of reportError.
	// Nil: it is dropped.
	Report func(err goja.Value)
}

// API is what Go uses of the APIs of one runtime. Like the runtime it is for one goroutine
// at a time.
type API struct {
	vm  *goja.Runtime
	env Env
	lib *goja.Object

	last      parsed                       // the URL that was parsed last
	sets      map[string][]span            // sets of characters of regular expressions
	collators map[string]*collate.Collator // by their options

	newRequest, newResponse, peekRequest, peekResponse, asRequest goja.Callable
}

//go:embed prelude/*.js
var files embed.FS

// order is the order in which the prelude is run.
var order = []string{
	"base", "language", "iterators", "regexp", "locale", "dom", "headers", "message", "request", "response", "url",
	"readers", "readable", "writable", "transform", "pipes", "blob", "text", "crypto", "clone", "missing",
}

var programs = sync.OnceValue(func() []*goja.Program {
	all := make([]*goja.Program, len(order))
	for i, name := range order {
		b, err := files.ReadFile("prelude/" + name + ".js")
		if err != nil {
			panic(err)
		}
		all[i] = goja.MustCompile(Prefix+name+".js", string(b), true)
	}
	return all
})

// Install gives vm the APIs. It is for a runtime in which no script has run.
func Install(vm *goja.Runtime, env Env) (*API, error) {
	if env.Random == nil {
		return nil, errors.New("webapi: Env.Random is nil")
	}
	a := &API{vm: vm, env: env, lib: vm.NewObject()}
	host := vm.NewObject()
	for _, h := range hosts {
		if err := host.Set(h.name, h.bind(a)); err != nil {
			return nil, fmt.Errorf("webapi: %w", err)
		}
	}
	for i, p := range programs() {
		v, err := vm.RunProgram(p)
		if err != nil {
			return nil, fmt.Errorf("webapi: prelude %s: %w", order[i], err)
		}
		f, ok := goja.AssertFunction(v)
		if !ok {
			return nil, fmt.Errorf("webapi: prelude %s is no function", order[i])
		}
		if _, err := f(goja.Undefined(), host, a.lib); err != nil {
			return nil, fmt.Errorf("webapi: prelude %s: %w", order[i], err)
		}
	}
	for name, f := range map[string]*goja.Callable{
		"newRequest": &a.newRequest, "newResponse": &a.newResponse,
		"peekRequest": &a.peekRequest, "peekResponse": &a.peekResponse, "asRequest": &a.asRequest,
	} {
		var ok bool
		if *f, ok = goja.AssertFunction(a.lib.Get(name)); !ok {
			return nil, fmt.Errorf("webapi: the prelude has no %s", name)
		}
	}
	return a, nil
}

// typeError throws a TypeError in the script.
func (a *API) typeError(format string, args ...any) {
	panic(a.vm.NewTypeError(fmt.Sprintf(format, args...)))
}
