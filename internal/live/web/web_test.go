package web_test

import (
	"context"
	"errors"
	"io"
	"log"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/live"
	"kvbench/internal/live/web"
	"kvbench/internal/load"
	"kvbench/internal/metric"
	"kvbench/internal/runfile"
	"kvbench/kv"

	"github.com/google/go-cmp/cmp"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

type slow struct{ kv.Store }

func (slow) Capabilities() kv.Capabilities { return kv.Capabilities{Locations: 1, Virtual: true} }

// work takes no time, 100 ms or a second, in turn, and fails every fourth time.
type work struct{}

var errFourth = errors.New("every fourth")

func (work) Seed(context.Context, *bench.Worker) error { return nil }
func (work) Do(ctx context.Context, w *bench.Worker, i uint64) (bench.Outcome, error) {
	if err := w.Sleep(ctx, []time.Duration{0, 100 * time.Millisecond, time.Second}[i%3]); err != nil {
		return "", err
	}
	if i%4 == 0 {
		return "", errFourth
	}
	return "done", nil
}

// scraper feeds a turn, and scrapes half way.
type scraper struct {
	*live.Turn
	half   func()
	before int
}

func (s *scraper) Interval(iv runfile.Interval) error {
	s.Turn.Interval(iv)
	if s.before++; s.before == 20 {
		s.half()
	}
	return nil
}

// run runs the workload 12 times a second for 40 seconds, calls half after 20, and end when the turn has
// ended.
func run(t *testing.T, name string, half, end func(http.Handler)) {
	t.Helper()
	l := load.Load{Shape: load.Open{Profile: load.PerSecond(12), Arrivals: load.Constant{}}, Duration: 40 * time.Second}
	v := live.Variant{
		Scenario: "one", Point: "ttl 10 s", Name: name, Driver: "embedded://", Latency: runfile.Modelled, Clock: "virtual",
		Outcomes: []string{"done", "error"}, Load: l, Repeats: 1,
	}
	board := live.New([]live.Variant{v}, true, time.Now)
	h := web.Handler(board, true, log.New(io.Discard, "", 0))
	s := &bench.Scenario{
		Name: "one", Load: l, Params: bench.Params{Keys: 1, Isolates: 1}, Repeat: 1, Decode: func(any) error { return nil },
		Pattern: &bench.Pattern{
			Name: "test", Variants: []bench.Variant{{Name: name}}, Outcomes: []bench.Outcome{"done"},
			New: func(bench.Setup) (bench.Workload, error) { return work{}, nil },
		},
	}
	turn := board.Begin(v, 0)
	o := bench.Options{
		Clock: clock.NewVirtual(), Store: slow{}, Seed: 1, InFlight: turn.InFlight(), Observer: &scraper{Turn: turn, half: func() { half(h) }},
	}
	if _, err := bench.Run(t.Context(), s, s.Pattern.Variants[0], o); err != nil {
		t.Fatal(err)
	}
	turn.End()
	end(h)
}

func get(t *testing.T, h http.Handler, path, accept string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:9090"+path, nil)
	r.Header.Set("Accept", accept)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

// protobuf is how Prometheus asks for native histograms.
const protobuf = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"

// scrape reads the metrics as Prometheus would.
func scrape(t *testing.T, h http.Handler, accept string) map[string]*dto.MetricFamily {
	t.Helper()
	answer := get(t, h, "/metrics", accept)
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatal(answer.Status)
	}
	out := map[string]*dto.MetricFamily{}
	format := expfmt.ResponseFormat(answer.Header)
	if format.FormatType() == expfmt.TypeTextPlain {
		parser := expfmt.NewTextParser(model.UTF8Validation)
		out, err := parser.TextToMetricFamilies(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for d := expfmt.NewDecoder(answer.Body, format); ; {
		f := &dto.MetricFamily{}
		if err := d.Decode(f); errors.Is(err, io.EOF) {
			return out
		} else if err != nil {
			t.Fatal(err)
		}
		out[f.GetName()] = f
	}
}

// value is that of the metric of a family that has a label; without one, of the only metric.
func value(t *testing.T, of map[string]*dto.MetricFamily, name string, label ...string) float64 {
	t.Helper()
	for _, m := range of[name].GetMetric() {
		has := len(label) == 0
		for _, l := range m.GetLabel() {
			has = has || l.GetName() == label[0] && l.GetValue() == label[1]
		}
		if has {
			return m.GetGauge().GetValue() + m.GetCounter().GetValue()
		}
	}
	t.Errorf("no %s%v", name, label)
	return math.NaN()
}

// buckets are the counts of a native histogram, by index.
func buckets(h *dto.Histogram) map[int32]int64 {
	out := map[int32]int64{}
	index, count, i := int32(0), int64(0), 0
	for _, span := range h.GetPositiveSpan() {
		index += span.GetOffset()
		for range span.GetLength() {
			if count += h.GetPositiveDelta()[i]; count != 0 {
				out[index] = count
			}
			index, i = index+1, i+1
		}
	}
	return out
}

func TestMetrics(t *testing.T) {
	var half map[string]*dto.MetricFamily
	run(t, "seed", func(h http.Handler) {
		half = scrape(t, h, protobuf)
		for name, want := range map[string]float64{
			"kvbench_target_transactions_per_second": 12, "kvbench_progress_ratio": 0.5, "kvbench_variant_info": 1, "kvbench_runs": 1, "kvbench_runs_done": 0,
		} {
			if got := value(t, half, name); got != want {
				t.Errorf("half way: %s is %v, want %v", name, got, want)
			}
		}
		if got := value(t, half, "kvbench_in_flight_transactions"); got < 4 || got > 6 { // a third of them takes a second
			t.Errorf("%v in flight", got)
		}
	}, func(h http.Handler) {
		after := scrape(t, h, protobuf)
		for label, want := range map[[2]string]float64{{"outcome", "done"}: 360, {"outcome", "error"}: 120} {
			if got := value(t, after, "kvbench_transactions_total", label[:]...); got != want {
				t.Errorf("%v of %v, want %v", got, label, want)
			}
		}
		if got := value(t, after, "kvbench_errors_total", "code", "transaction"); got != 120 {
			t.Errorf("%v errors", got)
		}
		if after["kvbench_target_transactions_per_second"] != nil || value(t, after, "kvbench_in_flight_transactions") != 0 || value(t, after, "kvbench_runs_done") != 1 {
			t.Error("it goes on after the end")
		}
		m := after["kvbench_response_seconds"].GetMetric()[0]
		labels := map[string]string{}
		for _, l := range m.GetLabel() {
			labels[l.GetName()] = l.GetValue()
		}
		if diff := cmp.Diff(map[string]string{"scenario": "one", "variant": "seed", "point": "ttl 10 s"}, labels); diff != "" {
			t.Error(diff)
		}
		native := m.GetHistogram()
		// 2^(i/32) is the end of bucket i: 100 ms is in -106, 1 s in 0 or next to it, as it
		// was recorded to 1 %.
		got := buckets(native)
		if native.GetZeroCount() != 160 || native.GetSampleCount() != 480 || got[-106] != 160 || got[0]+got[1] != 160 || len(got) != 2 {
			t.Errorf("native: schema %d, %d at 0, buckets %v", native.GetSchema(), native.GetZeroCount(), got)
		}
		if sum := native.GetSampleSum(); math.Abs(sum-176) > 1.76 {
			t.Errorf("the sum is %v s, want 176", sum)
		}
		if before := half["kvbench_response_seconds"].GetMetric()[0].GetHistogram(); before.GetSampleCount() == 0 || before.GetSampleCount() >= 480 {
			t.Errorf("half way: %d", before.GetSampleCount())
		}
		text := scrape(t, h, "text/plain")
		classic := text["kvbench_response_seconds"].GetMetric()[0].GetHistogram()
		for _, b := range classic.GetBucket() {
			if end, want := b.GetUpperBound(), uint64(480); end < 0.1 && b.GetCumulativeCount() != 160 || end > 0.1 && end < 1 && b.GetCumulativeCount() != 320 || end >= 2 && b.GetCumulativeCount() != want {
				t.Errorf("classic: %d up to %v s", b.GetCumulativeCount(), end)
			}
		}
		if n := len(classic.GetBucket()); n < 10 || classic.GetSampleCount() != 480 {
			t.Errorf("classic: %d buckets, %d in all", n, classic.GetSampleCount())
		}
		if again := scrape(t, h, protobuf); len(again["kvbench_response_seconds"].GetMetric()[0].GetHistogram().GetBucket()) != len(native.GetBucket()) {
			t.Error("a scrape changes the next")
		}
	})
}

// Of a run that agents do, the page and the metrics have its shards, and no runs.
func TestShards(t *testing.T) {
	board := live.NewShards(time.Now)
	board.SetShards(&live.Shards{
		Whole: 3, Running: 1, Waiting: 2, Lost: 1, Agents: 2, Transactions: 900,
		Rows: []live.Shard{{Number: 4, Host: "<host>", Run: "s/v", Share: metric.Of(0.25)}, {Number: -1, Host: "other"}},
	})
	h := web.Handler(board, true, log.New(io.Discard, "", 0))
	get := func(path string) string {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Host = "127.0.0.1"
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Fatalf("%s: %d", path, w.Code)
		}
		return w.Body.String()
	}
	page, metrics := get("/"), get("/metrics")
	for _, want := range []string{"3 of 7 shards done, 1 running, 2 waiting, 1 LOST; 2 agents", "<td>4</td><td>s/v</td><td>25%</td>", "&lt;host&gt;", ">idle<"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %s:\n%s", want, page)
		}
	}
	for _, want := range []string{
		`kvbench_shards{state="lost"} 1`, "kvbench_agents 2", "kvbench_received_transactions_total 900", `kvbench_shard_progress_ratio{agent="<host>",run="s/v",shard="4"} 0.25`,
	} {
		if !strings.Contains(metrics, want+"\n") {
			t.Errorf("the metrics have no %s:\n%s", want, metrics)
		}
	}
	if strings.Contains(metrics, "kvbench_runs") {
		t.Error("there are runs beside the shards")
	}
}
