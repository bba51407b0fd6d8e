package scenarios

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/detect"
	"kvbench/internal/isolate"
	"kvbench/internal/load"
	"kvbench/internal/realisolate"
	"kvbench/internal/record"
	"kvbench/internal/webapi"
)

// worker is a Worker of one's own. What it is apart from its name follows from the scenario.
func worker(o Options) *bench.Pattern {
	base := &bench.Pattern{
		Name: "worker",
		Doc:  "A Worker of your own: its script runs in isolates on the scenario's clock, its calls of KV go to the scenario's store.",
		Variants: []bench.Variant{
			{Name: workerVariant, Doc: "the scenario's script; or a variant for each of its scripts"},
		},
		Published: workerVariant,
		Outcomes:  workerClasses[:],
		Observes:  append(detectedSeries(), workerStale, workerWaitFailed, workerInvocation, workerFetch, workerServed),
		Grows:     true,
		Fields:    func() any { return &workerFields{} },
		New: func(bench.Setup) (bench.Workload, error) {
			return nil, errors.New("a scenario of the pattern worker has a script")
		},
	}
	known := bundles{}
	base.Adapt = func(a bench.Asked) *bench.Pattern { return adaptWorker(base, a, known, o) }
	return base
}

// What a Worker has of its own.
var (
	workerWaitFailed = &bench.Anomaly{
		Name: "failed-wait", Unit: "ns", Of: "invocation",
		Says: "loses what it does after the response in {share} of invocations",
		Doc:  "an invocation after whose response something handed to ctx.waitUntil was rejected, or cut off: from when the transaction was due until then",
	}
	workerInvocation = &bench.Call{
		Name: "invocation", Each: "invocations",
		Doc: "one invocation of the Worker, by a request or a cron, of which a transaction may make several: until it has answered or failed",
	}
)

// workerLoad is one variant at work.
type workerLoad struct {
	*workerPlan
	bench.Params
	seed      uint64
	variant   string
	program   *workerProgram
	chooser   *load.Chooser
	isolates  []workerIsolate // by number
	cacheLock sync.Mutex
	caches    []*isolate.Caches // by location
	servers   map[string]*workerOrigin
	console   *isolate.Console     // nil: nobody is told of what the script logs
	real      *realisolate.Runtime // nil: the isolates are this process's
	end       func(error)          // ends the variant
}

func (p *workerPlan) workload(s bench.Setup) (bench.Workload, error) {
	if at := p.mix.furthest(); at >= s.Locations {
		return nil, fmt.Errorf("requests: a request is made at location %d, and the store has %d, counted from 0", at, s.Locations)
	}
	l := &workerLoad{
		workerPlan: p, Params: s.Params, seed: s.Seed, variant: s.Variant, program: p.programs[s.Variant],
		isolates: make([]workerIsolate, s.Isolates*s.Locations), caches: make([]*isolate.Caches, s.Locations),
	}
	if told := p.options.Logged; told != nil {
		l.console = &isolate.Console{To: func(line isolate.Line) { told(p.title(s.Variant), line.String()) }}
	}
	if len(p.crons) > 0 && l.program.scheduled {
		return workerWithCrons{l}, nil
	}
	return l, nil
}

// wallPause is how long a script takes on the wall clock between what it awaits: the way to and
// from the runtime, 0.3 ms where the machine is idle, and what it computes.
const wallPause = 2 * time.Millisecond

// Detector implements bench.Detecting.
func (p *workerLoad) Detector(c clock.Clock, report func(s bench.Series, due time.Duration, size int64)) detect.Watcher {
	pause := time.Duration(0)
	if !c.Virtual() {
		pause = wallPause
	}
	return detect.New(detect.Options{Epoch: c.Epoch(), Pause: pause, Suppressed: p.program.script.Suppressed, Report: func(o detect.Occurrence) {
		report(detected[o.Kind], o.Due, o.Size)
	}})
}

