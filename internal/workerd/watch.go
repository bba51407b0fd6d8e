package workerd

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"kvbench/internal/memory"
)

// Limits are what workerd itself does not limit. 0: it is not limited.
type Limits struct {
	// Task is how long the event loop may stand still: a script that loops for ever holds up
	// all Workers of the process. A Worker that waits does not hold it up.
	Task time.Duration
	// Doing says, where the process is killed for that, what it was asked to do; nil: nothing
	// is said.
	Doing func() string
	// Memory is how many bytes the process may hold, all its isolates together. It is not
	// looked at where that is not known, which is anywhere but on Linux.
	Memory uint64
}

// Watch kills the process when it goes beyond a limit. It returns when the process has ended
// or ctx is done.
func (p *Process) Watch(ctx context.Context, most Limits) {
	ctx, stop := context.WithCancel(ctx)
	var watching sync.WaitGroup
	defer watching.Wait()
	defer stop()
	if most.Task > 0 {
		watching.Go(func() { p.watchTask(ctx, most.Task, most.Doing) })
	}
	if most.Memory > 0 {
		watching.Go(func() { p.watchMemory(ctx, most.Memory) })
	}
	select {
	case <-p.done:
	case <-ctx.Done():
	}
}

// watchTask pings until ctx is done.
func (p *Process) watchTask(ctx context.Context, most time.Duration, doing func() string) {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	each(ctx, max(most/10, time.Millisecond), func() {
		if err := p.ping(ctx, &client, most); errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			held := ""
			if n := memory.Resident(p.cmd.Process.Pid); n > 0 {
				held = fmt.Sprintf(" (it held %d MB of memory)", n/1e6)
			}
			asked := ""
			if doing != nil {
				asked = doing()
			}
			p.Kill(fmt.Errorf("workerd was killed: a script has run for %v in one go, or several have computed or filled memory one after the other for as long%s%s", most, held, asked))
		}
	})
}

// watchMemory looks at the memory until ctx is done.
func (p *Process) watchMemory(ctx context.Context, most uint64) {
	each(ctx, 100*time.Millisecond, func() {
		if n := memory.Resident(p.cmd.Process.Pid); n > most {
			p.Kill(fmt.Errorf("workerd was killed at %d MB: %w", n/1e6, ErrMemory))
		}
	})
}

// each calls f again and again until ctx is done.
func each(ctx context.Context, pause time.Duration, f func()) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		f()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// ping asks a Worker that does nothing.
func (p *Process) ping(ctx context.Context, client *http.Client, most time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.Address(inside)+"/", http.NoBody)
	if err != nil {
		return err
	}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	return res.Body.Close()
}
