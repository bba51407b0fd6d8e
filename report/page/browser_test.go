package page

import (
	"bytes"
	"context"
	"os"
	"sync"
	"time"

	"kvbench/internal/answer"
	"kvbench/internal/runfile"
	"kvbench/report/chart"
)

// The tests of this package that open report.html in Chromium show the run that
// KVBENCH_RUN names; otherwise the committed baseline.

// shippedPage is the page of the shipped scenarios, which takes a while to draw. The
// committed baseline holds no intervals, so that each of its variants is given 40 that are
// like its whole: the page is as large as that of a run.
var shippedPage = sync.OnceValues(func() ([]byte, error) {
	path := os.Getenv("KVBENCH_RUN")
	if path == "" {
		path = "../../results/baseline"
	}
	run, err := runfile.Open(path)
	if err != nil {
		return nil, err
	}
	defer run.Close()
	for _, v := range run.Variants {
		if len(v.Intervals) > 0 {
			continue
		}
		const n = 40
		for i := range n {
			part := v.Total
			part.From, part.To = time.Duration(i)*v.Total.To/n, time.Duration(i+1)*v.Total.To/n
			v.Intervals = append(v.Intervals, part)
		}
	}
	return render(run)
})

// render is the page of a run.
func render(run *runfile.Run) ([]byte, error) {
	a, err := answer.Of(run)
	if err != nil {
		return nil, err
	}
	drawn, err := chart.Draw(context.Background(), a.Set, true, false, nil)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = Write(&out, a, drawn)
	return out.Bytes(), err
}
