package compare

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"kvbench/internal/record"
	"kvbench/internal/runfile"

	"go.yaml.in/yaml/v4"
)

// headerDifferences says in what two runs as a whole differ that bears on their
// figures.
func headerDifferences(base, head *runfile.Header) []string {
	var out []string
	differ := func(what, b, h string) {
		if b != h {
			out = append(out, fmt.Sprintf("%s: %s in base, %s in head", what, orNone(b), orNone(h)))
		}
	}
	differ("seed", fmt.Sprint(base.Seed), fmt.Sprint(head.Seed))
	if base.Clock == "wall" || head.Clock == "wall" {
		differ("host", base.Host, head.Host)
		differ("machine", fmt.Sprintf("%s/%s with %d CPUs", base.OS, base.Arch, base.CPUs),
			fmt.Sprintf("%s/%s with %d CPUs", head.OS, head.Arch, head.CPUs))
		differ("Go", base.Go, head.Go)
	}
	return out
}

// differences says in what two definitions of a scenario differ that bears on its
// figures.
func differences(base, head *runfile.Definition) []string {
	var out []string
	differ := func(what, b, h string) {
		if b != h {
			out = append(out, fmt.Sprintf("%s: %s: %s in base, %s in head", base.Name, what, orNone(b), orNone(h)))
		}
	}
	differ("pattern", base.Pattern, head.Pattern)
	differ("driver", base.Driver, head.Driver)
	differ("clock", base.Clock, head.Clock)
	differ("load", base.Load, head.Load)
	differ("repeats", fmt.Sprint(base.Repeats), fmt.Sprint(head.Repeats))
	b, h := written(base.YAML), written(head.YAML)
	for _, field := range slices.Sorted(maps.Keys(union(b, h))) {
		if !reflect.DeepEqual(b[field], h[field]) {
			differ(field, phrase(b, field), phrase(h, field))
		}
	}
	return out
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

// said are the fields of a scenario that bear on no figure, or that the
// definition says in fields of its own.
var said = []string{"name", "question", "expect", "variants", "pattern", "driver", "clock", "load", "repeat"}

// written are the fields of a scenario as they were written, but for those that
// are said elsewhere. What is no YAML is one field.
func written(text string) map[string]any {
	var list []map[string]any
	if err := yaml.Unmarshal([]byte(text), &list); err != nil || len(list) != 1 {
		return map[string]any{"definition": strings.TrimSpace(text)}
	}
	maps.DeleteFunc(list[0], func(field string, _ any) bool { return slices.Contains(said, field) })
	return list[0]
}

func union(a, b map[string]any) map[string]any {
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}

// phrase is the value of a field in a line; empty where there is none.
func phrase(fields map[string]any, name string) string {
	v, ok := fields[name]
	if !ok {
		return ""
	}
	if text, err := json.Marshal(v); err == nil {
		return string(text)
	}
	return fmt.Sprint(v)
}

// onlySeries says which series and outcomes one definition alone has.
func onlySeries(base, head *runfile.Definition) []string {
	var out []string
	names := func(d *runfile.Definition) (list []string) {
		for _, s := range seriesNames(d.Series) {
			list = append(list, "series "+s)
		}
		for _, o := range d.Outcomes {
			list = append(list, "outcome "+o)
		}
		return list
	}
	b, h := names(base), names(head)
	for _, side := range []struct {
		where      string
		has, other []string
	}{{"base", b, h}, {"head", h, b}} {
		for _, name := range side.has {
			if !slices.Contains(side.other, name) {
				out = append(out, fmt.Sprintf("%s: %s is in %s alone", base.Name, name, side.where))
			}
		}
	}
	return append(out, unitChanges(base.Series, head.Series, base.Name)...)
}

// unitChanges says which series have another unit, or are a share of something
// else, and so are not what they were.
func unitChanges(base, head []record.Series, scenario string) []string {
	var out []string
	for _, b := range base {
		if i := findSeries(head, b.Name); i >= 0 && (head[i].Unit != b.Unit || head[i].Of != b.Of) {
			out = append(out, fmt.Sprintf("%s: series %s has unit %s of %q in base, %s of %q in head",
				scenario, b.Name, b.Unit, b.Of, head[i].Unit, head[i].Of))
		}
	}
	return out
}
