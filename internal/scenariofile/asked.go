package scenariofile

import (
	"slices"

	"kvbench/internal/bench"
	"kvbench/internal/choose"
	"kvbench/internal/expect"
	"kvbench/internal/runfile"

	"go.yaml.in/yaml/v4"
)

// namesOf are what an expectation of the scenario may speak of.
func namesOf(s bench.Scenario) expect.Names {
	names := expect.Names{Metrics: runfile.Metrics(s.Pattern.Series(), s.Pattern.AllOutcomes())}
	if s.Find != nil {
		names.Metrics = append(names.Metrics, runfile.StepMetrics()...)
	}
	for _, v := range s.Pattern.Variants {
		if slices.Contains(s.Variants, v) {
			names.Variants = append(names.Variants, v.Name)
		} else {
			names.Idle = append(names.Idle, v.Name)
		}
	}
	return names
}

// expectations reads what is expected of the scenario.
func (d *decoder) expectations(item *yaml.Node, s bench.Scenario) {
	names := namesOf(s)
	for i, text := range s.Expect {
		if text == "" { // not a text, which was reported
			continue
		}
		if _, err := expect.Parse(text, names); err != nil {
			bad, at := err.(*expect.Error), resolve(d.find(item, "expect")).Content[i]
			d.failInside(at, text, bad.Offset, bad.Hint, "%s", bad.Message)
		}
	}
}

// choose reads what a variant is chosen by.
func (d *decoder) choose(item *yaml.Node, s *bench.Scenario, spec chooseSpec) {
	at := d.find(item, "choose")
	if at == nil || resolve(at).Kind != yaml.MappingNode {
		return
	}
	by := runfile.Choose(spec)
	if slices.Contains(by.Promise, "") || slices.Contains(by.Prefer, "") { // not a text, which was reported
		return
	}
	if list := d.find(at, "prefer"); list != nil && resolve(list).Kind == yaml.SequenceNode && len(by.Prefer) == 0 {
		d.fail(list, "name one, for example response.p99", "there is nothing to prefer")
	}
	names, before := namesOf(*s), len(d.errs)
	for i, text := range by.Promise {
		d.chosenBy(at, i, runfile.Choose{Promise: []string{text}}, names)
	}
	for i, text := range by.Prefer {
		d.chosenBy(at, i, runfile.Choose{Prefer: []string{text}}, names)
	}
	for i, name := range by.Given {
		if sweep := d.find(item, "sweep"); name != "" && (sweep == nil || d.find(sweep, name) == nil) {
			d.fail(resolve(d.find(at, "given")).Content[i], "name a setting of the sweep, as there", "no sweep varies %q", name)
		}
	}
	if len(d.errs) > before {
		return
	}
	s.Choose = &by
}

// chosenBy checks item i of the promise or of the preference of choose.
func (d *decoder) chosenBy(at *yaml.Node, i int, item runfile.Choose, names expect.Names) {
	if _, _, err := choose.Parse(item, names); err != nil {
		bad := err.(*choose.Error)
		d.failInside(resolve(d.find(at, bad.Field)).Content[i], bad.Text, bad.Err.Offset, bad.Err.Hint, "%s", bad.Err.Message)
	}
}
