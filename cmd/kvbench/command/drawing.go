package command

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"kvbench/internal/answer"
	"kvbench/report"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// writeReport writes the report of a run to dir, and shows on w how far it is. When ctx
// is done it ends at once and writes nothing.
func writeReport(ctx context.Context, w io.Writer, dir string, a *answer.Answer, formats []string) ([]string, error) {
	d := drawing{w: w, bars: newBars(w), said: time.Now()}
	defer d.close()
	return report.Write(ctx, dir, a, formats, d.tell)
}

// drawing shows how far a report is: a bar on a terminal, elsewhere a line now and
// then.
type drawing struct {
	mu   sync.Mutex // a drawing that was given up may still tell
	done bool       // nothing is shown any more
	w    io.Writer
	bars *mpb.Progress
	bar  *mpb.Bar
	said time.Time
}

func (d *drawing) tell(done, scenarios int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.done:
		return
	case d.bars == nil:
		if time.Since(d.said) >= every && done < scenarios {
			d.said = time.Now()
			fmt.Fprintf(d.w, "drawing: %d of %d scenarios\n", done, scenarios)
		}
		return
	case d.bar == nil:
		d.bar = d.bars.AddBar(int64(scenarios), mpb.BarRemoveOnComplete(),
			mpb.PrependDecorators(decor.Name("drawing ")), mpb.AppendDecorators(decor.Percentage(decor.WC{W: 5})))
	}
	d.bar.SetCurrent(int64(done))
}

func (d *drawing) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.done = true
	if d.bar != nil {
		d.bar.Abort(true)
	}
	if d.bars != nil {
		d.bars.Wait()
	}
}
