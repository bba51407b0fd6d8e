package scenariofile

import (
	"reflect"
	"strconv"
	"strings"

	"kvbench/internal/bench"
	loads "kvbench/internal/load"
	"kvbench/internal/setting"
)

// object is a JSON object, whose members are written in the order of their names.
type object map[string]any

// Schema is the JSON Schema of a scenario file that may use these patterns, for editors.
// It takes what Load takes. Load refuses more: a schema can't compare values that have a
// unit, nor fields with each other.
func Schema(patterns []*bench.Pattern) any {
	scenario := schemaOf(fieldsOf(reflect.ValueOf(defaultScenario(defaultFile()))))
	properties := scenario["properties"].(object)
	properties["name"].(object)["pattern"] = orVariable(strings.Trim(scenarioName.String(), "^$"))
	properties["question"].(object)["maxLength"] = maxQuestion
	properties["driver"].(object)["pattern"] = orVariable(driverPattern)
	sweep := properties["sweep"].(object)
	sweep["minProperties"], sweep["maxProperties"] = 1, maxSwept
	sweep["propertyNames"] = object{"pattern": `^(isolates|(` + strings.Join(sections, "|") + `)\..+)$`}
	sweep["additionalProperties"] = object{"type": "array", "minItems": 2, "items": object{"type": []string{"string", "number", "boolean"}}}
	load := properties["load"].(object)
	load["anyOf"] = anyOf("duration", "transactions", "stages")
	load["dependentRequired"] = object{"tolerance": []string{"until"}, "until": []string{"duration"}}
	load["dependentSchemas"] = object{
		"rate":   object{"properties": object{"workers": false, "think": false}},
		"stages": object{"properties": object{"workers": false, "think": false, "rate": false, "duration": false, "until": false}},
	}
	open := object{"anyOf": anyOf("rate", "stages")}
	properties["find"].(object)["properties"].(object)["max-rate"].(object)["properties"].(object)["while"].(object)["minItems"] = 1
	stage := load["properties"].(object)["stages"].(object)
	stage["minItems"], stage["maxItems"] = 1, loads.MaxStages
	stage = stage["items"].(object)
	stage["properties"].(object)["name"].(object)["pattern"] = orVariable(strings.Trim(scenarioName.String(), "^$"))
	stage["dependentRequired"] = object{"amplitude": []string{"period"}, "period": []string{"amplitude"}}
	stage["dependentSchemas"] = object{"to": object{"properties": object{"amplitude": false, "period": false}}}
	names := make([]string, len(patterns))
	cases := make([]object, len(patterns))
	own := object{} // fields of patterns
	for i, p := range patterns {
		names[i] = p.Name
		with := object{"type": "object", "additionalProperties": false}
		if into := p.Settings(); into != nil {
			with = schemaOf(fieldsOf(reflect.ValueOf(into).Elem()))
		}
		with["description"] = "the settings of " + p.Name
		variants := make([]string, len(p.Variants))
		for i, v := range p.Variants {
			variants[i] = v.Name
		}
		is := object{"required": []string{"pattern"}, "properties": object{"pattern": object{"const": p.Name}}}
		cases[i] = object{
			"if":   is,
			"then": object{"properties": object{"variants": object{"items": words(variants)}, "with": with}},
		}
		if p.Fields != nil {
			others := object{}
			for name, schema := range schemaOf(fieldsOf(reflect.ValueOf(p.Fields()).Elem()))["properties"].(object) {
				own[name], others[name] = schema, false
			}
			cases[i]["then"] = object{"properties": object{"with": with}} // the variants are the scenario's own
			cases[i]["else"] = object{"properties": others}
		}
	}
	for name, schema := range own {
		properties[name] = schema
	}
	pattern := words(names)
	pattern["description"] = properties["pattern"].(object)["description"]
	cases = append(cases, object{
		"if": object{"required": []string{"find"}},
		"then": object{"properties": object{"sweep": false, "repeat": false, "load": object{"properties": object{
			"rate": false, "stages": false, "workers": false, "think": false, "transactions": false, "until": false,
		}}}},
		"else": object{"properties": object{"load": object{"dependentSchemas": object{"arrivals": open, "max-in-flight": open}}}},
	})
	properties["pattern"], scenario["allOf"] = pattern, cases

	file := schemaOf(fieldsOf(reflect.ValueOf(defaultFile())))
	properties = file["properties"].(object)
	properties["driver"].(object)["pattern"] = orVariable(driverPattern)
	properties["scenarios"].(object)["items"] = scenario
	properties["scenarios"].(object)["minItems"] = 1
	file["$schema"], file["title"] = "https://json-schema.org/draft/2020-12/schema", "A scenario file of kvbench"
	return file
}

