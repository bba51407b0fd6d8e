package isolate

import (
	"kvbench/internal/detect"

	"github.com/dop251/goja"
)

// scope is whose code runs, and the last place of the author's code that it is known to
// have come through. It goes along with promises and never changes.
type scope struct {
	invocation *invocation
	site       detect.Site
	own        bool       // the site is the author's; otherwise it is that of a package
	frame      goja.Value // what its AsyncLocalStorages hold; nil or undefined: nothing
}

// tracker tells which invocation a continuation belongs to: modules keep bindings, so
// that those don't tell it.
type tracker Isolate

// Grab implements goja.AsyncContextTracker: something waits for a promise.
func (t *tracker) Grab() any {
	i := (*Isolate)(t)
	// A package may wait before it calls the host; whose line it was is known now alone.
	if i.current != nil && i.config.Program.bundle.Modules {
		i.locate()
	}
	return i.current
}

// Resumed implements goja.AsyncContextTracker.
func (t *tracker) Resumed(grabbed any) {
	i := (*Isolate)(t)
	if s, _ := grabbed.(*scope); s != nil {
		i.current = s
	}
}

// Exited implements goja.AsyncContextTracker.
func (t *tracker) Exited() { t.current = t.base }

// callSite is whose code calls the host, and from where. It throws where the host can't
// be called.
func (i *Isolate) callSite() (*scope, detect.Site) {
	if i.current == nil {
		panic(i.newError("Disallowed operation called within global scope. Asynchronous I/O (ex: fetch() or connect()), " +
			"setting a timeout, and generating random values are not allowed within global scope. " +
			"To fix this error, perform this operation within a handler."))
	}
	i.locate()
	return i.current, i.current.site
}

// place is a place of a bundle, by where it is in the sources.
type place struct {
	site detect.Site
	own  bool
}

// locate notes where in the author's code the script is: the innermost frame outside of
// packages. Where the stack has none the last one stays; where there never was one, as when
// a package is all of the handler, the innermost frame of a package.
func (i *Isolate) locate() {
	i.stack = i.vm.CaptureCallStack(0, i.stack[:0])
	var packaged detect.Site
	for n := range i.stack {
		p := i.place(&i.stack[n])
		if p.own {
			i.at(p.site, true)
			return
		}
		if packaged == (detect.Site{}) {
			packaged = p.site
		}
	}
	if !i.current.own && packaged != (detect.Site{}) {
		i.at(packaged, false)
	}
}

func (i *Isolate) at(site detect.Site, own bool) {
	if s := i.current; s.site != site || s.own != own {
		i.current = &scope{invocation: s.invocation, site: site, own: own, frame: s.frame}
	}
}

// place finds a frame in the sources.
func (i *Isolate) place(f *goja.StackFrame) place {
	if p, ok := i.places[*f]; ok {
		return p
	}
	var p place
	b := i.config.Program.bundle
	if f.SrcName() == b.Name {
		at := f.Position()
		found, own := i.config.Program.site(at.Line, at.Column)
		p = place{site: detect.Site(found), own: own}
	}
	i.places[*f] = p
	return p
}
