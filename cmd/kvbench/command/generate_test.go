package command

import (
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"kvbench/drivers/fault"
	"kvbench/internal/bench"
	"kvbench/internal/load"
	"kvbench/internal/quantile"
	"kvbench/internal/scenariofile"
	"kvbench/scenarios"
)

// generator draws scenarios whose settings lie at the edges of what is allowed. What it
// drew of each setting it counts in drawn.
type generator struct {
	*rand.Rand
	patterns []*bench.Pattern
	drawn    map[string]int // PATTERN.SETTING of scenarios that are legal
	tries    int
}

func newGenerator(seed uint64) *generator {
	return &generator{Rand: rand.New(rand.NewPCG(seed, 13)), patterns: settable(), drawn: map[string]int{}}
}

// one is one of the texts.
func (g *generator) one(of ...string) string { return of[g.IntN(len(of))] }

// mostTries is how many scenarios are drawn until one is legal.
const mostTries = 5000

// scenario is a legal scenario, the number-th, as an item of a file's list. Every
// pattern has its turn.
func (g *generator) scenario(t *testing.T, number int) string {
	t.Helper()
	p := g.patterns[number%len(g.patterns)]
	var last error
	for range mostTries {
		g.tries++
		text, named := g.draw(p, number)
		file, err := scenariofile.Load("random.yaml", []byte("scenarios:\n"+text), g.patterns, nil)
		if err == nil {
			var p *plan
			if p, err = newPlan(file, settings{}); err == nil && strings.Contains(text, "mode=instant") {
				_, err = p.estimates(t.Context(), thisMachine(), small, io.Discard) // what a pattern seeds may be too much for it
			}
		}
		if err == nil {
			for _, name := range named {
				g.drawn[p.Name+"."+name]++
			}
			return text
		}
		last = err
	}
	t.Fatalf("of %d scenarios of %s none is legal; the last is not because of %v", mostTries, p.Name, last)
	return ""
}

// draw is a scenario that may be legal, and which of its pattern's settings it has.
func (g *generator) draw(p *bench.Pattern, number int) (text string, settings []string) {
	variants := []string{}
	for _, v := range p.Variants {
		if g.IntN(2) == 0 {
			variants = append(variants, v.Name)
		}
	}
	if len(variants) == 0 {
		variants = append(variants, p.Variants[number/len(g.patterns)%len(p.Variants)].Name)
	}
	keys, size := g.one("1", "2", "10", "100", "1001", "3000"), g.one("0B", "1B", "1KiB", "uniform(0B, 4KiB)")
	if keys == "1" && g.IntN(30) == 0 {
		size = "25MiB"
	}
	driver, places := g.driver()
	isolates := g.one("1", "2", "1000")
	if places != "1" {
		isolates = g.one("1", "2", "10")
	}
	lines := []string{
		"name: s" + strconv.Itoa(number),
		"question: What becomes of it?",
		"pattern: " + p.Name,
		"variants: [" + strings.Join(variants, ", ") + "]",
		"driver: " + strconv.Quote(driver),
		"load: {" + g.load(size) + "}",
		"keys: {count: " + keys + ", size: \"" + size + "\", distribution: \"" +
			g.one("uniform", "zipfian(0.01)", "zipfian(10)", "latest(10)", "hotspot(0.01%, 99.99%)", "hotspot(99%, 1%)") + "\"}",
		"isolates: " + isolates,
		"repeat: " + g.one("1", "1", "2", "3"),
		"plan: " + g.one("paid", "free"),
		"errors: " + g.one("0%", "5%", "100%"),
	}
	with, settings := g.settings(reflect.ValueOf(p.Settings()).Elem(), "")
	if len(settings) > 0 {
		lines = append(lines, "with: "+with)
	}
	lines = append(lines, "expect: ["+strings.Join(g.expect(p), ", ")+"]")
	return "  - " + strings.Join(lines, "\n    ") + "\n", settings
}

// settings draws some of a struct's fields, each at an edge of what its tags allow or at
// a value that may be one.
func (g *generator) settings(of reflect.Value, prefix string) (text string, names []string) {
	var fields []string
	for i := range of.NumField() {
		tag := of.Type().Field(i).Tag
		name := tag.Get("yaml")
		if name == "" || g.IntN(5) < 3 {
			continue
		}
		if v := of.Field(i); v.Kind() == reflect.Struct {
			inner, below := g.settings(v, prefix+name+".")
			if below != nil {
				fields, names = append(fields, name+": "+inner), append(names, below...)
			}
			continue
		}
		fields = append(fields, name+": "+g.value(of.Field(i), tag))
		names = append(names, prefix+name)
	}
	return "{" + strings.Join(fields, ", ") + "}", names
}

