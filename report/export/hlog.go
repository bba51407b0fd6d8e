package export

import (
	"bytes"
	"fmt"
	"strings"

	"kvbench/internal/printable"
	"kvbench/internal/runfile"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
)

// HLog writes the intervals of a run as HdrHistogram's interval log, which
// its tools read: every latency of every variant under a tag of its own,
// SCENARIO/VARIANT/SERIES, with /r2 and so on behind it for further repeats.
// Values are in nanoseconds, times are since measuring began. Anomalies and gauges
// are left out, of which some are no times.
func HLog(run *runfile.Run) ([]byte, error) {
	var out bytes.Buffer
	w := hdr.NewHistogramLogWriter(&out)
	header := func() error {
		if err := w.OutputComment(printable.Line("[kvbench: " + run.Header.File + ", driver " + run.Header.Driver + latencies(&run.Header) + "]")); err != nil {
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
				if err := hlogInterval(&out, w, &v.Intervals[k], i, hlogTag.Replace(printable.Line(tag))); err != nil {
					return nil, fmt.Errorf("writing %s: %w", tag, err)
				}
			}
		}
	}
	return out.Bytes(), nil
}

// hlogInterval writes a series of an interval, with its true greatest value. What lies
// outside the histogram's range is told in a comment.
func hlogInterval(out *bytes.Buffer, w *hdr.HistogramLogWriter, iv *runfile.Interval, series int, tag string) error {
	h, err := iv.Sparse(series)
	if h == nil || err != nil {
		return err
	}
	if n := h.Outside(); n > 0 {
		if err := w.OutputComment(fmt.Sprintf("[%s: %d of the next interval's values lie outside the histogram's range]", tag, n)); err != nil {
			return err
		}
	}
	text, err := iv.Encoded(series)
	if err != nil {
		return err
	}
	// Tag, start and length in seconds, greatest value in milliseconds, as the library
	// writes them of a histogram that it has decoded.
	_, err = fmt.Fprintf(out, "Tag=%s,%f,%f,%f,%s\n", tag, iv.From.Seconds(), (iv.To - iv.From).Seconds(), float64(h.Max())/hdr.MsToNsRatio, text)
	return err
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
			words += ", " + kind.Words()
		default:
			words += ", " + kind.Words() + " in " + strings.Join(names, ", ")
		}
	}
	return words
}

// hlogTag replaces what a tag may not hold.
var hlogTag = strings.NewReplacer(",", "_", " ", "_")
