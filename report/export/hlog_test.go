package export

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"kvbench/internal/record"
	"kvbench/internal/runfile"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
	"github.com/google/go-cmp/cmp"
)

// intervals is how many a run of TestHLog has, of 15 s each.
const intervals = 4

// inIntervals is a run of one variant, that was measured in intervals.
func inIntervals(t *testing.T) *runfile.Run {
	t.Helper()
	f := pair()
	f.Variants, f.Expect, f.Choose = f.Variants[:1], nil, nil
	run := f.Run(t)
	v := run.Variants[0]
	recorder, tally := record.New(len(v.Def.Series), len(v.Def.Outcomes), 1), record.Tally{}
	v.Intervals = nil
	for i := range intervals {
		for j := range 1000 {
			tally.See(record.Response, int64(1000*(i+1)*(j*j+7)))
			tally.See(record.Get, int64(1e6+j))
			tally.See(record.FirstMark, int64(j))
		}
		recorder.Commit(0, &tally, nil)
		from := time.Duration(i) * 15 * time.Second
		v.Intervals = append(v.Intervals, runfile.Interval{From: from, To: from + 15*time.Second, Snapshot: recorder.Interval()})
	}
	v.Total = runfile.Interval{To: intervals * 15 * time.Second, Snapshot: recorder.Total()}
	return run
}

// An interval log read back has the same percentiles.
func TestHLog(t *testing.T) {
	run := inIntervals(t)
	text, err := HLog(run)
	if err != nil {
		t.Fatal(err)
	}
	sums, counts := map[string]*hdr.Histogram{}, map[string]int{}
	for r := hdr.NewHistogramLogReader(bytes.NewReader(text)); ; {
		h, err := r.NextIntervalHistogram()
		if err != nil {
			t.Fatal(err)
		}
		if h == nil {
			break
		}
		if at := int64(15_000 * counts[h.Tag()]); h.StartTimeMs() != at || h.EndTimeMs() != at+15_000 {
			t.Errorf("%s: from %d to %d ms", h.Tag(), h.StartTimeMs(), h.EndTimeMs())
		}
		counts[h.Tag()]++
		if sums[h.Tag()] == nil {
			sums[h.Tag()] = hdr.New(1, 1<<47, 3)
		}
		if dropped := sums[h.Tag()].Merge(h); dropped > 0 {
			t.Errorf("%d values dropped", dropped)
		}
	}
	// Not the anomalies, of which some are no times.
	const response = "memory-tier/seed/response"
	if diff := cmp.Diff(map[string]int{response: intervals, "memory-tier/seed/get": intervals}, counts); diff != "" {
		t.Fatal(diff)
	}
	total, err := run.Variants[0].Total.Sparse(record.Response)
	if err != nil {
		t.Fatal(err)
	}
	if n := sums[response].TotalCount(); n != total.Count() {
		t.Errorf("%d values of %d", n, total.Count())
	}
	for _, p := range []float64{50, 90, 99, 99.9} {
		want, got := float64(total.Percentile(p)), float64(sums[response].ValueAtPercentile(p))
		if math.Abs(got-want) > want/64 { // of an interval less is kept than of the whole
			t.Errorf("p%g is %v, was %v", p, got, want)
		}
	}
	greatest := 0.0
	for line := range strings.Lines(string(text)) {
		if fields := strings.Split(line, ","); fields[0] == "Tag="+response {
			ms, err := strconv.ParseFloat(fields[3], 64)
			if err != nil {
				t.Fatal(err)
			}
			greatest = max(greatest, ms)
		}
	}
	if want := float64(total.Max()) / 1e6; math.Abs(greatest-want) > 1e-6 {
		t.Errorf("the greatest value is %v ms, want %v, not the end of its bucket", greatest, want)
	}
}

// What a histogram's range does not hold is told in a comment, which its readers skip.
func TestHLogTellsWhatIsBeyond(t *testing.T) {
	run := inIntervals(t)
	run.Variants[0].Intervals[0].Histograms[record.Response].Record(record.MaxValue+1, 2)
	text, err := HLog(run)
	if err != nil {
		t.Fatal(err)
	}
	if want := "#[memory-tier/seed/response: 2 of the next interval's values lie outside the histogram's range]"; !bytes.Contains(text, []byte(want)) {
		t.Errorf("no %s", want)
	}
	got, err := hdr.NewHistogramLogReader(bytes.NewReader(text)).NextIntervalHistogram()
	if err != nil || got.TotalCount() != 1000 {
		t.Errorf("%v values, error %v", got, err)
	}
}

// Each repeat has tags of its own, and no name breaks one.
func TestHLogTags(t *testing.T) {
	run := inIntervals(t)
	run.Variants[0].Name = "a, b"
	again := *run.Variants[0]
	again.Repeat = 1
	run.Variants = append(run.Variants, &again)
	text, err := HLog(run)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Tag=memory-tier/a__b/response,", "Tag=memory-tier/a__b/response/r2,"} {
		if n := strings.Count(string(text), want); n != intervals {
			t.Errorf("%d lines begin with %s", n, want)
		}
	}
}

// Its comment says of which scenarios latencies are not measured.
func TestHLogSaysWhatIsModelled(t *testing.T) {
	run := inIntervals(t)
	scenarios := run.Header.Scenarios
	measured := scenarios[0]
	measured.Name, measured.Clock, measured.Capabilities.Modelled = "measured", "wall", false
	none := measured
	none.Name, none.Clock = "quick", "virtual"
	for want, all := range map[string][]runfile.Definition{
		"[kvbench: scenarios.yaml, driver embedded://]":                                                                             {measured},
		"[kvbench: scenarios.yaml, driver embedded://, modelled latency]":                                                           {scenarios[0], scenarios[0]},
		"[kvbench: scenarios.yaml, driver embedded://, modelled latency in memory-tier]":                                            {scenarios[0], measured},
		"[kvbench: scenarios.yaml, driver embedded://, modelled latency in memory-tier, no latency modelled in quick]":              {scenarios[0], none},
		"[kvbench: scenarios.yaml, driver embedded://, no latency modelled]":                                                        {none},
		"[kvbench: scenarios.yaml, driver embedded://, modelled latency in memory-tier, memory-tier, no latency modelled in quick]": {scenarios[0], none, scenarios[0]},
	} {
		run.Header.Scenarios = all
		text, err := HLog(run)
		if err != nil {
			t.Fatal(err)
		}
		if first, _, _ := strings.Cut(string(text), "\n"); first != "#"+want {
			t.Errorf("%s, want #%s", first, want)
		}
	}
}