// value draws a value for a field.
func (g *generator) value(v reflect.Value, tag reflect.StructTag) string {
	var of []string
	for _, end := range []string{"min", "max"} {
		if text, ok := tag.Lookup(end); ok {
			if n, err := strconv.Atoi(text); err == nil && n > 100_000 && g.IntN(20) > 0 {
				continue // so many keys take most of the test's time
			}
			of = append(of, text, text) // twice as often as any other
		}
	}
	switch value := v.Interface().(type) {
	case time.Duration:
		of = append(of, value.String(), "0s", "1ms", "30s", "60s", "1h")
	case quantile.Dist:
		of = append(of, "0s", "1ns", "p0:0s,p50:1ms,p100:40s", "p99.9:1h")
	case float64:
		of = append(of, "0", "1", "0.5", "0.000001", "0.1", "10%")
	case int:
		of = append(of, strconv.Itoa(value), "1", "2", "8", "1000")
	case bool:
		of = []string{"true", "false"}
	case string:
		of = strings.Split(tag.Get("oneof"), ",")
	default:
		panic("the generator draws no " + v.Type().String())
	}
	return quoteUnlessPlain(g.one(of...))
}

// quoteUnlessPlain quotes what a flow mapping would take apart.
func quoteUnlessPlain(s string) string {
	if strings.ContainsAny(s, ",:") {
		return strconv.Quote(s)
	}
	return s
}

// mostDue is how many transactions a drawn load comes to at most.
const mostDue = 400

// load draws a load that ends soon.
func (g *generator) load(size string) string {
	most := uint64(mostDue)
	if size == "25MiB" {
		most = 10
	}
	for {
		text, l := g.anyLoad()
		if due, ends := transactionsOf(l); ends && due <= most {
			return text
		}
	}
}

func (g *generator) anyLoad() (string, load.Load) {
	var fields []string
	var l load.Load
	staged := false
	switch g.IntN(5) {
	case 0:
		staged = true
		var text string
		text, l.Shape = g.stages()
		fields = append(fields, text, "arrivals: "+g.one("constant", "poisson"))
		l.Duration = l.Stages().Lasts()
	case 1, 2:
		rate := []struct {
			text string
			rate load.Rate
		}{
			{"10000000/s", load.PerSecond(10_000_000)},
			{"1000/s", load.PerSecond(1000)},
			{"50/s", load.PerSecond(50)},
			{"5/min", load.Rate{Count: 5, Per: time.Minute}},
			{"1/h", load.Rate{Count: 1, Per: time.Hour}},
		}[g.IntN(5)]
		fields = append(fields, "rate: "+rate.text, "arrivals: "+g.one("constant", "poisson"))
		l.Shape = load.Open{Profile: rate.rate, Arrivals: load.Constant{}}
		if g.IntN(3) == 0 {
			fields = append(fields, "max-in-flight: "+g.one("0", "1", "1000000"))
		}
	default:
		loop := load.Closed{
			Workers: []int{1, 2, 50}[g.IntN(3)],
			Think:   []time.Duration{0, time.Millisecond, time.Minute, 9600 * time.Hour}[g.IntN(4)],
		}
		l.Shape = loop
		fields = append(fields, fmt.Sprintf("workers: %d, think: %v", loop.Workers, loop.Think))
	}
	how := g.IntN(3) // does it end
	if how < 2 {
		l.Transactions = []uint64{1, 2, 30, mostDue}[g.IntN(4)]
		fields = append(fields, fmt.Sprintf("transactions: %d", l.Transactions))
	}
	if how > 0 && !staged {
		l.Duration = []time.Duration{time.Millisecond, time.Second, 45 * time.Second, time.Hour, 40 * time.Hour}[g.IntN(5)]
		if g.IntN(30) == 0 { // it has 9,600 intervals
			l.Duration = load.MaxTime
		}
		fields = append(fields, fmt.Sprintf("duration: %v", l.Duration))
	}
	if l.WarmUp = []time.Duration{0, 0, time.Millisecond, 10 * time.Minute, 9600 * time.Hour}[g.IntN(5)]; l.WarmUp > 0 {
		fields = append(fields, fmt.Sprintf("warm-up: %v", l.WarmUp))
	}
	return strings.Join(fields, ", "), l
}

