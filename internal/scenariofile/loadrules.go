package scenariofile

import (
	"errors"

	"kvbench/internal/bench"
	"kvbench/internal/load"

	"go.yaml.in/yaml/v4"
)

// loadRules are the fields of a load that belong to other fields, or to none beside these.
// A field stands for a kind of load where that has it.
var loadRules = []struct {
	fields []string // what is held against the others
	with   []string // one of these has to be there; none has to where it is empty
	not    []string // of these none may be there
	what   string   // of a field, what it belongs to, and what else there is
	hint   string
}{
	{[]string{"workers", "think"}, nil, []string{"rate"}, "belongs to a closed loop, but there is a rate", "remove it, or the rate"},
	{[]string{"workers", "think"}, nil, []string{"stages"}, "belongs to a closed loop, but there are stages", "remove it, or the stages"},
	{[]string{"rate"}, nil, []string{"stages"}, "is that of a load which keeps it, but there are stages", "remove it, or the stages"},
	{[]string{"duration"}, nil, []string{"stages"}, "is not set where there are stages: each says how long it lasts", "remove it"},
	{[]string{"until"}, nil, []string{"stages"}, "belongs to a load that does not change, but there are stages", "remove it, or the stages"},
	{[]string{"rate", "stages", "workers", "think", "transactions", "until"}, nil, []string{"find"}, "is not set where there is a find: it tries rates of its own, each for as long as it takes", "remove it, or the find"},
	{[]string{"arrivals", "max-in-flight"}, []string{"rate", "stages", "find"}, nil, "belongs to an open loop, but there is no rate", "remove it, or add a rate"},
	{[]string{"tolerance"}, []string{"until"}, nil, "belongs to until, which is not there", "remove it, or add until: stable"},
	{[]string{"until"}, []string{"duration", "stages"}, nil, "needs a duration, which bounds it where the response never is stable", "add one, for example duration: 1h"},
}

// load holds the fields of a load against each other, and against a find that the scenario may
// have.
func (d *decoder) load(n *yaml.Node, find bool) {
	if resolve(n).Kind != yaml.MappingNode {
		return
	}
	has := func(name string) bool { return d.find(n, name) != nil || name == "find" && find }
	one := func(names []string) bool {
		for _, name := range names {
			if has(name) {
				return true
			}
		}
		return false
	}
	for _, rule := range loadRules {
		for _, field := range rule.fields {
			if has(field) && (one(rule.not) || rule.with != nil && !one(rule.with)) {
				d.fail(d.at(n, field), rule.hint, "%s %s", field, rule.what)
			}
		}
	}
	if !one([]string{"duration", "transactions", "stages"}) && !has("until") {
		d.fail(n, "add one, for example duration: 10m", "neither duration nor transactions says when the load ends")
	}
}

// bounds refuses a load that plans more than can be run.
func (d *decoder) bounds(s bench.Scenario) {
	bad, wrong := errors.AsType[*load.BoundError](s.Load.Check(s.Repeat))
	if !wrong {
		return
	}
	field := bad.Field
	if field != "repeat" {
		field = "load." + field
	}
	d.errs = append(d.errs, s.Place(field, bad.Message, bad.Hint).(Error))
}
