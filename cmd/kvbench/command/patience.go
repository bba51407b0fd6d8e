package command

import (
	"context"
	"sync/atomic"
	"time"
)

// patience is how long a command that was told to end may go on before the process ends
// whatever it does: it may be making millions of keys, or write to a pipe that nobody
// reads. A run file that is cut off is read as far as it goes.
const patience = 3 * time.Second

// finishing is what has to be finished also when the process was told to end, such as a
// clean-up. The zero value and nil are nothing.
type finishing struct{ n atomic.Int32 }

type finishingKey struct{}

// finish says that something has to be finished until the function that it returns is
// called.
func finish(ctx context.Context) (done func()) {
	f, _ := ctx.Value(finishingKey{}).(*finishing)
	if f == nil {
		return func() {}
	}
	f.n.Add(1)
	return func() { f.n.Add(-1) }
}

// endAfter calls end when ctx has been done for the patience and nothing has to be
// finished any more. What it returns is the context for the command.
func endAfter(ctx context.Context, end func()) context.Context {
	f := new(finishing)
	context.AfterFunc(ctx, func() {
		const step = 100 * time.Millisecond
		for waited := time.Duration(0); waited < patience || f.n.Load() > 0; waited += step {
			time.Sleep(step)
		}
		end()
	})
	return context.WithValue(ctx, finishingKey{}, f)
}
