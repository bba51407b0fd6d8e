package scenarios

import (
	"time"

	"kvbench/internal/load"
	"kvbench/internal/quantile"
	"kvbench/internal/setting"
)

// workerFields are what a scenario of the pattern worker has beside what every scenario
// has.
type workerFields struct {
	Script   string                            `yaml:"script" unset:"main of the nearest wrangler configuration" doc:"the Worker's TypeScript or JavaScript, relative to the scenario file: the variant worker"`
	Scripts  []setting.Entry[string]           `yaml:"scripts" unset:"script alone" doc:"several to compare, each a variant of its name: {published: ./a.ts, mended: ./b.ts}"`
	Bindings []string                          `yaml:"bindings" unset:"kv_namespaces of the nearest wrangler configuration" doc:"names of the KV namespaces in env; each holds keys of its own"`
	Vars     []setting.Entry[setting.Any]      `yaml:"vars" unset:"vars of the nearest wrangler configuration" doc:"further values of env, or others in place of wrangler's; secrets too: {TOKEN: '${TOKEN}'}"`
	KV       []workerEntry                     `yaml:"kv" unset:"every namespace is empty" doc:"what the namespaces hold when the load begins, see below"`
	Requests []workerRequest                   `yaml:"requests" unset:"one GET of /" doc:"what is asked of the Worker, drawn by weight, see below"`
	Origins  []setting.Entry[workerOriginSpec] `yaml:"origins" unset:"none; a fetch is rejected" doc:"modelled servers that the Worker may fetch from, by host, see below"`
	Outcomes []string                          `yaml:"outcomes" unset:"the classes of status alone" doc:"names that the response header kvbench-outcome may give, in place of the class of the status"`
	Lifetime quantile.Dist                     `yaml:"isolate-lifetime" min:"1s" unset:"as long as the run" doc:"how long an isolate lives before the next request gets a new one: its percentiles, or one time for all; each isolate draws its own"`
	Crons    []string                          `yaml:"crons" unset:"triggers.crons of the nearest wrangler configuration" doc:"when the scheduled handler is called, in UTC: five fields as of cron; [] for never"`
}

// workerEntry is what a namespace holds of one key, or of every key of the scenario.
type workerEntry struct {
	Binding  string        `yaml:"binding" unset:"the only one there is" doc:"the namespace"`
	Key      string        `yaml:"key" required:"true" doc:"its key; with {key} in it one for each key of the scenario"`
	Value    setting.Any   `yaml:"value" unset:"a JSON document of the size" doc:"its value: a text as it is, or what is stored as JSON"`
	Size     *load.Size    `yaml:"size" unset:"keys.size" doc:"size of a generated JSON document; not with value"`
	Metadata setting.Any   `yaml:"metadata" unset:"none" doc:"its metadata"`
	TTL      time.Duration `yaml:"ttl" unset:"it never expires" min:"60s" max:"87600h" doc:"when it expires, counted from the seeding"`
}

// workerRequest is one kind of request, or of sequence of them.
type workerRequest struct {
	Path     string                  `yaml:"path" unset:"required, but of a sequence" doc:"path and query: /user/{key}"`
	Method   string                  `yaml:"method" unset:"GET, or POST with a body" doc:"GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS"`
	Host     string                  `yaml:"host" unset:"worker.example.com" doc:"the host of the URL"`
	Headers  []setting.Entry[string] `yaml:"headers" unset:"none" doc:"its headers"`
	Body     setting.Any             `yaml:"body" unset:"none" doc:"a text as it is, or what is sent as JSON"`
	Weight   *int                    `yaml:"weight" unset:"1" min:"1" max:"1000000" doc:"how often it is made, beside the other weights"`
	Location *int                    `yaml:"location" unset:"all alike" max:"999" doc:"the location, counted from 0, at which it is made; its isolates take it by turns at random"`
	Sequence []workerStep            `yaml:"sequence" unset:"one request" doc:"several requests, one after the other, in place of one"`
}

// workerStep is a request of a sequence.
type workerStep struct {
	Path    string                  `yaml:"path" required:"true" doc:"as of a request"`
	Method  string                  `yaml:"method" unset:"GET, or POST with a body" doc:"as of a request"`
	Host    string                  `yaml:"host" unset:"worker.example.com" doc:"as of a request"`
	Headers []setting.Entry[string] `yaml:"headers" unset:"none" doc:"as of a request"`
	Body    setting.Any             `yaml:"body" unset:"none" doc:"as of a request"`
	After   *time.Duration          `yaml:"after" unset:"0s" max:"24h" doc:"how long the client waits before it makes the request, each time; no part of the transaction's response"`
	// Location is as of a request.
	Location *int                    `yaml:"location" unset:"that of the request before" max:"999" doc:"the location, counted from 0, at which it and what follows are made: the client has moved"`
	Times    *int                    `yaml:"times" unset:"1" min:"1" max:"1000" doc:"how often it is made, one after the other"`
	Keep     []setting.Entry[string] `yaml:"keep" unset:"nothing" doc:"what later requests of the sequence know of the response: {token: json.user.token, tag: header.etag, all: body}; {token} stands for it there"`
}

// workerOriginSpec is a modelled server.
type workerOriginSpec struct {
	Latency quantile.Dist `yaml:"latency" unset:"p0:40ms,p50:80ms,p99:400ms,p100:1s" doc:"how long one fetch takes: its percentiles, or one time for every fetch"`
	Changes time.Duration `yaml:"changes" unset:"10m" min:"1ms" max:"87600h" doc:"how long what lies at a path lives before the server changes it, which makes what is cached stale"`
	Errors  float64       `yaml:"errors" unset:"0%" max:"100%" doc:"share of the fetches that are answered with status 500"`
	Body    *load.Size    `yaml:"body" unset:"keys.size" doc:"size of an answer: a JSON document with its URL and version"`
	Status  *int          `yaml:"status" unset:"200" min:"200" max:"599" doc:"the status of an answer that is no error"`
}
