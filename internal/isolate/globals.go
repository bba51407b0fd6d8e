package isolate

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/dop251/goja"
)

//go:embed prelude.js
var preludeSource string

// preludeName begins the name of the runtime's own script in stacks.
const preludeName = "isolate:prelude.js"

var prelude = sync.OnceValue(func() *goja.Program { return goja.MustCompile(preludeName, preludeSource, true) })

type native = func(goja.FunctionCall) goja.Value

// runtime is what the prelude gives back.
type runtime struct {
	namespace, openCache, listeners, run, wrap, abortable, seal goja.Callable
}

// setGlobals gives the script all that is not the web's.
func (i *Isolate) setGlobals() error {
	made, err := i.vm.RunProgram(prelude())
	if err != nil {
		return err
	}
	install, _ := goja.AssertFunction(made)
	host := map[string]any{
		"kv": map[string]native{
			"get": i.kvGet, "getWithMetadata": i.kvGetWithMetadata, "put": i.kvPut, "delete": i.kvDelete, "list": i.kvList,
		},
		"context": map[string]native{
			"waitUntil": i.waitUntil, "passThroughOnException": i.passThroughOnException,
		},
		"cache":  map[string]native{"match": i.cacheMatch, "put": i.cachePut, "delete": i.cacheDelete},
		"caches": map[string]native{"open": i.cacheOpen},
		"log":    i.log, "report": i.reportNative, "run": i.runJob, "reactions": i.reactions(),
		"globals": map[string]native{
			"fetch": i.fetchGlobal, "setTimeout": i.setTimeout, "setInterval": i.setInterval,
			"clearTimeout": i.clearTimer, "clearInterval": i.clearTimer,
		},
	}
	v, err := install(goja.Undefined(), i.object(host))
	if err != nil {
		return err
	}
	given := v.(*goja.Object)
	i.contexts = given.Get("context").(*goja.Object)
	i.cachePrototype = given.Get("cache").(*goja.Object)
	i.cacheNames = map[*goja.Object]string{given.Get("defaultCache").(*goja.Object): ""}
	for name, f := range map[string]*goja.Callable{
		"namespace": &i.runtime.namespace, "openCache": &i.runtime.openCache, "run": &i.runtime.run, "wrap": &i.runtime.wrap, "abortable": &i.runtime.abortable, "listeners": &i.runtime.listeners,
		"seal": &i.runtime.seal,
	} {
		*f, _ = goja.AssertFunction(given.Get(name))
	}
	i.origin = goja.NewSymbol("origin")
	i.takeBuiltins()
	i.takeReactions(given)
	cf := i.vm.NewObject()
	_ = cf.Set("colo", i.config.Location)
	i.cf = cf
	if err := i.setEnv(); err != nil {
		return err
	}
	return i.setModules()
}

// object makes an object of nested maps, its members in order.
func (i *Isolate) object(members map[string]any) *goja.Object {
	o := i.vm.NewObject()
	for _, name := range slices.Sorted(maps.Keys(members)) {
		switch m := members[name].(type) {
		case map[string]native:
			inner := i.vm.NewObject()
			for _, name := range slices.Sorted(maps.Keys(m)) {
				_ = inner.Set(name, m[name])
			}
			_ = o.Set(name, inner)
		default:
			_ = o.Set(name, m)
		}
	}
	return o
}

func (i *Isolate) runJob(goja.FunctionCall) goja.Value {
	f := i.job
	i.job = nil
	f()
	return goja.Undefined()
}

// jsonCalls are JSON's functions as they were before any script ran.
type jsonCalls struct{ parse, stringify goja.Callable }

func (i *Isolate) takeBuiltins() {
	json := i.vm.Get("JSON").(*goja.Object)
	i.json.parse, _ = goja.AssertFunction(json.Get("parse"))
	i.json.stringify, _ = goja.AssertFunction(json.Get("stringify"))
	promise := i.vm.Get("Promise").(*goja.Object).Get("prototype").(*goja.Object)
	then, _ := goja.AssertFunction(promise.Get("then"))
	i.then = then
	i.isView, _ = goja.AssertFunction(i.vm.Get("ArrayBuffer").(*goja.Object).Get("isView"))
	i.newMap, _ = goja.AssertConstructor(i.vm.Get("Map"))
	i.mapSet, _ = goja.AssertFunction(i.vm.Get("Map").(*goja.Object).Get("prototype").(*goja.Object).Get("set"))
}

// takeReactions takes the functions that are called with what promises came to. They are
// the prelude's around those of reactions.
func (i *Isolate) takeReactions(given *goja.Object) {
	made := given.Get("reactions").(*goja.Object)
	for name, v := range map[string]*goja.Value{
		"answered": &i.answered, "complete": &i.complete, "failed": &i.failed, "waited": &i.waited, "refused": &i.refused,
	} {
		*v = made.Get(name)
	}
}

