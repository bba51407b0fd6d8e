package realisolate

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kvbench/internal/script"
	"kvbench/internal/workerd"
	"kvbench/kv"
)

// The shim, module by module.
var (
	//go:embed shim/own.js
	ownModule string
	//go:embed shim/main.js
	mainModule string
	//go:embed shim/invocation.js
	invocationModule string
	//go:embed shim/env.js
	envModule string
	//go:embed shim/globals.js
	globalsModule string
	//go:embed shim/workers.js
	workersModule string
)

// userModule is the name of the user's module.
const userModule = "worker.js"

// Headers between the shim and this side.
const (
	atHeader     = "X-Kvbench-At"     // who asks: the token, and what for
	protoHeader  = "X-Kvbench-Proto"  // the scheme of a URL
	cfHeader     = "X-Kvbench-Cf"     // request.cf
	answerHeader = "X-Kvbench-Answer" // how many bytes of the body tell of the answer
	headHeader   = "X-Kvbench-Head"   // what tells of the answer to HEAD, which has no body
	callHeader   = "X-Kvbench-Call"   // who fetches
	failHeader   = "X-Kvbench-Failed" // a fetch is rejected
)

const (
	// limitMark is in the error of a call that an invocation may not make any more.
	limitMark = "kvbench: invocation limit"
	// nameMark begins the name of a long key.
	nameMark = "\x01"
	// packagedSites is how many places of a call are told where the innermost may be that
	// of a package.
	packagedSites = 8
)

// shimConfig is what the shim knows of this side.
type shimConfig struct {
	Bindings     []string          `json:"bindings"`
	Absent       map[string]string `json:"absent"`
	Module       string            `json:"module"`
	Frames       int               `json:"frames"`
	Report       string            `json:"report"` // the URL
	AnswerHeader string            `json:"answerHeader"`
	HeadHeader   string            `json:"headHeader"`
	CallHeader   string            `json:"callHeader"`
	FailHeader   string            `json:"failHeader"`
	LimitMark    string            `json:"limitMark"`
	NameMark     string            `json:"nameMark"`
	MostKey      int               `json:"mostKey"`
	MostBytes    int               `json:"mostBytes"`
}

func socketName(isolate int) string      { return "isolate-" + strconv.Itoa(isolate) }
func (r *Runtime) at(what string) string { return r.token + " " + what }
func (r *Runtime) reportHost() string    { return r.token + ".kvbench.invalid" }

// processConfig is what workerd serves: a Worker for each isolate.
func (r *Runtime) processConfig(kvAddress, outAddress string) (c workerd.Config, err error) {
	own := shimConfig{
		Bindings: r.config.Bindings, Absent: r.config.Absent, Module: userModule, Frames: 1,
		Report:       "http://" + r.reportHost() + "/",
		AnswerHeader: answerHeader, HeadHeader: headHeader, CallHeader: callHeader, FailHeader: failHeader,
		LimitMark: limitMark, NameMark: nameMark, MostKey: kv.MaxKeyBytes, MostBytes: r.config.MostBody,
	}
	if own.Bindings == nil {
		own.Bindings = []string{}
	}
	if r.config.Bundle.Modules {
		own.Frames = packagedSites
	}
	text, err := json.Marshal(own)
	if err != nil {
		return c, err
	}
	vars := map[string]string{}
	for name, v := range r.config.Vars {
		document, err := json.Marshal(v)
		if err != nil {
			return c, fmt.Errorf("the var %s: %w", name, err)
		}
		vars[name] = string(document)
	}
	external := func(name, address, what, proto string) string {
		c.Externals = append(c.Externals, workerd.External{
			Name: name, Address: address, ProtoHeader: proto, Headers: []workerd.Header{{Name: atHeader, Value: r.at(what)}},
		})
		return name
	}
	out := external("out", outAddress, "out", protoHeader)
	var bindings []workerd.Binding
	for n, name := range r.config.Bindings {
		bindings = append(bindings, workerd.Binding{Name: name, External: external("kv-"+strconv.Itoa(n), kvAddress, strconv.Itoa(n), "")})
	}
	for location := range r.config.Locations {
		cache := external("cache-"+strconv.Itoa(location), outAddress, "cache "+strconv.Itoa(location), protoHeader)
		for n := range r.config.Isolates {
			name := socketName(location*r.config.Isolates + n)
			c.Workers = append(c.Workers, workerd.Worker{
				Name: name, Date: r.date(), Flags: r.flags(), KV: bindings, Vars: vars, Outbound: out, Cache: cache,
				Modules: []workerd.Module{
					{Name: "main.js", Code: mainModule},
					{Name: "own.js", Code: ownModule},
					{Name: "invocation.js", Code: invocationModule},
					{Name: "env.js", Code: envModule},
					{Name: "globals.js", Code: globalsModule},
					{Name: strings.TrimPrefix(script.WorkersModule, "./"), Code: workersModule},
					{Name: "config.js", Code: "export default " + string(text) + ";\n"},
					{Name: userModule, Code: r.config.Bundle.Code},
				},
			})
			c.Sockets = append(c.Sockets, workerd.Socket{Name: name, Worker: name, ProtoHeader: protoHeader, CfHeader: cfHeader})
		}
	}
	return c, nil
}

func (r *Runtime) date() string {
	if r.config.Date == "" {
		return DefaultDate
	}
	return r.config.Date
}

// flags are those of the project, and what the shim needs.
func (r *Runtime) flags() []string {
	flags := slices.Clone(r.config.Flags)
	for _, has := range []string{"nodejs_als", "nodejs_compat", "nodejs_compat_v2"} {
		if slices.Contains(flags, has) {
			return flags
		}
	}
	return append(flags, "nodejs_als")
}