// anyOf is that one of the fields at least is there.
func anyOf(names ...string) (out []object) {
	for _, name := range names {
		out = append(out, object{"required": []string{name}})
	}
	return out
}

// driverPattern is the beginning of a driver's URL.
const driverPattern = "[a-z][a-z0-9+.-]*://.*"

// schemaOf is the schema of a mapping with these fields and no other.
func schemaOf(fields []field) object {
	properties, required := object{}, []string{}
	for i := range fields {
		f := &fields[i]
		properties[f.Name] = f.schema()
		if f.Required {
			required = append(required, f.Name)
		}
	}
	s := object{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}

func (f *field) schema() object {
	s := object{}
	switch f.Kind {
	case setting.Mapping:
		s["type"] = "object"
		switch {
		case f.fields != nil:
			s = schemaOf(f.fields)
		case f.entries != nil:
			s["additionalProperties"] = f.entries.schema()
		}
	case setting.Whatever:
	case setting.List:
		s = object{"type": "array", "items": object{"type": "string"}}
		switch {
		case f.items != nil:
			s["items"] = schemaOf(f.items)
		case f.Name == "scenarios":
			s = object{"type": "array"}
		}
	case setting.Choice:
		s = words(f.Choices)
	case setting.Flag:
		s["anyOf"] = []object{{"type": "boolean"}, {"type": "string", "pattern": orVariable("true|false")}}
	default:
		s = f.scalar()
	}
	if f.Doc != "" {
		s["description"] = f.describe()
	}
	if !f.Otherwise && !f.Required && f.Default != "" {
		s["default"] = f.value(f.Default)
	}
	return s
}

// describe is what an editor shows of the field.
func (f *field) describe() string {
	text := f.Doc
	if r := f.Range(); r != "" && f.Kind != setting.Choice {
		text += " (" + f.Value() + ")"
	}
	if unset := f.Unset(); f.Otherwise {
		text += "; by default " + unset
	}
	return text
}

// value is a default as JSON has it.
func (f *field) value(text string) any {
	if f.Kind == setting.Whole {
		if n, err := strconv.Atoi(text); err == nil {
			return n
		}
	}
	return text
}

// What is written of each kind of value, as a regular expression. A number of YAML that has
// no unit is none of these texts.
const (
	number   = `[0-9][0-9_]*(\.[0-9_]*)?|\.[0-9][0-9_]*`
	size     = `(` + number + `)(B|kB|KiB|MB|MiB|GB|GiB)`
	span     = `\+?((([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+|0)`
	percent  = `(100(\.0*)?|[0-9]?[0-9](\.[0-9]*)?|\.[0-9]+)%`
	fraction = `(0?\.[0-9]+|[01](\.0*)?|` + percent + `)`
)

// scalar is the schema of a single value. A bound is one of numbers, and a pattern one of
// texts, so that each holds where it can.
func (f *field) scalar() object {
	s := object{"type": []string{"string", "number"}}
	switch f.Kind {
	case setting.Whole:
		s["type"], s["pattern"] = []string{"integer", "string"}, orVariable("[0-9]+(_[0-9]+)+")
		for name, text := range map[string]string{"minimum": f.Min, "maximum": f.Max} {
			if n, err := strconv.Atoi(text); err == nil {
				s[name] = n
			}
		}
	case setting.Share:
		s["minimum"], s["maximum"], s["pattern"] = 0, 1, orVariable(fraction)
	case setting.Percent:
		s["type"], s["pattern"] = "string", orVariable(percent)
	case setting.Duration: // a 0 needs no unit
		s["minimum"], s["maximum"], s["pattern"] = 0, 0, orVariable(span)
	case setting.Percentiles:
		s["minimum"], s["maximum"], s["pattern"] = 0, 0, orVariable(span+`|p[^:]+:[^:,]+(,p[^:]+:[^:,]+)*`)
	case setting.Rate:
		s["type"], s["pattern"] = "string", orVariable(`(`+number+`)/(s|min|h)`)
	case setting.Size:
		s["type"], s["pattern"] = "string", orVariable(size+`|uniform *\( *`+size+` *, *`+size+` *\)`)
	case setting.Distribution:
		s["type"], s["pattern"] = "string", orVariable(`uniform|(zipfian|latest) *\([^,]+\)|hotspot *\([^,]+,[^,]+\)`)
	default:
		s["type"] = "string"
		if f.Required {
			s["pattern"] = `\S`
		}
	}
	return s
}

// words is the schema of a word that is known.
func words(known []string) object {
	return object{"anyOf": []object{{"enum": known}, {"type": "string", "pattern": `\$\{`}}}
}

// orVariable is a pattern of a whole text, or of one that holds a variable of the
// environment.
func orVariable(pattern string) string { return `^(` + pattern + `)$|\$\{` }
