package scenarios

import (
	"context"

	"kvbench/internal/bench"
	"kvbench/internal/realisolate"
)

// Hold implements bench.Holder.
func (p *workerLoad) Hold(end func(error)) { p.end = end }

// Release implements bench.Holder.
func (p *workerLoad) Release() error {
	if p.real == nil {
		return nil
	}
	return p.real.Close()
}

// startReal starts the real runtime where the variant is to run there.
func (p *workerLoad) startReal(ctx context.Context, w *bench.Worker) error {
	if p.program.module == nil || w.Clock().Virtual() {
		return nil
	}
	var err error
	p.real, err = realisolate.Start(ctx, realisolate.Config{
		Executable: p.options.Workerd, Bundle: p.program.module,
		Bindings: p.bindings, Vars: p.vars, Absent: p.absent, Date: p.date, Flags: p.flags,
		Locations: len(p.caches), Isolates: p.Isolates, Clock: w.Clock(),
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
