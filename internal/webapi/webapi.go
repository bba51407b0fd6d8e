package webapi

import (
	"embed"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

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

	host, lib *goja.Object // what the prelude gets of Go, and of itself
	loaded    []bool       // which files of the prelude have run

	last       parsed                       // the URL that was parsed last
	lastOrigin sharedParts                  // of the plain URL that was parsed last
	sets       map[string][]span            // sets of characters of regular expressions
	collators  map[string]*collate.Collator // by their options

	message                                           goja.Constructor // of what Request and Response share
	request                                           *goja.Object     // the class
	bytes                                             goja.Constructor // Uint8Array
	newResponse, peekRequest, peekResponse, asRequest goja.Callable
}

//go:embed prelude/*.js
var files embed.FS

// file is a file of the prelude.
type file struct {
	name    string
	globals []string // that have it loaded when they are first asked for; nil: it is loaded at once
	needs   []string // files that are loaded before it
}

// order is the order in which the prelude is run. What not every script needs waits for the
// first use of it: an isolate is made in a fifth of the time.
var order = []file{
	{name: "base"},
	{name: "language"},
	{name: "iterators"},
	{name: "regexp"},
	{name: "locale"},
	{name: "headers"},
	{name: "message"},
	{name: "request"},
	{name: "response"},
	{name: "url"},
	{name: "missing"},
	{name: "dom", globals: []string{
		"DOMException", "Event", "CustomEvent", "ErrorEvent", "MessageEvent", "EventTarget", "AbortSignal", "AbortController", "reportError",
	}},
	{name: "readers", globals: []string{
		"ReadableStreamDefaultReader", "ReadableStreamBYOBReader", "ReadableStreamDefaultController", "ReadableByteStreamController",
	}},
	{name: "readable", globals: []string{"ReadableStream"}, needs: []string{"readers", "pipes"}},
	{name: "writable", globals: []string{"WritableStream", "WritableStreamDefaultWriter", "WritableStreamDefaultController"}, needs: []string{"readers"}},
	{name: "transform", globals: []string{
		"TransformStream", "TransformStreamDefaultController", "IdentityTransformStream", "FixedLengthStream",
		"CountQueuingStrategy", "ByteLengthQueuingStrategy",
	}, needs: []string{"readable", "writable"}},
	{name: "pipes", globals: []string{}, needs: []string{"writable"}},
	{name: "blob", globals: []string{"Blob", "File", "FormData"}},
	{name: "text", globals: []string{"TextEncoder", "TextDecoder", "atob", "btoa"}},
	{name: "codecs", globals: []string{"TextEncoderStream", "TextDecoderStream", "CompressionStream", "DecompressionStream"}, needs: []string{"transform"}},
	{name: "crypto", globals: []string{"Crypto", "SubtleCrypto", "CryptoKey", "crypto"}},
	{name: "clone", globals: []string{"structuredClone"}},
}

var programs = sync.OnceValue(func() []*goja.Program {
	all := make([]*goja.Program, len(order))
	for i, f := range order {
		b, err := files.ReadFile("prelude/" + f.name + ".js")
		if err != nil {
			panic(err)
		}
		all[i] = goja.MustCompile(Prefix+f.name+".js", string(b), true)
	}
	return all
})

// Install gives vm the APIs. It is for a runtime in which no script has run, in a process
// whose local time is UTC: goja's Date has the process's, and Workers have UTC.
func Install(vm *goja.Runtime, env Env) (*API, error) {
	if env.Random == nil {
		return nil, errors.New("webapi: Env.Random is nil")
	}
	for _, m := range []time.Month{time.January, time.July} {
		if _, off := time.Date(2020, m, 1, 0, 0, 0, 0, time.Local).Zone(); off != 0 {
			return nil, errors.New("webapi: the process's local time has to be UTC, as the Workers runtime's is (TZ=UTC)")
		}
	}
	a := &API{vm: vm, env: env, lib: vm.NewObject()}
	host := vm.NewObject()
	for _, h := range hosts {
		if err := host.Set(h.name, h.bind(a)); err != nil {
			return nil, fmt.Errorf("webapi: %w", err)
		}
	}
	a.host = host
	for _, f := range order {
		if f.globals != nil {
			continue
		}
		if err := a.load(f.name); err != nil {
			return nil, err
		}
	}
	lazy, ok := goja.AssertFunction(a.lib.Get("lazy"))
	if !ok {
		return nil, errors.New("webapi: the prelude has no lazy")
	}
	for _, f := range order {
		if f.globals == nil {
			continue
		}
		if _, err := lazy(goja.Undefined(), vm.ToValue(f.name), vm.ToValue(f.globals)); err != nil {
			return nil, fmt.Errorf("webapi: prelude %s: %w", f.name, err)
		}
	}
	for name, f := range map[string]*goja.Callable{
		"newResponse": &a.newResponse,
		"peekRequest": &a.peekRequest, "peekResponse": &a.peekResponse, "asRequest": &a.asRequest,
	} {
		var ok bool
		if *f, ok = goja.AssertFunction(a.lib.Get(name)); !ok {
			return nil, fmt.Errorf("webapi: the prelude has no %s", name)
		}
	}
	return a, errors.Join(a.takeClasses(), a.putParse())
}

// takeClasses takes what Go makes requests with.
func (a *API) takeClasses() (err error) {
	a.request, _ = a.lib.Get("Request").(*goja.Object)
	var ok, ok2 bool
	a.message, ok = goja.AssertConstructor(a.lib.Get("Message"))
	a.bytes, ok2 = goja.AssertConstructor(a.vm.Get("Uint8Array"))
	if a.request == nil || !ok || !ok2 {
		return errors.New("webapi: the prelude has no Request")
	}
	return nil
}

// load runs a file of the prelude, and before it what it needs, once.
func (a *API) load(name string) error {
	i := slices.IndexFunc(order, func(f file) bool { return f.name == name })
	if i < 0 {
		return fmt.Errorf("webapi: there is no prelude %s", name)
	}
	if a.loaded == nil {
		a.loaded = make([]bool, len(order))
	}
	if a.loaded[i] {
		return nil
	}
	a.loaded[i] = true
	for _, n := range order[i].needs {
		if err := a.load(n); err != nil {
			return err
		}
	}
	v, err := a.vm.RunProgram(programs()[i])
	if err != nil {
		return fmt.Errorf("webapi: prelude %s: %w", name, err)
	}
	f, ok := goja.AssertFunction(v)
	if !ok {
		return fmt.Errorf("webapi: prelude %s is no function", name)
	}
	if _, err := f(goja.Undefined(), a.host, a.lib); err != nil {
		return fmt.Errorf("webapi: prelude %s: %w", name, err)
	}
	return nil
}

// typeError throws a TypeError in the script.
func (a *API) typeError(format string, args ...any) {
	panic(a.vm.NewTypeError(fmt.Sprintf(format, args...)))
}
