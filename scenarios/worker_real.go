package scenarios

import (
	"context"
	"fmt"
	"io"
	"strings"

	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/realisolate"
)

// Hold implements bench.Holder.
func (p *workerLoad) Hold(end func(error)) { p.end = end }

// Release implements bench.Holder.
func (p *workerLoad) Release() error {
	if p.console != nil {
		if n := p.console.Dropped(); n > 0 {
			p.options.Logged(p.title(p.variant), fmt.Sprintf("… (%d lines more are left out)", n))
		}
	}
	if p.real == nil {
		return nil
	}
	return p.real.Close()
}

// Starts implements bench.Starter: where the variant is to run on the real runtime.
func (p *workerLoad) Starts(c clock.Clock) bool { return p.program.module != nil && !c.Virtual() }

// Start implements bench.Starter.
func (p *workerLoad) Start(ctx context.Context, w *bench.Worker) error {
	var err error
	p.real, err = realisolate.Start(ctx, realisolate.Config{
		Executable: p.options.Workerd, Bundle: p.program.module,
		Bindings: p.bindings, Vars: p.vars, Absent: p.absent, Date: p.date, Flags: p.flags,
		Locations: len(p.caches), Isolates: p.Isolates, Clock: w.Clock(), Log: p.log(),
	})
	if err != nil {
		return err
	}
	gone := p.real.Gone()
	go func() {
		<-gone
		if err := p.real.Err(); err != nil {
			p.end(err)
		}
	}()
	return nil
}

// log is where the runtime writes what the script logs; nil: nowhere.
func (p *workerLoad) log() io.Writer {
	if p.options.Logged == nil {
		return nil
	}
	return logged(func(line string) { p.options.Logged(p.title(p.variant), line) })
}

// logged is told of each line, as the runtime writes one at a time.
type logged func(line string)

func (l logged) Write(line []byte) (int, error) {
	l(strings.TrimSuffix(string(line), "\n"))
	return len(line), nil
}
