package command

import (
	"context"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kvbench/internal/answer"
	"kvbench/internal/bench"
	"kvbench/internal/runfile"
	"kvbench/internal/scenariofile"
)

// servers is a pattern whose transactions take 10 ms, always or on average.
type servers struct{ exponential bool }

func (servers) Seed(context.Context, *bench.Worker) error { return nil }

func (s servers) Do(ctx context.Context, w *bench.Worker, _ uint64) (bench.Outcome, error) {
	took := float64(10 * time.Millisecond)
	if s.exponential {
		took *= w.Rand.ExpFloat64()
	}
	return "served", w.Sleep(ctx, time.Duration(took))
}

func serversPattern() *bench.Pattern {
	return &bench.Pattern{
		Name: "servers", Doc: "It serves.", Models: []string{"The time of service."}, Outcomes: []bench.Outcome{"served"},
		Variants: []bench.Variant{{Name: "constant", Doc: "Each takes 10 ms."}, {Name: "exponential", Doc: "Each takes 10 ms on average."}},
		New:      func(s bench.Setup) (bench.Workload, error) { return servers{s.Variant == "exponential"}, nil },
	}
}

// seekIn runs a scenario file of one scenario with the pattern above, and returns what its run
// file says that was found.
func seekIn(t *testing.T, yaml string, s settings) *answer.Answer {
	t.Helper()
	file, err := scenariofile.Load("s.yaml", []byte(yaml), []*bench.Pattern{serversPattern()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPlan(file, s)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), runfile.FileName)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.run(t.Context(), f, newProgress(io.Discard, true, newBoard(p, false))); err != nil {
		t.Fatal(err)
	}
	return answerIn(t, path)
}

func answerIn(t *testing.T, path string) *answer.Answer {
	t.Helper()
	run, err := runfile.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { run.Close() })
	a, err := answer.Of(run)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

const queues = `
scenarios:
  - name: queue
    question: How many a second?
    pattern: servers
    variants: [VARIANT]
    load: {arrivals: poisson, max-in-flight: SERVERS, duration: 20m, warm-up: 10s}
    find: {max-rate: {while: [response.p99 < PROMISE, errors < 0.1%], from: 10/s, to: 10_000/s, within: 2%}}
`

// The highest rate that keeps a p99 is the one at which queueing theory has that p99.
func TestMaxRateAgreesWithTheory(t *testing.T) {
	for _, test := range []struct {
		name, variant, servers, promise string
		beyond                          func(rate float64) float64 // the share of responses beyond the promise
	}{
		{"M/D/1", "constant", "1", "60ms", func(rate float64) float64 { return beyondMD1(rate, 0.010, 0.060) }},
		{"M/M/4", "exponential", "4", "80ms", func(rate float64) float64 { return beyondMMc(rate, 4, 0.010, 0.080) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			low, high := 1.0, 399.0
			if test.servers == "1" {
				high = 99
			}
			for range 60 {
				if middle := (low + high) / 2; test.beyond(middle) < 0.01 {
					low = middle
				} else {
					high = middle
				}
			}
			want := low
			yaml := strings.NewReplacer("VARIANT", test.variant, "SERVERS", test.servers, "PROMISE", test.promise).Replace(queues)
			f := seekIn(t, yaml, settings{}).Scenarios[0].Found[0]
			got := f.Rate.Or(0)
			t.Logf("%s: %v/s, theory %.4v/s; %d steps, from %v to %v", test.name, got, want, len(f.Steps), f.Lower, f.Upper)
			if math.Abs(got/want-1) > 0.05 {
				t.Errorf("%s: found %v/s, theory has %.4v/s", test.name, got, want)
			}
			if !f.Confirmed || f.Topped || f.Beyond == nil {
				t.Errorf("%+v", f)
			}
			if low, high := f.Lower.Or(0), f.Upper.Or(math.Inf(1)); low > want || high < want || low == 0 || math.IsInf(high, 1) {
				t.Errorf("%s: from %v to %v, theory has %.4v/s", test.name, f.Lower, f.Upper, want)
			}
		})
	}
}

// beyondMD1 is the share of responses of M/D/1 that are longer than t: the wait is at most w with
// the probability (1-ρ) Σ (-λ(w-kD))^k/k! e^(λ(w-kD)), k from 0 to ⌊w/D⌋ (Erlang 1909). Of a few
// terms a float64 has the sum exactly enough.
func beyondMD1(lambda, d, t float64) float64 {
	w, sum := t-d, 0.0
	for k := 0; float64(k)*d <= w; k++ {
		x, term := lambda*(w-float64(k)*d), 1.0
		for i := 1; i <= k; i++ {
			term *= -x / float64(i)
		}
		sum += term * math.Exp(x)
	}
	return 1 - (1-lambda*d)*sum
}

// beyondMMc is that of M/M/c: with a = λ/μ and C Erlang's probability of a wait,
// e^(-μt) (1 + C (1 - e^(-μt(c-1-a))) / (c-1-a)) (Gross and Harris, Fundamentals of Queueing
// Theory, 2.3).
func beyondMMc(lambda float64, c int, service, t float64) float64 {
	a, mu := lambda*service, 1/service
	term, sum := 1.0, 0.0
	for k := range c {
		sum += term
		term *= a / float64(k+1)
	}
	last := term * float64(c) / (float64(c) - a)
	wait := last / (sum + last)
	rest := float64(c-1) - a
	return math.Exp(-mu*t) * (1 + wait*(1-math.Exp(-mu*t*rest))/rest)
}
