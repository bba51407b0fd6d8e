package report

import (
	"bytes"
	"image/png"
	"math"
	"strings"
	"testing"
	"time"

	"kvbench/internal/record"

	"pgregory.net/rapid"
)

// A mark that was seen where there was nothing that it is a share of has no share: its
// chart ends, and no format makes a number of it.
func TestShareOfNothing(t *testing.T) {
	run := pageFixture{name: "x", variants: []fixtureVariant{{name: "seed", p50: 1e6, p99: 2e6, lost: sizes(3, 5e9)}}}.run(t)
	total := &run.Variants[0].Total
	total.Outcomes[0], total.Outcomes[1] = total.Outcomes[0]+total.Outcomes[1], 0 // none updated
	run.Variants[0].Intervals[0] = *total
	s := Summarise(run, nil)
	st := s.Scenarios[0].Variants[0].Series["lost-update"]
	if st.Count != 3 || st.Share.Known() {
		t.Errorf("%+v", st)
	}
	checkCharts(t, &s.Scenarios[0])
	text, err := s.asJSON()
	if err != nil || !bytes.Contains(text, []byte(`"share": null`)) {
		t.Errorf("%v in %s", err, text)
	}
	text, err = s.asCSV()
	if err != nil || !bytes.Contains(text, []byte("lost-update,ns,updated,3,,")) {
		t.Errorf("%v in %s", err, text)
	}
	if got := markText(record.Series{Name: "lost-update", Unit: "ns", Of: "updated"}, st); !strings.HasPrefix(got, "–, p50 5") {
		t.Error(got)
	}
}

// Ages of 0 ns lie at the foot of the log scale.
func TestAgeOfZero(t *testing.T) {
	for name, ages := range map[string][]int64{
		"only zero": sizes(5, 0), "zero and more": append(sizes(50, 0), sizes(5, 3e9)...), "one": sizes(1, 1), "weeks": sizes(5, int64(1000*time.Hour)),
	} {
		t.Run(name, func(t *testing.T) {
			s := pageFixture{name: "x", variants: []fixtureVariant{
				{name: "seed", p50: 1e6, p99: 2e6, stale: ages},
				{name: "other", p50: 0, p99: 0, stale: sizes(5, 1e9)},
			}}.scenario(t)
			checkCharts(t, s)
		})
	}
	c := ageCurve{Ages: []float64{0}, Share: []float64{0}}
	if got := c.at(0); got != 0 {
		t.Errorf("beyond an age of 0, at which all are, is %v", got)
	}
}

// checkCharts draws all charts of a scenario in both ways and looks for what is no
// number.
func checkCharts(t *testing.T, s *Scenario) {
	t.Helper()
	for _, c := range Charts(s) {
		svg, plot, err := c.drawn()
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		for _, bad := range []string{"NaN", "Inf"} {
			if strings.Contains(string(svg), bad) || strings.Contains(c.Title+c.Alt, bad) {
				t.Errorf("%s holds %s: %s", c.Name, bad, c.Alt)
			}
		}
		for _, trace := range plot.Traces {
			for _, p := range trace.Points {
				if math.IsNaN(p.X+p.Y) || p.X < 0 || p.X > float64(chartWidth) {
					t.Errorf("%s: a point at %v, %v: %s", c.Name, p.X, p.Y, p.Text)
				}
			}
		}
		picture, err := c.PNG()
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		if _, err := png.Decode(bytes.NewReader(picture)); err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
	}
}

// Whatever the values, an axis has few ticks at numbers, and all lies on it.
func TestAxesOfAnyValues(t *testing.T) {
	value := rapid.OneOf(
		rapid.SampledFrom([]float64{0, 1, 1e-9, 0.5, 999, float64(100 * time.Hour), math.MaxInt64}), rapid.Float64Range(0, math.MaxInt64),
	)
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(value, 0, 5).Draw(t, "values")
		end := rapid.Int64Range(1, math.MaxInt64).Draw(t, "end")
		for name, a := range map[string]axis{
			"ns": logAxis("ns", values, 6), "bytes": logAxis("bytes", values, 6), "count": logAxis("count", values, 6), "time": timeAxis(time.Duration(end)),
		} {
			if len(a.ticks) == 0 || len(a.ticks) > 60 {
				t.Fatalf("%s: %d ticks of %v", name, len(a.ticks), values)
			}
			all := append([]float64{a.min, a.max}, values...)
			for _, tick := range a.ticks {
				all = append(all, tick.Value)
			}
			for _, v := range all {
				if at := a.norm(v); !(at >= 0 && at <= 1) {
					t.Fatalf("%s: %v lies at %v of %v to %v", name, v, at, a.min, a.max)
				}
			}
			if a.norm(a.min) != 0 || a.norm(a.max) != 1 {
				t.Fatalf("%s: %v to %v", name, a.min, a.max)
			}
		}
	})
}

// A figure that is no number is shown as none.
func TestFormatsOfNoNumber(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if got := digits(v, 3); got != "–" {
			t.Errorf("%v is shown as %q", v, got)
		}
	}
}
