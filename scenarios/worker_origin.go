package scenarios

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/quantile"
	"kvbench/internal/record"
	"kvbench/internal/webapi"
)

// workerOriginModel says what of a Worker's fetches is modelled.
const workerOriginModel = "fetches are answered by modelled origins: their latency is drawn from the percentiles of origins, by default " +
	"p50 80 ms, p99 400 ms and at most 1 s: an assumption, as a database-backed API commonly answers; what they answer is made up"

// What a Worker's responses have of the origins.
var (
	workerFetch  = &bench.Call{Name: "fetch", Each: "fetches", Doc: "one fetch from a modelled origin"}
	workerServed = &bench.Call{
		Name: "served-origin", Each: "responses",
		Doc: "a response that has a modelled origin's document in it: from when its request was made until it came",
	}
	workerStale = &bench.Anomaly{
		Name: "stale-origin", Unit: "ns", Of: "served-origin", Role: record.Age,
		Says: "serves what the origin had replaced in {share} of responses",
		Doc:  "a response with a modelled origin's document that the origin had replaced before the request was made: how long before",
	}
)

// workerOrigin is a modelled server: what lies at a path changes once a period.
type workerOrigin struct {
	changing
	spec    workerOriginSpec
	latency quantile.Dist
	size    int // of an answer
	status  int
}

// newOrigins makes the servers of a scenario.
func (p *workerLoad) newOrigins() {
	p.servers = map[string]*workerOrigin{}
	for host, spec := range p.origins {
		o := &workerOrigin{
			changing: changing{p.seed ^ hashOf(host), spec.Changes}, spec: spec, latency: spec.Latency,
			size: orElse(spec.Body, p.Size).Max, status: orElse(spec.Status, http.StatusOK),
		}
		if o.period == 0 {
			o.period = defaultOrigin().Changes
		}
		if o.latency == nil {
			o.latency = defaultOrigin().Latency
		}
		p.servers[host] = o
	}
}

func hashOf(text string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(text))
	return h.Sum64()
}

// fetch answers a request of a script.
func (p *workerLoad) fetch(ctx context.Context, w *bench.Worker, r *webapi.Request) (*webapi.Response, error) {
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil, fmt.Errorf("fetch: %q is not a URL", r.URL)
	}
	o := p.servers[strings.ToLower(u.Host)]
	if o == nil {
		return nil, &bench.ScriptError{Code: record.NoOrigin, Text: fmt.Sprintf("no origin is modelled for %s; add it to origins:", u.Host)}
	}
	latency, fate := w.Rand.Uint64(), w.Rand.Float64()
	asked := w.Now()
	if err := w.Fetch(ctx, o.latency.Draw(latency)); err != nil {
		return nil, err
	}
	w.Observe(workerFetch, int64(w.Now()-asked))
	return o.answer(r, u, fate, w.Now(), w.Epoch()), nil
}

// The head of an origin's document, by which it is known again in a Worker's response.
const (
	originHead    = `{"origin":"`
	originVersion = `","version":`
)

// answer is what the server answers at a time.
func (o *workerOrigin) answer(r *webapi.Request, u *url.URL, fate float64, at time.Duration, epoch time.Time) *webapi.Response {
	out := &webapi.Response{Status: o.status, Headers: http.Header{
		"Content-Type": {"application/json"}, "Date": {epoch.Add(at).UTC().Format(http.TimeFormat)},
	}}
	if fate < o.spec.Errors {
		out.Status, out.Body = http.StatusInternalServerError, []byte(`{"error":"the modelled origin failed"}`)
	} else {
		name := strings.ToLower(u.Host) + u.RequestURI()
		version := o.version(hashOf(name), at)
		out.Headers.Set("Etag", `"`+strconv.FormatUint(version, 10)+`"`)
		out.Body = appendOriginDoc(nil, name, version, o.size)
	}
	out.StatusText = http.StatusText(out.Status)
	if r.Method == http.MethodHead || out.Status == http.StatusNoContent || out.Status == http.StatusNotModified {
		out.Body = nil
	}
	return out
}

func appendOriginDoc(b []byte, name string, version uint64, size int) []byte {
	b = append(b, originHead...)
	b = inJSON(b, name)
	b = append(b, originVersion...)
	b = strconv.AppendUint(b, version, 10)
	const head, tail = `,"text":"`, `"}`
	n := size - len(b) - len(head) - len(tail)
	if n < 0 {
		return append(b, '}')
	}
	b = append(b, head...)
	for ; n > 0; n -= len(bio) {
		b = append(b, bio[:min(n, len(bio))]...)
	}
	return append(b, tail...)
}

// served observes how stale the origin's document in the response to a request that was made
// at asked is, if it has one.
func (p *workerLoad) served(w *bench.Worker, body []byte, asked time.Duration) {
	name, version, err := readOriginDoc(body)
	if err != nil {
		return
	}
	host, _, _ := strings.Cut(name, "/")
	o := p.servers[host]
	if o == nil {
		return
	}
	w.Observe(workerServed, int64(w.Now()-asked))
	if age := o.staleFor(hashOf(name), version, asked); age > 0 {
		w.Observe(workerStale, int64(age))
	}
}

var errNoOrigin = errors.New("no origin's document is in it")

// readOriginDoc reads the head of the first origin's document in a body.
func readOriginDoc(body []byte) (name string, version uint64, err error) {
	at := bytes.Index(body, []byte(originHead))
	if at < 0 {
		return "", 0, errNoOrigin
	}
	rest := body[at+len(originHead):]
	end := bytes.Index(rest[:min(len(rest), 4096)], []byte(originVersion))
	if end < 0 {
		return "", 0, errNoOrigin
	}
	digits := rest[end+len(originVersion):]
	n := 0
	for n < len(digits) && n < 20 && '0' <= digits[n] && digits[n] <= '9' {
		n++
	}
	version, err = strconv.ParseUint(string(digits[:n]), 10, 64)
	return string(rest[:end]), version, err
}
