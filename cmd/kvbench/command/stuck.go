package command

import (
	"context"
	"fmt"
	"sync"
	"time"
	"weak"

	"kvbench/internal/bench"
	"kvbench/internal/isolate"
	"kvbench/scenarios"
)

// longestTask is how long one macrotask of a script may take of this machine: the Workers
// runtime allows 30 s of CPU time at most by default, and a request that takes seconds of it
// is of no use in a run of thousands. It decides over the run, never over an invocation.
const longestTask = 10 * time.Second

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
	w, _ := ctx.Value(watchedKey{}).(*watched)
	if w == nil {
		return scenarios.Patterns()
	}
	return scenarios.PatternsWatched(func(name string, i *isolate.Isolate) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.all = append(w.all, watchedIsolate{name: name, isolate: weak.Make(i)})
	})
}

// watchScripts returns a context that ends when a script runs for too long in one go, with
// a *stuckError as its cause.
func watchScripts(ctx context.Context, most time.Duration) context.Context {
	w := &watched{most: most}
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

// stuck interrupts an isolate and says what there is to say.
func (w *watched) stuck(name string, i *isolate.Isolate) string {
	text := fmt.Sprintf("%s: the script has run for %v of this machine without an end or an await: an endless loop, "+
		"or a regular expression that takes forever", name, w.most)
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
