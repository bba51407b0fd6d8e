package report

import (
	"bytes"
	"fmt"
	"strings"

	"kvbench/internal/runfile"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
)

// asHLog writes the intervals of a run as HdrHistogram's interval log, which
// its tools read: every latency of every variant under a tag of its own,
// SCENARIO/VARIANT/SERIES, with /r2 and so on behind it for further repeats.
// Values are in nanoseconds, times are since measuring began. Marks are left
// out, of which some are no times.
func asHLog(run *runfile.Run) ([]byte, error) {
	var out bytes.Buffer
	w := hdr.NewHistogramLogWriter(&out)
	header := func() error {
		if err := w.OutputComment("[kvbench: " + run.Header.File + ", driver " + run.Header.Driver + latencies(&run.Header) + "]"); err != nil {
			return err
		}
		if err := w.OutputLogFormatVersion(); err != nil {
			return err
		}
		if err := w.OutputStartTime(0); err != nil {
			return err
		}
		return w.OutputLegend()
	}
	if err := header(); err != nil {
		return nil, err
	}
	for _, v := range run.Variants {
		for i, s := range v.Def.Series {
			if s.Mark || s.Unit != "ns" {
				continue
			}
			tag := strings.Join([]string{v.Def.Name, v.Name, s.Name}, "/")
			if v.Repeat > 0 {
				tag += fmt.Sprintf("/r%d", v.Repeat+1)
			}
			for k := range v.Intervals {
				iv := &v.Intervals[k]
				h, err := iv.Histogram(i)
				if err != nil {
					return nil, err
				}
				if h == nil {
					continue
				}
				h = h.Clone() // the run is not ours to tag
				h.SetTag(hlogTag.Replace(tag))
				h.SetStartTimeMs(iv.From.Milliseconds())
				h.SetEndTimeMs(iv.To.Milliseconds())
				if err := w.OutputIntervalHistogram(h); err != nil {
					return nil, fmt.Errorf("writing %s: %w", tag, err)
				}
			}
		}
	}
	return out.Bytes(), nil
}

// latencies say, behind a comma, of which scenarios latencies are not measured.
func latencies(h *runfile.Header) (words string) {
	for _, kind := range []runfile.Latency{runfile.Modelled, runfile.NotModelled} {
		var names []string
		for i := range h.Scenarios {
			if h.Scenarios[i].Latency() == kind {
				names = append(names, h.Scenarios[i].Name)
			}
		}
		switch len(names) {
		case 0:
		case len(h.Scenarios):
			words += ", " + latencyWords(kind)
		default:
			words += ", " + latencyWords(kind) + " in " + enumerate(names)
		}
	}
	return words
}

// hlogTag replaces what a tag may not hold.
var hlogTag = strings.NewReplacer(",", "_", " ", "_", "\n", "_", "\r", "_")
