package scenariofile

import (
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"kvbench/internal/load"
	"kvbench/internal/units"

	"go.yaml.in/yaml/v4"
)

// level is a rate that may be 0: that of a stage.
type level load.Rate

func parseLevel(s string) (level, error) {
	count, per, err := units.ParseLevel(s)
	return level{Count: count, Per: per}, err
}

func (l level) rate() load.Rate { return load.Rate(l) }

// stageSpec is a part of the measured time with a rate of its own.
type stageSpec struct {
	Name      string        `yaml:"name" unset:"none: it has no figures of its own" doc:"at most 60 lower-case letters, digits and dashes, unique in the load: what its own figures are called"`
	For       time.Duration `yaml:"for" required:"true" min:"1ms" max:"9600h" doc:"how long it lasts"`
	Rate      level         `yaml:"rate" unset:"that at the end of the stage before" max:"10000000/s" doc:"the rate that it keeps, or that a ramp begins with, or the mean of a sine; 0/s is a pause"`
	To        level         `yaml:"to" unset:"it is no ramp" max:"10000000/s" doc:"the rate that a ramp ends with: it changes evenly"`
	Amplitude level         `yaml:"amplitude" unset:"it is no sine" max:"10000000/s" doc:"how far a sine swings to either side of its mean, at which it begins, upwards"`
	Period    time.Duration `yaml:"period" unset:"it is no sine" min:"1ms" max:"9600h" doc:"the time of one swing of a sine"`
}

// stageKinds are what a stage can be: which fields make it that, and what is its curve, at
// a rate that it begins with.
var stageKinds = []struct {
	fields []string
	curve  func(s stageSpec, rate load.Rate) load.Curve
}{
	{[]string{"to"}, func(s stageSpec, rate load.Rate) load.Curve { return load.Ramp{From: rate, To: s.To.rate()} }},
	{[]string{"amplitude", "period"}, func(s stageSpec, rate load.Rate) load.Curve {
		return load.Sine{Mean: rate, Amplitude: s.Amplitude.rate(), Period: s.Period}
	}},
	{nil, func(_ stageSpec, rate load.Rate) load.Curve { return load.Hold{Rate: rate} }},
}

// stages holds the stages of a load against each other and makes the engine's form of them.
func (d *decoder) stages(list *yaml.Node, specs []stageSpec) load.Stages {
	if list == nil || resolve(list).Kind != yaml.SequenceNode {
		return nil
	}
	nodes := resolve(list).Content
	switch {
	case len(nodes) == 0:
		d.fail(list, "add one, for example {rate: 100/s, for: 1m}, or remove the field", "there is no stage")
	case len(nodes) > load.MaxStages:
		d.fail(list, fmt.Sprintf("it may have at most %d", load.MaxStages), "the load has %d stages", len(nodes))
		return nil
	}
	var out load.Stages
	before := load.Rate{Per: time.Second}
	for i, n := range nodes {
		if i >= len(specs) || resolve(n).Kind != yaml.MappingNode {
			return nil
		}
		d.stageName(n, specs[:i+1])
		curve := d.curve(n, specs[i], before, i == 0)
		if curve == nil {
			return nil
		}
		out = append(out, load.Stage{Name: specs[i].Name, For: specs[i].For, Curve: curve})
		before = curve.End()
	}
	return out
}

// stageName holds the last stage's name against those of the others.
func (d *decoder) stageName(n *yaml.Node, specs []stageSpec) {
	name, others := specs[len(specs)-1].Name, specs[:len(specs)-1]
	at := d.find(n, "name")
	switch {
	case at == nil:
	case !scenarioName.MatchString(name):
		d.invalid(at, &units.Error{
			Text: name, Want: "a stage's name",
			Hint: "use lower-case letters, digits and dashes, and begin with a letter or digit",
		})
	case utf8.RuneCountInString(name) > maxName:
		d.fail(at, fmt.Sprintf("it may have at most %d", maxName), "the name has %d characters", utf8.RuneCountInString(name))
	case slices.ContainsFunc(others, func(s stageSpec) bool { return s.Name == name }):
		d.fail(at, "name each differently", "two stages are called %s", name)
	}
}

// curve is the rate of a stage over its time; nil where that is wrong.
func (d *decoder) curve(n *yaml.Node, s stageSpec, before load.Rate, first bool) load.Curve {
	has := func(name string) bool { return d.find(n, name) != nil }
	ramp, sine := has("to"), has("amplitude") || has("period")
	switch {
	case ramp && sine:
		d.fail(d.at(n, "to"), "remove to, or amplitude and period", "a stage is a ramp or a sine, not both")
		return nil
	case sine && !has("amplitude"):
		d.fail(d.at(n, "period"), "add amplitude, for example amplitude: 50/s", "a period belongs to a sine, but there is no amplitude")
		return nil
	case sine && !has("period"):
		d.fail(d.at(n, "amplitude"), "add period, for example period: 1m", "an amplitude belongs to a sine, but there is no period")
		return nil
	case first && !has("rate") && !ramp:
		d.fail(n, "add rate, for example rate: 100/s", "the first stage has no rate, and none is before it")
		return nil
	}
	rate := before
	if has("rate") {
		rate = s.Rate.rate()
	}
	for _, kind := range stageKinds {
		if slices.ContainsFunc(kind.fields, func(f string) bool { return !has(f) }) {
			continue
		}
		curve := kind.curve(s, rate)
		return d.swings(n, curve)
	}
	return nil
}

// swings refuses a sine that goes below 0 or beyond what a rate may be.
func (d *decoder) swings(n *yaml.Node, curve load.Curve) load.Curve {
	sine, ok := curve.(load.Sine)
	if !ok {
		return curve
	}
	at := d.at(n, "amplitude")
	switch {
	case sine.Amplitude.IsZero():
		d.fail(at, "make it more, or remove amplitude and period", "an amplitude of 0 is no sine")
	case sine.Amplitude.PerSecond() > sine.Mean.PerSecond():
		d.fail(at, fmt.Sprintf("it may be at most the mean, %v", sine.Mean), "the rate would go below 0")
	case sine.Peak() > load.MaxRate:
		d.fail(at, fmt.Sprintf("mean and amplitude may be at most %d/s together", load.MaxRate), "the rate would go up to %v/s", units.FormatNumber(sine.Peak()))
	default:
		return curve
	}
	return nil
}
