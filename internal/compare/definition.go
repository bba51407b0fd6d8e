package compare

import (
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"kvbench/internal/runfile"
	"kvbench/internal/units"
)

// Difference is something that is not the same in the definitions of two runs.
type Difference struct {
	Scenario string `json:"scenario"` // empty: of the run as a whole
	Field    string `json:"field"`    // as in a scenario file, with a dot before a field within another
	Base     string `json:"base"`     // empty where there is none
	Head     string `json:"head"`
}

// What says it but for the scenario: "load.rate: 1/s in base, 2/s in head". Of drivers it
// says the options that differ, or of two stores which they are: "driver: fault=brownout in
// head".
func (d Difference) What() string {
	base, head := orNone(d.Base), orNone(d.Head)
	if d.Field == "driver" {
		base, head = driverDifference(d.Base, d.Head)
	}
	var sides []string
	if base != "" {
		sides = append(sides, base+" in base")
	}
	if head != "" {
		sides = append(sides, head+" in head")
	}
	return d.Field + ": " + strings.Join(sides, ", ")
}

// driverDifference is what the URLs of two drivers do not share: of one store its options,
// and of two the stores.
func driverDifference(base, head string) (inBase, inHead string) {
	store, options, _ := strings.Cut(base, "?")
	other, otherOptions, _ := strings.Cut(head, "?")
	if store != other {
		return orNone(store), orNone(other)
	}
	b, h := strings.Split(options, "&"), strings.Split(otherOptions, "&")
	without := func(list, others []string) string {
		return strings.Join(slices.DeleteFunc(slices.Clone(list), func(o string) bool {
			return o == "" || slices.Contains(others, o)
		}), ", ")
	}
	inBase, inHead = without(b, h), without(h, b)
	if inBase == "" && inHead == "" { // in their order alone
		return base, head
	}
	return inBase, inHead
}

func (d Difference) String() string {
	if d.Scenario == "" {
		return d.What()
	}
	return d.Scenario + ": " + d.What()
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

// headerDifferences says in what two runs as a whole differ that bears on their
// figures.
func headerDifferences(base, head *runfile.Header) []Difference {
	b, h := fields{}, fields{}
	for _, side := range []struct {
		to   *fields
		from *runfile.Header
	}{{&b, base}, {&h, head}} {
		side.to.add("seed", side.from.Seed)
		if base.Clock == "wall" || head.Clock == "wall" {
			side.to.add("host", side.from.Host)
			side.to.add("machine", fmt.Sprintf("%s/%s with %d CPUs", side.from.OS, side.from.Arch, side.from.CPUs))
			side.to.add("Go", side.from.Go)
		}
	}
	return b.differ(h, "")
}

// sameMachine reports whether two runs were made on one machine and by one compiler. The
// name of a baseline's machine is not kept, so that it is never the same.
func sameMachine(base, head *runfile.Header) bool {
	type machine struct {
		host, os, arch, compiler string
		cpus                     int
	}
	of := func(h *runfile.Header) machine { return machine{h.Host, h.OS, h.Arch, h.Go, h.CPUs} }
	return base.Host != "" && of(base) == of(head)
}

// differences says in what two definitions of a scenario differ, and whether in anything
// that bears on its figures: in more than how often it is run and what it is judged by.
func differences(base, head *runfile.Definition) (out []Difference, redefined bool) {
	of := func(d *runfile.Definition, typed bool) (list fields) {
		list.add("pattern", d.Pattern)
		list.add("driver", d.Driver)
		list.add("clock", d.Clock)
		list.add("runtime", cmp.Or(d.Runtime.String(), "kvbench itself"))
		if !typed { // of a run file of format 1
			list.add("load", d.Load)
			return list
		}
		list.add("load", d.Workload.Load)
		list.add("keys", d.Workload.Keys)
		list.add("isolates", d.Workload.Isolates)
		list.add("plan", d.Workload.Plan)
		for _, s := range d.Workload.Settings {
			list.add("with."+s.Name, valueOf(s))
		}
		list.add("models", d.Models)
		if d.Find != nil { // the rates that it tries follow from what it finds
			list.add("find", *d.Find)
		}
		for _, values := range d.Sweeps() {
			if d.Find != nil {
				break
			}
			var texts []string
			for i := range values {
				texts = append(texts, values[i].String())
			}
			list.add("sweep."+values[0].Name, texts)
		}
		if base.Driver == head.Driver { // else a store's capabilities are what the driver says
			capabilities := d.Capabilities
			capabilities.Sources, capabilities.Prices.Source = nil, "" // where they come from
			list.add("capabilities", capabilities)
		}
		return list
	}
	judged := func(d *runfile.Definition) (list fields) {
		list.add("repeat", d.Repeats)
		list.add("published", d.Published)
		list.add("max-errors", d.MaxErrors)
		if d.Choose != nil {
			list.add("choose", *d.Choose)
		}
		return list
	}
	typed := base.Workload != nil && head.Workload != nil
	out = of(base, typed).differ(of(head, typed), base.Name)
	return append(out, judged(base).differ(judged(head), base.Name)...), len(out) > 0
}

// valueOf is the value of a pattern's setting.
func valueOf(s runfile.Setting) any {
	switch {
	case s.Time != nil:
		return *s.Time
	case s.Share != nil:
		return *s.Share
	case s.Count != nil:
		return *s.Count
	case s.Flag != nil:
		return *s.Flag
	case s.Text != nil:
		return *s.Text
	case s.Size != nil:
		return *s.Size
	case s.Rate != nil:
		return *s.Rate
	case s.Popularity != nil:
		return *s.Popularity
	}
	return s.Distribution
}

// fields are what is compared of a definition, each with its value as a text that no two
// values share.
type fields []field

type field struct{ name, text string }

// add adds a value, of a struct its fields.
func (f *fields) add(name string, value any) {
	v := reflect.ValueOf(value)
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	_, leaf := v.Interface().(fmt.Stringer)
	if leaf || v.Kind() != reflect.Struct {
		*f = append(*f, field{name, textOf(v)})
		return
	}
	for i := range v.NumField() {
		key, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		key = strings.ReplaceAll(strings.TrimSuffix(key, "_ns"), "_", "-")
		f.add(name+"."+key, v.Field(i).Interface())
	}
}

// textOf is the text of a value; empty where there is none.
func textOf(v reflect.Value) string {
	switch value := v.Interface().(type) {
	case time.Duration:
		return units.ShortDuration(value)
	case fmt.Stringer:
		if v.Kind() == reflect.Pointer {
			return "" // nil: add follows others
		}
		return value.String()
	case string:
		return value
	case []string:
		return strings.Join(value, ", ")
	}
	if (v.Kind() == reflect.Slice || v.Kind() == reflect.Pointer) && v.IsNil() {
		return ""
	}
	text, err := json.Marshal(v.Interface())
	if err != nil {
		return fmt.Sprint(v.Interface())
	}
	return string(text)
}

// differ are the fields that are not the same, in the order of f, and then those that
// other alone has.
func (f fields) differ(other fields, scenario string) (out []Difference) {
	for _, x := range f {
		if y := other.text(x.name); x.text != y {
			out = append(out, Difference{scenario, x.name, x.text, y})
		}
	}
	for _, y := range other {
		if y.text != "" && f.index(y.name) < 0 {
			out = append(out, Difference{scenario, y.name, "", y.text})
		}
	}
	return out
}

func (f fields) index(name string) int {
	return slices.IndexFunc(f, func(x field) bool { return x.name == name })
}

func (f fields) text(name string) string {
	if i := f.index(name); i >= 0 {
		return f[i].text
	}
	return ""
}