// chain has promise call f, and is the promise of what f returns.
func (i *Isolate) chain(promise *goja.Object, f func(value goja.Value) goja.Value) goja.Value {
	react, err := i.runtime.wrap(goja.Undefined(), i.vm.ToValue(func(c goja.FunctionCall) goja.Value { return f(c.Argument(0)) }))
	if err != nil {
		i.rethrow(err)
	}
	v, err := i.then(promise, react)
	if err != nil {
		i.rethrow(err)
	}
	return v
}

// reactions are called in the invocation that waited.
func (i *Isolate) reactions() map[string]native {
	return map[string]native{
		"answered": i.reaction(func(v *invocation, value goja.Value) { v.answer(value) }),
		"complete": i.reaction(func(v *invocation, value goja.Value) {
			b, err := i.web.Bytes(value)
			v.result.Response.Body = b
			v.settle(err)
		}),
		"failed":  i.reaction(func(v *invocation, reason goja.Value) { v.fail(i.rejection(reason)) }),
		"waited":  i.reaction(func(v *invocation, _ goja.Value) { v.waitSettled(nil) }),
		"refused": i.reaction(func(v *invocation, reason goja.Value) { v.waitSettled(i.rejection(reason)) }),
	}
}

func (i *Isolate) reaction(f func(v *invocation, value goja.Value)) native {
	return func(c goja.FunctionCall) goja.Value {
		f(i.current.invocation, c.Argument(0))
		return goja.Undefined()
	}
}

// setEnv makes env: the bindings and the vars.
func (i *Isolate) setEnv() error {
	i.env = i.vm.NewObject()
	i.names = map[*goja.Object]int{}
	for n, name := range i.config.Bindings {
		v, err := i.runtime.namespace(goja.Undefined())
		if err != nil {
			return err
		}
		namespace := v.(*goja.Object)
		i.names[namespace] = n
		_ = i.env.Set(name, namespace)
	}
	for _, name := range slices.Sorted(maps.Keys(i.config.Vars)) {
		v, err := i.value(i.config.Vars[name])
		if err != nil {
			return fmt.Errorf("the var %s: %w", name, err)
		}
		_ = i.env.Set(name, v)
	}
	for _, name := range slices.Sorted(maps.Keys(i.config.Absent)) {
		_ = i.env.Set(name, i.vm.NewDynamicObject(&absentBinding{i, name, i.config.Absent[name]}))
	}
	return nil
}

// absentBinding is a binding of a kind that is not here: it throws when it is used.
type absentBinding struct {
	isolate    *Isolate
	name, kind string
}

func (a *absentBinding) throw() {
	panic(a.isolate.newError("env.%s is %s, which is not here; the real runtime has it", a.name, a.kind))
}

// Get implements goja.DynamicObject. It may be awaited, and be written as JSON.
func (a *absentBinding) Get(key string) goja.Value {
	if key == "then" || key == "toJSON" {
		return nil
	}
	a.throw()
	return nil
}

// Set implements goja.DynamicObject.
func (a *absentBinding) Set(string, goja.Value) bool { a.throw(); return false }

// Has implements goja.DynamicObject.
func (a *absentBinding) Has(string) bool { return false }

// Delete implements goja.DynamicObject.
func (a *absentBinding) Delete(string) bool { return false }

// Keys implements goja.DynamicObject.
func (a *absentBinding) Keys() []string { return nil }

// listeners is the handler of a script of the service worker's kind; nil where it has
// registered none.
func (i *Isolate) listeners() goja.Value {
	v, err := i.runtime.listeners(goja.Undefined(), i.env)
	if err != nil {
		return nil
	}
	return v
}

// newContext makes the ctx of an invocation.
func (i *Isolate) newContext() goja.Value { return i.vm.CreateObject(i.contexts) }

// checkContext throws where a method of ctx was taken off it.
func (i *Isolate) checkContext(this goja.Value) *invocation {
	o, ok := this.(*goja.Object)
	if !ok || o.Prototype() != i.contexts || i.current == nil {
		i.throwType("Illegal invocation: function called with incorrect `this` reference. " +
			"See https://developers.cloudflare.com/workers/observability/errors/#illegal-invocation-errors for details.")
	}
	return i.current.invocation
}

func (i *Isolate) passThroughOnException(c goja.FunctionCall) goja.Value {
	i.checkContext(c.This)
	return goja.Undefined()
}

// waitUntil keeps the invocation going until a promise has settled.
func (i *Isolate) waitUntil(c goja.FunctionCall) goja.Value {
	v := i.checkContext(c.This)
	if len(c.Arguments) == 0 {
		i.throwType("Failed to execute 'waitUntil' on 'ExecutionContext': 1 argument required, but only 0 present.")
	}
	promise, ok := c.Argument(0).(*goja.Object)
	if !ok || promise.ExportType() != promiseType {
		return goja.Undefined() // it has settled already
	}
	i.locate()
	v.waits++
	if _, err := i.then(promise, i.waited, i.refused); err != nil {
		v.waitSettled(i.exception(err))
	}
	return goja.Undefined()
}

func (v *invocation) waitSettled(err error) {
	v.waits--
	if err != nil {
		v.failures = append(v.failures, err)
	}
	v.isolate.touch(v)
}
