package merge

import (
	"encoding/json"
	"fmt"
	"slices"

	"kvbench/internal/runfile"
)

// Differs says in what a shard's header is not that of another shard of one run; empty where it is.
func Differs(want, have *runfile.Header) string { return differs(want, have) }

// differs says in what a run's header is not that of another shard of one run; empty where
// it is.
func differs(want, have *runfile.Header) string {
	for _, f := range []struct{ name, want, have string }{
		{"number of shards", fmt.Sprint(want.Shard.Of), fmt.Sprint(have.Shard.Of)},
		{"run id", orNone(want.Shard.RunID), orNone(have.Shard.RunID)},
		{"start", orNone(want.Started), orNone(have.Started)},
		{"time between starts", want.Shard.Every.String(), have.Shard.Every.String()},
		{"seed", fmt.Sprint(want.Seed), fmt.Sprint(have.Seed)},
		{"version of kvbench", orNone(want.Version), orNone(have.Version)},
		{"Go", want.Go, have.Go},
		{"system", want.OS + "/" + want.Arch, have.OS + "/" + have.Arch},
		{"driver", want.Driver, have.Driver},
		{"clock", want.Clock, have.Clock},
		{"scenario file", want.File, have.File},
		{"number of scenarios", fmt.Sprint(len(want.Scenarios)), fmt.Sprint(len(have.Scenarios))},
	} {
		if f.want != f.have {
			return fmt.Sprintf("its %s is %s where theirs is %s", f.name, f.have, f.want)
		}
	}
	for i := range want.Scenarios {
		a, b := want.Scenarios[i], have.Scenarios[i]
		if text(scenario(a)) != text(scenario(b)) {
			return fmt.Sprintf("its definition of scenario %s is another", b.Name)
		}
	}
	if text(common(*want)) != text(common(*have)) {
		return "its header is another"
	}
	return ""
}

// scenario is a definition without what a search adds while it runs.
func scenario(d runfile.Definition) runfile.Definition {
	if d.Find != nil {
		d.Points = nil
	}
	return d
}

// common is a header without what is a shard's own.
func common(h runfile.Header) runfile.Header {
	h.Host, h.CPUs, h.Command, h.Shard = "", 0, "", nil
	h.Scenarios = slices.Clone(h.Scenarios)
	for i := range h.Scenarios {
		h.Scenarios[i] = scenario(h.Scenarios[i])
	}
	return h
}

// text is a value in a form that can be compared.
func text(v any) string {
	out, err := json.Marshal(v)
	if err != nil { // it is made of what JSON can say
		panic("merge: " + err.Error())
	}
	return string(out)
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}
