package scenariofile

import (
	"slices"

	"kvbench/internal/bench"
	"kvbench/internal/expect"
	"kvbench/internal/runfile"

	"go.yaml.in/yaml/v4"
)

// maxRate reads what a search looks for; at is its node, and nil where there is none.
func (d *decoder) maxRate(item, at *yaml.Node, s bench.Scenario, spec scenarioSpec) *runfile.Find {
	if at == nil || resolve(at).Kind != yaml.MappingNode {
		return nil
	}
	asked := spec.Find.MaxRate
	own := d.at(at, "max-rate")
	find := &runfile.Find{While: asked.While, From: asked.From, To: asked.To, Within: float64(asked.Within)}
	if repeat := d.find(item, "repeat"); repeat != nil {
		d.fail(repeat, "remove it", "a find repeats each step as often as it takes")
	}
	if asked.To.PerSecond() <= asked.From.PerSecond() {
		at := own
		for _, name := range []string{"from", "to"} {
			if n := d.find(own, name); n != nil {
				at = n
			}
		}
		d.fail(at, "write a range such as from: 10/s, to: 10_000/s", "the search ends at %v and begins at %v", asked.To, asked.From)
	}
	if d.find(own, "while") == nil {
		find.While = spec.Choose.Promise // which is checked where it stands
		if len(find.While) == 0 {
			d.fail(own, "add one, for example while: [response.p99 < 20ms, errors < 0.1%]", "there is no promise: neither while nor choose has one")
		}
		return find
	}
	d.while(own, s, find.While)
	return find
}

// while checks the promise of a search.
func (d *decoder) while(own *yaml.Node, s bench.Scenario, promise []string) {
	list := resolve(d.find(own, "while"))
	if list.Kind == yaml.SequenceNode && len(promise) == 0 {
		d.fail(list, "name one, for example response.p99 < 20ms", "there is no promise")
	}
	if slices.Contains(promise, "") { // not a text, which was reported
		return
	}
	names := namesOf(s)
	for i, text := range promise {
		if _, err := expect.ParseClause(text, names); err != nil {
			bad := err.(*expect.Error)
			d.failInside(list.Content[i], text, bad.Offset, bad.Hint, "%s", bad.Message)
		}
	}
}