// stages draws a rate that changes.
func (g *generator) stages() (text string, shape load.Open) {
	var stages load.Stages
	var texts []string
	for range 1 + g.IntN(3) {
		d := []time.Duration{time.Millisecond, 7 * time.Second, time.Hour}[g.IntN(3)]
		a, b := uint64(1+g.IntN(200)), uint64(g.IntN(200))
		stage := load.Stage{For: d}
		switch g.IntN(3) {
		case 0:
			stage.Curve = load.Hold{Rate: load.PerSecond(a)}
			texts = append(texts, fmt.Sprintf("{rate: %d/s, for: %v}", a, d))
		case 1:
			stage.Curve = load.Ramp{From: load.PerSecond(a), To: load.PerSecond(b)}
			texts = append(texts, fmt.Sprintf("{rate: %d/s, to: %d/s, for: %v}", a, b, d))
		default:
			stage.Curve = load.Sine{Mean: load.PerSecond(a), Amplitude: load.PerSecond(a), Period: 3 * time.Second}
			texts = append(texts, fmt.Sprintf("{rate: %d/s, amplitude: %d/s, period: 3s, for: %v}", a, a, d))
		}
		stages = append(stages, stage)
	}
	return "stages: [" + strings.Join(texts, ", ") + "]", load.Open{Profile: stages, Arrivals: load.Constant{}}
}

// transactionsOf is how many transactions a load comes to, warm-up and all; ends is
// false where only the store tells when they end.
func transactionsOf(l load.Load) (n uint64, ends bool) {
	rate := l.Rate()
	if loop, closed := l.Closed(); closed && loop.Think > 0 {
		rate = loop.Mean(0)
	}
	warming := rate
	if stages := l.Stages(); stages != nil {
		warming = stages[0].Curve.Start().PerSecond()
	}
	switch {
	case rate > 0:
		measured := float64(l.Transactions)
		if d := l.Duration; d > 0 && (measured == 0 || measured > rate*d.Seconds()) {
			measured = rate * d.Seconds()
		}
		return uint64(measured + warming*l.WarmUp.Seconds()), true
	case l.WarmUp > 0 || l.Transactions == 0:
		return 0, false
	}
	return l.Transactions, true
}

// driver draws the URL of an embedded store, and how many locations it has.
func (g *generator) driver() (url, places string) {
	const dists = "0s 1ns p50:60ms,p99:400ms p0:1ms,p100:2h"
	latencies := strings.Fields(dists)
	places = g.one("1", "2", "64")
	options := []string{"locations=" + places}
	add := func(name string, of ...string) {
		if g.IntN(3) == 0 {
			options = append(options, name+"="+g.one(of...))
		}
	}
	add("mode", "classic", "instant")
	add("profile", "none", "edge", "edge-hot", "edge-cold", "edge-mix", "instant")
	add("propagation", "0", "1ns", "60s", "24h")
	add("writes", "off", "strict", "lenient")
	for _, kind := range []string{"hot", "cold", "list", "write"} {
		add(kind, latencies...)
	}
	add("prices", "read:0,write:0,delete:0,list:0,storage:0", "read:1000000000", "write:0.000001", "read:0")
	if g.IntN(3) == 0 {
		options = append(options, g.fault()...)
	}
	return "embedded://?" + strings.Join(options, "&"), places
}

// fault draws the options of a fault. Not all go together, and they are drawn until they
// do.
func (g *generator) fault() []string {
	all := fault.Profiles()
	options := []string{"fault=" + all[g.IntN(len(all))].Name}
	for _, o := range []struct {
		name string
		of   []string
	}{
		{"fault-share", []string{"0%", "0.0001%", "50%", "100%"}},
		{"fault-from", []string{"0s", "1ms", "8760h"}},
		{"fault-for", []string{"0s", "1ms", "30s", "8760h"}},
		{"fault-ops", []string{"get", "put", "list", "bulk-get"}},
		{"fault-delay", []string{"0s", "1ns", "1h"}},
		{"fault-factor", []string{"1", "1000"}},
		{"fault-retry-after", []string{"1ns", "1s", "8760h"}},
	} {
		if g.IntN(4) == 0 {
			options = append(options, o.name+"="+g.one(o.of...))
		}
	}
	return options
}

// expect draws expectations of a pattern's series and outcomes.
func (g *generator) expect(p *bench.Pattern) []string {
	series := p.Series()
	out := []string{"errors.share <= 5%", "usd-per-million < 10"}
	for range g.IntN(3) {
		out = append(out, series[g.IntN(len(series))].Name+".p99 <= 0", series[g.IntN(len(series))].Name+" >= 1")
	}
	return append(out, "outcome."+string(p.Outcomes[g.IntN(len(p.Outcomes))])+".share <= 50%")
}

// settable are the patterns that need nothing but their settings: no script.
func settable() []*bench.Pattern {
	return slices.DeleteFunc(scenarios.Patterns(), func(p *bench.Pattern) bool { return p.Adapt != nil })
}
