package compare

import (
	"math"
	"math/rand/v2"
	"testing"

	"kvbench/internal/metric"
	"kvbench/internal/record"
)

// A study of whole comparisons, on drawn values: its sibling on a real clock is in
// cmd/kvbench.

// drawn is a comparison of ten repeats in turns, of variants with as many figures as a
// real one has. Of each pair, a variant's latencies differ by a noise that all share,
// more at the higher percentiles, and by one of their own; now and then a burst of load
// meets one side alone. Between pairs the machine drifts, as an autoregression, which
// meets both sides. Anomalies are counts of rare events. Head's latencies are larger by a
// ratio.
func drawn(r *rand.Rand, variants int, noise, ratio float64, paired bool) *Comparison {
	const repeats = 10
	numbers := make([]int, repeats)
	c := &Comparison{}
	var figures []metric.Figure
	def := definition()
	for _, m := range def.Metrics()[:record.FirstMark] {
		for _, stat := range []metric.Stat{metric.P50, metric.P95, metric.P99} {
			figures = append(figures, metric.Figure{Metric: m, Stat: stat})
		}
	}
	stale := def.Metrics()[record.FirstMark]
	for range 4 {
		figures = append(figures, metric.Figure{Metric: stale, Stat: metric.Part})
	}
	own := map[metric.Stat]float64{metric.P50: noise / 2, metric.P95: 2 * noise, metric.P99: 8 * noise}
	drift := 0.0
	for v := range variants {
		base, head := make([][]float64, len(figures)), make([][]float64, len(figures))
		for i := range repeats {
			numbers[i] = i
			drift = 0.8*drift + 0.05*r.NormFloat64()
			shared, burst := noise/2*r.NormFloat64(), 0.0
			if r.Float64() < 0.05 {
				burst = 0.3 * r.Float64() * float64(1-2*r.IntN(2))
			}
			seed := 0.1 * r.NormFloat64() // what is random in the load, which pairs share
			for k, f := range figures {
				of := own[f.Stat]
				if f.Stat == metric.Part {
					base[k] = append(base[k], float64(r.IntN(3))/1000)
					head[k] = append(head[k], float64(r.IntN(3))/1000)
					continue
				}
				level := drift + seed
				base[k] = append(base[k], 1e6*math.Exp(level+of*r.NormFloat64()))
				head[k] = append(head[k], 1e6*ratio*math.Exp(level+shared*(1+of/noise)+burst+of*r.NormFloat64()))
			}
		}
		for k, f := range figures {
			d := Delta{Scenario: "s", Variant: string(rune('a' + v)), Series: f.ID, Statistic: f.Stat, Unit: f.Kind(), Figure: f, Directed: true, Samples: Repeats}
			if f.Stat == metric.Part {
				d.Series += string(rune('a' + k))
			}
			if scale, _, _ := median(base[k]); paired {
				d.paired(base[k], head[k], numbers, true, scale)
			} else {
				d.sampled(base[k], head[k], 1, scale)
			}
			c.Deltas = append(c.Deltas, d)
		}
	}
	c.judge(defaults)
	return c
}

// Of 1,000 comparisons of a build with itself at most 2 % call anything worse, and any
// difference at all is called in no more than alpha of them, within what chance allows.
func TestStudyOfFalseAlarms(t *testing.T) {
	const tries = 1000
	var worse, any int
	for n := range tries {
		c := drawn(rand.New(rand.NewPCG(uint64(n), 11)), 3, 0.02+0.1*float64(n%4), 1, true)
		var bad, changed bool
		for _, d := range c.Deltas {
			bad = bad || d.Verdict == Worse
			changed = changed || d.Changed
		}
		if bad {
			worse++
		}
		if changed {
			any++
		}
	}
	t.Logf("of %d comparisons of a build with itself %d say worse, %d say anything", tries, worse, any)
	if worse > tries*2/100 || any > tries*3/100 {
		t.Error("those are too many")
	}
}

// Ten repeats find a slowdown of 5 % at the median in at least 90 % of comparisons, where
// repeats differ by ten per cent and the two of a pair by two, but for a burst in one of
// twenty; as independent values they
// find it in next to none.
func TestStudyOfPower(t *testing.T) {
	const tries = 100
	for _, variants := range []int{1, 3} {
		found := map[bool]int{}
		for n := range tries {
			for _, paired := range []bool{true, false} {
				c := drawn(rand.New(rand.NewPCG(uint64(n), 12)), variants, 0.02, 1.05, paired)
				if d := find(t, c, "response", metric.P50); d.Verdict == Worse {
					found[paired]++
				}
			}
		}
		t.Logf("%d variants: of %d slowdowns of 5 %% pairs find %d, independent values %d", variants, tries, found[true], found[false])
		if found[true] < tries*90/100 || found[false] > tries*10/100 {
			t.Error("that is not what pairs are for")
		}
	}
}

// Many variants cost little: it is the families and not the tests that alpha is shared by.
func TestStudyOfManyVariants(t *testing.T) {
	const tries = 10
	found := 0
	for n := range tries {
		c := drawn(rand.New(rand.NewPCG(uint64(n), 13)), 25, 0.02, 1.05, true)
		for i := range c.Deltas {
			if d := &c.Deltas[i]; d.Series == "response" && d.Statistic == metric.P50 && d.Verdict == Worse {
				found++
			}
		}
	}
	t.Logf("of %d variants that are slower by 5 %% %d are found", 25*tries, found)
	if found < 25*tries*70/100 {
		t.Error("those are too few")
	}
}