// Seed fills the namespaces.
func (p *workerLoad) Seed(ctx context.Context, w *bench.Worker) error {
	p.chooser = p.Distribution.Chooser(p.Keys)
	p.newOrigins()
	return p.seedEntries(ctx, w)
}

// Do makes the requests of one kind, one after the other. Those of a sequence end with the
// first that the Worker fails to answer, or answers with a status of 400 or more where a
// later one needs what it keeps of it.
func (p *workerLoad) Do(ctx context.Context, w *bench.Worker, i uint64) (bench.Outcome, error) {
	v := templateValues{key: p.chooser.Key(w.Rand), n: i, random: w.Rand.Uint64}
	kind := p.mix.pick(w.Rand.Uint64())
	if kind.kept > 0 {
		v.kept = make([]string, kind.kept)
	}
	var outcome bench.Outcome
	for j := range kind.calls {
		call := &kind.calls[j]
		if call.at >= 0 {
			w.At(call.at)
		}
		for range call.times {
			if call.after > 0 {
				if err := w.Pause(ctx, call.after); err != nil {
					return "", err
				}
			}
			response, err := p.ask(ctx, w, call.request(&v))
			if err != nil {
				return "", err
			}
			if outcome, err = p.outcome(response); err != nil {
				return "", err
			}
			if err := call.take(response, v.kept); err != nil {
				if response.Status >= 400 {
					return outcome, nil
				}
				return "", err
			}
		}
	}
	return outcome, nil
}

// ask gives a request to the Worker.
func (p *workerLoad) ask(ctx context.Context, w *bench.Worker, r *webapi.Request) (*webapi.Response, error) {
	began := w.Now()
	i, err := p.isolate(w)
	if err != nil {
		return nil, scriptError(err)
	}
	result, err := i.Fetch(ctx, p.host(ctx, w), r)
	w.Observe(workerInvocation, int64(w.Now()-began))
	if err != nil {
		return nil, scriptError(err)
	}
	if len(p.servers) > 0 {
		p.served(w, result.Response.Body, began)
	}
	return result.Response, nil
}

// scriptError is an error of a script as the bench counts it.
func scriptError(err error) error {
	thrown, ok := errors.AsType[*isolate.Exception](err)
	if !ok {
		return err
	}
	code := record.Exception
	if errors.Is(thrown, isolate.ErrHung) {
		code = record.Hung
	}
	return &bench.ScriptError{Code: code, Text: thrown.Error(), Err: thrown}
}

// OutcomeHeader is the header of a response that names the transaction's outcome.
const OutcomeHeader = "Kvbench-Outcome"

// outcome is how a response counts.
func (p *workerLoad) outcome(r *webapi.Response) (bench.Outcome, error) {
	if name := r.Headers.Get(OutcomeHeader); name != "" {
		o := bench.Outcome(name)
		if !slices.Contains(p.outcomes, o) {
			return "", fmt.Errorf("the response's header kvbench-outcome is %.60q, which outcomes: does not declare", name)
		}
		return o, nil
	}
	class := r.Status/100 - 2
	if class < 0 || class >= len(workerClasses) {
		return "", fmt.Errorf("the response has the status %d, which is no answer", r.Status)
	}
	return workerClasses[class], nil
}

// workerWithCrons is a Worker with scheduled handlers.
type workerWithCrons struct{ *workerLoad }

// Next implements bench.Scheduler.
func (p workerWithCrons) Next(after time.Time) (at time.Time, which int) { return p.next(after) }

// Scheduled implements bench.Scheduler.
func (p workerWithCrons) Scheduled(ctx context.Context, w *bench.Worker, at time.Time, which int) error {
	began := w.Now()
	i, err := p.isolate(w)
	if err == nil {
		_, err = i.Scheduled(ctx, p.host(ctx, w), p.crons[which].text, at)
		w.Observe(workerInvocation, int64(w.Now()-began))
	}
	if err != nil {
		return scriptError(err)
	}
	return nil
}
