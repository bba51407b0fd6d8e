package chart

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"kvbench/internal/record"
	"kvbench/internal/result"
	"kvbench/report/reporttest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// aged has an anomaly with an age in a fifth of the answers of its first variant.
func aged(t testing.TB, role record.Role, size func(*rand.Rand) int64, others ...fake) *result.Scenario {
	return fakeScenario(t, []string{"kv"}, []record.Series{{Name: "replaced", Unit: "ns", Of: "response", Mark: true, Role: role, Doc: "an answer that was replaced"}},
		append([]fake{{
			name: "seed", n: 40_000, latency: constant(time.Millisecond), shares: []float64{1},
			marks: map[string]fakeMark{"replaced": {0.2, size}},
		}}, others...)...)
}

// seconds draws ages from 1 to 100 s, each as likely.
func seconds(r *rand.Rand) int64 { return int64((1 + 99*r.Float64()) * 1e9) }

func TestAgeCurves(t *testing.T) {
	fresh := fake{name: "fresh", n: 100, latency: constant(time.Millisecond), shares: []float64{1}}
	s := aged(t, record.Age, seconds, fresh)
	m, _ := s.Metric("replaced")
	curves, err := ageCurves(s, m)
	if err != nil || len(curves) != 1 || curves[0].variant.Name != "seed" {
		t.Fatalf("%+v, %v", curves, err)
	}
	c := curves[0]
	var got []float64
	for _, age := range []float64{10e9, 25.75e9, 50.5e9, 75.25e9, 200e9} {
		got = append(got, c.at(age))
	}
	if diff := cmp.Diff([]float64{0.2 * 90 / 99, 0.15, 0.1, 0.05, 0}, got, cmpopts.EquateApprox(0, 0.006)); diff != "" {
		t.Error(diff)
	}
	if !slices.IsSorted(c.Ages) || !slices.IsSortedFunc(c.Share, func(a, b float64) int { return int(math.Copysign(1, b-a)) }) {
		t.Error("the share grows with the age")
	}
	chart := chartOf(t, s, "staleness")
	if !strings.HasPrefix(chart.Title, "replaced over 60 s: seed 8") || !chart.Tells || !strings.Contains(chart.Alt, "fresh: 0%") {
		t.Errorf("%q %q", chart.Title, chart.Alt)
	}
	if text := chart.Plot().Traces[0].Points[0].Text; !strings.HasPrefix(text, "over ") || !strings.HasSuffix(text, "%") {
		t.Errorf("a point says %q", text)
	}
}

// A series is an age by what it says of itself, not by its name.
func TestAgeByRole(t *testing.T) {
	for _, c := range chartsOf(t, aged(t, "", seconds)) {
		if c.Name == "staleness" {
			t.Error("a chart of the ages of what has none")
		}
	}
}

// Where all ages are below a minute, the title tells of the median.
func TestStalenessTitleOfShortAges(t *testing.T) {
	c := chartOf(t, aged(t, record.Age, func(r *rand.Rand) int64 { return int64(r.Float64() * 2e9) }), "staleness")
	if !strings.HasPrefix(c.Title, "replaced over 1 s: seed 10") && !strings.HasPrefix(c.Title, "replaced over 99") && !strings.HasPrefix(c.Title, "replaced over 1.0") {
		t.Errorf("the title is %q", c.Title)
	}
	if c.Tells {
		t.Error("one variant alone decides nothing")
	}
}

// Ages of 0 ns lie at the foot of the log scale.
func TestAgeOfZero(t *testing.T) {
	for name, ages := range map[string][]int64{
		"only zero": reporttest.Sizes(5, 0), "zero and more": append(reporttest.Sizes(50, 0), reporttest.Sizes(5, 3e9)...),
		"one": reporttest.Sizes(1, 1), "weeks": reporttest.Sizes(5, int64(1000*time.Hour)),
	} {
		t.Run(name, func(t *testing.T) {
			run := reporttest.MadeUp{Name: "x", Variants: []reporttest.Variant{
				{Name: "seed", P50: 1e6, P99: 2e6, Stale: ages},
				{Name: "other", Stale: reporttest.Sizes(5, 1e9)},
			}}.Run(t)
			run.Header.Scenarios[0].Series[record.FirstMark].Role = record.Age
			s := setOf(t, run).Scenarios[0]
			chartOf(t, s, "staleness")
			checkCharts(t, s)
		})
	}
	c := ageCurve{Ages: []float64{0}, Share: []float64{0}}
	if got := c.at(0); got != 0 {
		t.Errorf("beyond an age of 0, at which all are, is %v", got)
	}
}
