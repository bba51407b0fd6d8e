package agree_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"kvbench/internal/agree"

	"gonum.org/v1/gonum/stat/distuv"
)

// draw draws the count of a run.
type draw func(r *rand.Rand) float64

func poisson(mean float64) draw {
	return func(r *rand.Rand) float64 { return distuv.Poisson{Lambda: mean, Src: r}.Rand() }
}

func binomial(n, p float64) draw {
	return func(r *rand.Rand) float64 { return distuv.Binomial{N: n, P: p, Src: r}.Rand() }
}

// bursts are several events at once.
func bursts(mean, size float64) draw {
	return func(r *rand.Rand) float64 { return size * poisson(mean)(r) }
}

// predicted is a figure of so many groups of m runs of the model.
func predicted(t *testing.T, r *rand.Rand, groups, m, figures int, model, real draw) agree.Prediction {
	t.Helper()
	all := make([]agree.Group, groups)
	for i := range all {
		for range m {
			all[i].Model = append(all[i].Model, model(r))
		}
		all[i].Real = real(r)
	}
	p, err := agree.Predict(all, figures)
	if err != nil || math.IsNaN(p.May) || math.IsNaN(p.Off) {
		t.Fatalf("%+v, %v", p, err)
	}
	return p
}

// What is drawn alike on both sides differs no more often than it may: of one figure in one
// of a hundred tables, whatever its distribution is.
func TestFalseAlarms(t *testing.T) {
	const tables = 5000
	for name, d := range map[string]draw{
		"never": poisson(0), "rare": poisson(0.02), "few": poisson(0.5), "some": poisson(4), "many": poisson(300),
		"half": binomial(3000, 0.5), "nearly all": binomial(3000, 0.9995), "all": binomial(3000, 1),
		"in pairs": bursts(2, 2),
	} {
		for _, size := range [][2]int{{3, 10}, {1, 30}} {
			r := rand.New(rand.NewPCG(1, 2))
			apart := 0
			for range tables {
				p := predicted(t, r, size[0], size[1], 1, d, d)
				if !p.Agrees() {
					apart++
				}
			}
			if most := agree.Alpha * tables * 1.4; float64(apart) > most { // of which chance makes 50 ± 7
				t.Errorf("%s, %d groups of %d: %d of %d tables differ, want at most %.0f", name, size[0], size[1], apart, tables, most)
			}
		}
	}
}

// What differs by so much is found in a table of 300 figures.
func TestPower(t *testing.T) {
	for _, test := range []struct {
		name        string
		model, real draw
	}{
		{"one call more in each of 3,000 transactions", binomial(3000, 1), binomial(6000, 1)},
		{"four calls too few in each run, of what the requests decide", binomial(3000, 1), binomial(2996, 1)},
		{"55% in place of 50%", binomial(3000, 0.5), binomial(3000, 0.55)},
		{"8% in place of 5%", binomial(3000, 0.05), binomial(3000, 0.08)},
		{"0.5% in place of none", poisson(0), binomial(3000, 0.005)},
		{"none in place of 1%", binomial(3000, 0.01), poisson(0)},
		{"99.5% in place of all", binomial(3000, 1), binomial(3000, 0.995)},
	} {
		r := rand.New(rand.NewPCG(1, 2))
		const tables = 200
		found := 0
		for range tables {
			p := predicted(t, r, 3, 10, 300, test.model, test.real)
			if !p.Agrees() {
				found++
			}
		}
		if found < tables*95/100 {
			t.Errorf("%s: found in %d of %d tables", test.name, found, tables)
		}
	}
}

// What the requests decide is told from what only happens to be the same.
func TestFixed(t *testing.T) {
	groups := []agree.Group{{Model: []float64{10, 10, 10}, Real: 10}, {Model: []float64{12, 12, 12}, Real: 12}}
	p, err := agree.Predict(groups, 10)
	if err != nil || !p.Fixed || !p.Equal() || !p.Agrees() || p.Model != 22 || p.Real != 22 {
		t.Errorf("%+v, %v", p, err)
	}
	// Over and under do not make up for each other.
	groups[0].Real, groups[1].Real = 30, -8
	if p, _ = agree.Predict(groups, 10); p.Equal() || p.Agrees() || p.Off != 40 {
		t.Errorf("%+v", p)
	}
	groups[0].Model[2] = 11
	if p, _ = agree.Predict(groups, 10); p.Fixed {
		t.Errorf("%+v", p)
	}
	for _, bad := range [][]agree.Group{nil, {{Model: []float64{1}}}, {{Model: []float64{1, 1}}, {Model: []float64{1, 1, 1}}}} {
		if _, err := agree.Predict(bad, 1); err == nil {
			t.Errorf("%v is taken", bad)
		}
	}
}

func TestPaired(t *testing.T) {
	mean, err := agree.Paired([]float64{1, 2, 3}, []float64{2, 4, 6})
	if mean != 2 || math.Abs(err-1/math.Sqrt(3)) > 1e-12 {
		t.Errorf("%v ± %v", mean, err)
	}
	if got := agree.T(23, 152); math.Abs(got-4.86) > 0.005 { // which docs/workers-agree.md has
		t.Errorf("t = %v", got)
	}
	if !agree.Within(1e-13, 0, 4, 1) || agree.Within(0.1, 0, 4, 1) || !agree.Within(-3, 1, 4, 0) {
		t.Error("what is within")
	}
}
