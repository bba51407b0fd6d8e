package scenarios

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/projects"
	"kvbench/internal/setting"
	"kvbench/internal/suggest"
	"kvbench/internal/webapi"
)

// defaultHost is the host that requests are for where they name none.
const defaultHost = "worker.example.com"

// workerMix is all that is asked of a Worker.
type workerMix struct {
	kinds  []workerKind
	weight uint64 // of all
}

// workerKind is one kind of transaction: one request, or several one after the other.
type workerKind struct {
	upTo  uint64 // the sum of the weights up to it
	calls []workerCall
	kept  int // how many values its responses leave
}

// workerCall is one request.
type workerCall struct {
	method  string
	origin  string // https://host
	path    template
	headers []workerHeader
	body    template
	has     bool // a body
	inBody  func([]byte, string) []byte
	times   int
	after   time.Duration // that the client waits before
	at      int           // location; below 0: that of the call before, of the first any
	keep    []workerKept
}

type workerHeader struct {
	name  string
	value template
}

// pick draws a kind by its weight.
func (m *workerMix) pick(random uint64) *workerKind {
	at := random % m.weight
	for i := range m.kinds {
		if at < m.kinds[i].upTo {
			return &m.kinds[i]
		}
	}
	panic("the weights do not add up")
}

// furthest is the highest location at which something is asked; below 0 where none is named.
func (m *workerMix) furthest() int {
	at := -1
	for _, k := range m.kinds {
		for _, c := range k.calls {
			at = max(at, c.at)
		}
	}
	return at
}

// request makes the request of a call; its memory is its own.
func (c *workerCall) request(v *templateValues) *webapi.Request {
	r := &webapi.Request{
		Method: c.method, URL: string(c.path.append([]byte(c.origin), v, inPath)), Headers: make(http.Header, len(c.headers)),
	}
	for _, h := range c.headers {
		r.Headers.Add(h.name, string(h.value.append(nil, v, inHeader)))
	}
	if c.has {
		r.Body = c.body.append([]byte{}, v, c.inBody)
	}
	return r
}

// compiler makes requests of what a scenario says of them.
type compiler struct {
	bench.Asked
	from   projects.Source // of the scripts
	failed bool
}

func (c *compiler) fail(message, hint string, at int, path ...string) {
	c.failed = true
	c.Fail(message, hint, at, path...)
}

// mix makes all requests of a scenario.
func (c *compiler) mix(requests []workerRequest) *workerMix {
	m := &workerMix{}
	if len(requests) == 0 {
		requests = []workerRequest{{Path: "/"}}
	}
	for i := range requests {
		r := &requests[i]
		k := workerKind{}
		m.weight += uint64(orElse(r.Weight, 1))
		k.upTo = m.weight
		known, at := workerSlots[:], []string{"requests", strconv.Itoa(i)}
		switch {
		case r.Path == "" && len(r.Sequence) == 0:
			c.fail("the request has no path", "write {path: /user/{key}}, or a sequence of requests", 0, at...)
		case len(r.Sequence) == 0:
			k.calls = []workerCall{c.call(workerStep{Path: r.Path, Method: r.Method, Host: r.Host, Headers: r.Headers, Body: r.Body}, known, at)}
		case r.Path != "" || r.Method != "" || r.Host != "" || r.Headers != nil || r.Body.Given():
			c.fail("the request is one and a sequence", "write path, method, host, headers and body in the items of the sequence", 0, at...)
		default:
			for j, step := range r.Sequence {
				path := slices.Concat(at, []string{"sequence", strconv.Itoa(j)})
				k.calls = append(k.calls, c.call(step, known, path))
				known = c.keeps(&k.calls[j], step.Keep, known, path)
			}
			k.kept = len(known) - firstKept
		}
		if r.Location != nil && len(k.calls) > 0 && k.calls[0].at < 0 {
			k.calls[0].at = *r.Location
		}
		m.kinds = append(m.kinds, k)
	}
	return m
}

// orElse is what is given, or what holds otherwise.
func orElse[T any](given *T, otherwise T) T {
	if given == nil {
		return otherwise
	}
	return *given
}

// workerMethods are the methods of requests.
var workerMethods = [...]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

// A host, with a port or without; and the name of a header (RFC 9110, 5.6.2).
var (
	hostName   = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?$`)
	headerName = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")
)

func (c *compiler) call(s workerStep, known, at []string) workerCall {
	in := func(names ...string) []string { return slices.Concat(at, names) }
	call := workerCall{method: strings.ToUpper(s.Method), origin: "https://" + defaultHost, times: orElse(s.Times, 1), after: orElse(s.After, 0), at: orElse(s.Location, -1), has: s.Body.Given(), inBody: asText}
	switch {
	case call.method == "" && call.has:
		call.method = "POST"
	case call.method == "":
		call.method = "GET"
	case !slices.Contains(workerMethods[:], call.method):
		c.fail(strconv.Quote(s.Method)+" is not a method that requests have", suggest.Mean(call.method, "they are", workerMethods[:]), 0, in("method")...)
	}
	if call.has && (call.method == "GET" || call.method == "HEAD") {
		c.fail("a "+call.method+" request has no body", "remove it, or write method: POST", 0, in("body")...)
	}
	if s.Host != "" {
		if !hostName.MatchString(s.Host) {
			c.fail(strconv.Quote(s.Host)+" is not a host", "write it like example.com", 0, in("host")...)
		}
		call.origin = "https://" + s.Host
	}
	call.path = c.template(s.Path, known, in("path"))
	if !strings.HasPrefix(s.Path, "/") {
		c.fail("a path begins with a slash", "write /"+s.Path, 0, in("path")...)
	} else if _, err := url.Parse(workerSample(call.path)); err != nil {
		c.fail("this is not a path of a URL", "write what is special as %20 and the like", 0, in("path")...)
	}
	for _, h := range s.Headers {
		if !headerName.MatchString(h.Name) {
			c.fail(strconv.Quote(h.Name)+" is not a header's name", "", 0, in("headers")...)
			continue
		}
		call.headers = append(call.headers, workerHeader{h.Name, c.template(h.Value, known, in("headers", h.Name))})
	}
	call.body = c.body(&call, s.Body, known, in("body"))
	return call
}

// workerSample is a path as it may be.
func workerSample(t template) string {
	v := templateValues{random: func() uint64 { return 0 }}
	for range 1000 { // more values than a sequence keeps
		v.kept = append(v.kept, "")
	}
	return string(t.append(nil, &v, inPath))
}

// body makes the template of a body: of what is JSON one of its text, with what responses
// gave escaped.
func (c *compiler) body(call *workerCall, b setting.Any, known, at []string) template {
	if !b.Given() {
		return nil
	}
	text, kind := b.Text, "text/plain;charset=UTF-8"
	if !b.IsText {
		text, kind, call.inBody = string(b.JSON), "application/json", inJSON
	}
	if !slices.ContainsFunc(call.headers, func(h workerHeader) bool { return strings.EqualFold(h.name, "content-type") }) {
		call.headers = append(call.headers, workerHeader{"Content-Type", template{{kind, -1}}})
	}
	return c.template(text, known, at)
}

func (c *compiler) template(text string, known, at []string) template {
	t, bad := parseTemplate(text, known)
	if bad != nil {
		c.fail(bad.message, bad.hint, bad.at, at...)
	}
	return t
}
