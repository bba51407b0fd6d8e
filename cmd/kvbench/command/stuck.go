package command

import (
	"context"
	"fmt"
	"sync"
	"time"
	"weak"

	"kvbench/internal/bench"
	"kvbench/internal/isolate"
	"kvbench/internal/projects"
	"kvbench/scenarios"
)

// longestTask is how long one macrotask of a script may take of this machine: the Workers
// runtime allows 30 s of CPU time at most by default, and a request that takes seconds of it
// is of no use in a run of thousands. It decides over the run, never over an invocation.
const longestTask = 10 * time.Second

// An invocation that waits for one timer after the other, or whose body has no end, never
// is in one macrotask for long. So a variant of which none ends ends the run as well, after
// longestTask times longestNothing, where its isolates have had mostTasks since the last.
const (
	longestNothing = 6
	mostTasks      = 10_000
)

// stuckError ends a run in which a script does not come to an end.
type stuckError struct {
	text string
	done chan struct{} // closed when text is whole
}

func (e *stuckError) Error() string {
	<-e.done
	return e.text
}

// watched are the isolates of the process.
type watched struct {
	mu   sync.Mutex
	all  []watchedIsolate
	most time.Duration // of a macrotask
	last map[string]ending
}

// ending is when an invocation of a variant has ended last, or an isolate come or gone.
type ending struct {
	isolates           int
	invocations, tasks uint64
	at                 time.Time
}

type watchedIsolate struct {
	name    string // SCENARIO/VARIANT
	isolate weak.Pointer[isolate.Isolate]
	task    uint64 // the macrotask that it was seen in
	since   time.Time
}

type watchedKey struct{}

// patternsFor are the patterns, with isolates that the watchdog of ctx sees, if it has one.
func patternsFor(ctx context.Context) []*bench.Pattern {
	o := scenarios.Options{}
	o.Workerd, _ = ctx.Value(workerdKey{}).(string)
	if c := consoleOf(ctx); c != nil {
		o.Logged = c.line
	}
	o.Projects, _ = ctx.Value(projectsKey{}).(projects.Source)
	if w, _ := ctx.Value(watchedKey{}).(*watched); w != nil {
		o.Made = func(name string, i *isolate.Isolate) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.all = append(w.all, watchedIsolate{name: name, isolate: weak.Make(i)})
		}
	}
	return scenarios.PatternsWith(o)
}

// watchScripts returns a context that ends when a script runs for too long in one go, with
// a *stuckError as its cause.
func watchScripts(ctx context.Context, most time.Duration) context.Context {
	w := &watched{most: most, last: map[string]ending{}}
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		for t := time.NewTicker(most / 40); ; {
			select {
			case <-ctx.Done():
				t.Stop()
				return
			case now := <-t.C:
				if one := w.look(now); one != nil {
					stuck := &stuckError{done: make(chan struct{})}
					cancel(stuck) // first, so that what is interrupted then is not taken for the script's doing
					stuck.text = w.stuck(one.name, one.isolate.Value())
					close(stuck.done)
					return
				}
				if name := w.endless(now); name != "" {
					stuck := &stuckError{done: make(chan struct{}), text: fmt.Sprintf("%s: no invocation has ended for %v of this machine, "+
						"while the script went on: one timer after the other, or a body without an end", name, longestNothing*most)}
					close(stuck.done)
					cancel(stuck)
					return
				}
			}
		}
	}()
	return context.WithValue(ctx, watchedKey{}, w)
}

// look finds an isolate that is in one macrotask for too long; nil where there is none.
func (w *watched) look(now time.Time) *watchedIsolate {
	w.mu.Lock()
	defer w.mu.Unlock()
	kept := w.all[:0]
	for _, one := range w.all {
		i := one.isolate.Value()
		if i == nil {
			continue // collected
		}
		switch task := i.Running(); {
		case task == 0 || task != one.task:
			one.task, one.since = task, now
		case now.Sub(one.since) >= w.most:
			return &one
		}
		kept = append(kept, one)
	}
	clear(w.all[len(kept):])
	w.all = kept
	return nil
}

// endless finds a variant whose script goes on while no invocation of it ends; empty where
// there is none.
func (w *watched) endless(now time.Time) (name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := map[string]ending{}
	for _, one := range w.all {
		if i := one.isolate.Value(); i != nil {
			e := all[one.name]
			tasks, invocations := i.Progress()
			all[one.name] = ending{isolates: e.isolates + 1, invocations: e.invocations + invocations, tasks: e.tasks + tasks, at: now}
		}
	}
	for name, e := range all {
		switch last, ok := w.last[name]; {
		case !ok || last.isolates != e.isolates || last.invocations != e.invocations:
		case now.Sub(last.at) >= longestNothing*w.most && e.tasks-last.tasks >= mostTasks:
			return name
		default:
			all[name] = last
		}
	}
	w.last = all
	return ""
}

// stuck interrupts an isolate and says what there is to say.
func (w *watched) stuck(name string, i *isolate.Isolate) string {
	text := fmt.Sprintf("%s: the script has run for %v of this machine without an end or an await: an endless loop, "+
		"a regular expression that takes forever, or values of hundreds of megabytes", name, w.most)
	if i == nil {
		return text
	}
	i.Interrupt(fmt.Errorf("it ran for %v without an end", w.most))
	for range 20 {
		time.Sleep(50 * time.Millisecond)
		if e := i.Interrupted(); e != nil {
			if e.Site.File != "" {
				return fmt.Sprintf("%s; it was at %s:%d:%d", text, e.Site.File, e.Site.Line, e.Site.Column)
			}
			break
		}
	}
	return text
}
