package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"kvbench/internal/expect"
	"kvbench/internal/runfile"
	"kvbench/report"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// writeReport summarises a run and writes its report to dir, and shows on w how far
// it is. When ctx is done it ends at once and writes nothing.
func writeReport(ctx context.Context, w io.Writer, dir string, run *runfile.Run, results []expect.Result, formats []string) (report.Summary, []string, error) {
	d := drawing{w: w, bars: newBars(w), said: time.Now()}
	defer d.close()
	var summary report.Summary
	if err := await(ctx, func() error { summary = report.Summarise(run, expectations(results)); return nil }); err != nil {
		return report.Summary{}, nil, err
	}
	files, err := report.Write(ctx, dir, &summary, run, formats, d.tell)
	return summary, files, err
}

// drawing shows how far a report is: a bar on a terminal, elsewhere a line now and
// then.
type drawing struct {
	w    io.Writer
	bars *mpb.Progress
	bar  *mpb.Bar
	said time.Time
}

func (d *drawing) tell(done, scenarios int) {
	switch {
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
	if d.bar != nil {
		d.bar.Abort(true)
	}
	if d.bars != nil {
		d.bars.Wait()
	}
}
