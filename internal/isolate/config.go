package isolate

import (
	"fmt"
	"time"

	"kvbench/internal/clock"
	"kvbench/internal/script"

	"github.com/dop251/goja"
)

// Config is what an isolate is made of.
type Config struct {
	Clock   clock.Clock
	Program *Program
	// Bindings are the names of the KV namespaces in env, in the order of Task.KV.
	Bindings []string
	// Vars are the other members of env: strings, and what encoding/json makes of JSON.
	Vars map[string]any
	// Absent are further bindings, which throw when they are used: what each is, such as "a
	// D1 database".
	Absent map[string]string
	// Location is the name of where the isolate runs, as request.cf.colo has it.
	Location string
	// Seed starts what is random while the script's modules are loaded.
	Seed uint64
	// Caches are those of the location, which its isolates share. Nil: the isolate has
	// its own.
	Caches *Caches
	// Console gets what the script logs. Nil: it is dropped.
	Console *Console
	Limits  Limits
	// Made is told of the isolate before it loads the script's modules; nil: nobody is.
	Made func(*Isolate)
}

// Limits are what an isolate allows its script.
type Limits struct {
	// WaitUntil is how long an invocation may go on after its response; 0: 30 s, as
	// Workers have it (developers.cloudflare.com/workers/runtime-apis/context).
	WaitUntil time.Duration
	// CallDepth is how many calls may be nested; 0: 2,000.
	CallDepth int
}

const (
	defaultWaitUntil = 30 * time.Second
	defaultCallDepth = 2000
)

// Program is a bundle that is ready to run, in any number of isolates at once.
type Program struct {
	bundle   *script.Bundle
	compiled *goja.Program
	quoted   []quoted
}

// Compile makes a bundle ready to run.
func Compile(b *script.Bundle) (*Program, error) {
	tree, fields, err := parse(b)
	if err != nil {
		return nil, err
	}
	compiled, err := goja.CompileAST(tree, false)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name, err)
	}
	return &Program{bundle: b, compiled: compiled, quoted: fields}, nil
}
