package scenariofile

import (
	"encoding"
	"fmt"
	"reflect"
	"strings"
	"time"

	"kvbench/internal/bench"
	"kvbench/internal/load"
	"kvbench/internal/quantile"
	"kvbench/internal/setting"
	"kvbench/internal/units"
	"kvbench/kv"

	"go.yaml.in/yaml/v4"
)

// PatternSettings describes the fields of a pattern's `with:` block; none where the
// pattern has no settings.
func PatternSettings(p *bench.Pattern) []setting.Setting {
	into := p.Settings()
	if into == nil {
		return []setting.Setting{}
	}
	return flat("", fieldsOf(reflect.ValueOf(into).Elem()))
}

// A field is one of a struct that the decoder fills.
type field struct {
	setting.Setting
	fields []field // of a mapping
	items  []field // of each mapping of a list of them
	// entries is what each value is of a mapping whose names are the file's own.
	entries *field
}

// flat are the fields without those that hold others, whose names these have before them.
func flat(prefix string, fields []field) (all []setting.Setting) {
	for _, f := range fields {
		f.Name = prefix + f.Name
		if f.fields == nil {
			all = append(all, f.Setting)
			continue
		}
		all = append(all, flat(f.Name+".", f.fields)...)
	}
	return all
}

// fieldsOf describes the fields of a struct by their tags; those that it holds are their
// defaults, but where a tag `unset` says what holds instead.
func fieldsOf(v reflect.Value) []field {
	fields := []field{}
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag
		if tag.Get("yaml") == "" {
			continue
		}
		f := field{Setting: setting.Setting{
			Name: tag.Get("yaml"), Doc: tag.Get("doc"), Kind: kindOfType(v.Field(i).Type()), Required: tag.Get("required") != "",
		}}
		f.Min, f.Max = bounds(v.Field(i).Type(), tag)
		if kind, ok := tag.Lookup("kind"); ok {
			f.Kind = setting.Kind(kind)
		}
		if words, ok := tag.Lookup("oneof"); ok {
			f.Kind, f.Choices = setting.Choice, strings.Split(words, ",")
		}
		if f.Kind == setting.Mapping && v.Field(i).Kind() == reflect.Struct {
			f.fields = fieldsOf(v.Field(i))
		}
		if t := v.Field(i).Type(); isEntries(t) {
			f.entries = entryOf(t)
		} else if f.Kind == setting.List && t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct {
			f.items = fieldsOf(reflect.New(t.Elem()).Elem())
		}
		if f.Default, f.Otherwise = tag.Lookup("unset"); !f.Otherwise && !f.Required {
			f.Default = write(v.Field(i))
		}
		fields = append(fields, f)
	}
	return fields
}

// isEntries reports whether a field of the type is a mapping whose names are the file's own.
func isEntries(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && t.Elem().Implements(reflect.TypeFor[interface{ IsEntry() }]())
}

// entryOf describes the values of such a mapping.
func entryOf(t reflect.Type) *field {
	value, _ := t.Elem().FieldByName("Value")
	f := &field{Setting: setting.Setting{Kind: kindOfType(value.Type)}}
	if f.Kind == setting.Mapping && value.Type.Kind() == reflect.Struct {
		f.fields = fieldsOf(reflect.New(value.Type).Elem())
	}
	return f
}

// bounds are the ends of what a field of this type and tag may have, as they are written;
// empty where there is none.
func bounds(t reflect.Type, tag reflect.StructTag) (low, high string) {
	low, high = tag.Get("min"), tag.Get("max")
	first := ""
	switch kindOfType(t) {
	case setting.Duration:
		first = "0s"
		if high == "" {
			high = maxDuration
		}
	case setting.Size:
		first, high = "0B", units.FormatSize(kv.MaxValueBytes)
	case setting.Percentiles:
		first, high = "0s", units.ShortDuration(maxLatency)
	case setting.Whole:
		first = "0"
	case setting.Share, setting.Percent:
		first = "0%"
	}
	if low == "" {
		low = first
	}
	return low, high
}

// kindOfType is what kind of value a field of a type has.
func kindOfType(t reflect.Type) setting.Kind {
	if t.Kind() == reflect.Pointer && t != nodeType {
		t = t.Elem()
	}
	switch t {
	case reflect.TypeFor[setting.Any]():
		return setting.Whatever
	case reflect.TypeFor[time.Duration]():
		return setting.Duration
	case reflect.TypeFor[load.Rate](), reflect.TypeFor[level]():
		return setting.Rate
	case reflect.TypeFor[share]():
		return setting.Percent
	case reflect.TypeFor[load.Size]():
		return setting.Size
	case reflect.TypeFor[load.Distribution]():
		return setting.Distribution
	case reflect.TypeFor[quantile.Dist]():
		return setting.Percentiles
	case reflect.TypeFor[*yaml.Node]():
		return setting.Mapping
	}
	switch {
	case reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()), t.Kind() == reflect.String:
		return setting.Text
	case t.Kind() == reflect.Bool:
		return setting.Flag
	case t.Kind() == reflect.Int, t.Kind() == reflect.Uint64:
		return setting.Whole
	case t.Kind() == reflect.Float64:
		return setting.Share
	case isEntries(t):
		return setting.Mapping
	case t.Kind() == reflect.Slice:
		return setting.List
	}
	return setting.Mapping
}

// write writes a field's value as a file would; empty where it has several.
func write(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case time.Duration:
		return units.ShortDuration(x)
	case load.Size:
		if x.Min == x.Max {
			return units.FormatSize(float64(x.Min))
		}
		return fmt.Sprintf("uniform(%s, %s)", units.FormatSize(float64(x.Min)), units.FormatSize(float64(x.Max)))
	case load.Distribution:
		return "uniform" // which the zero value is; no other is a default
	case share:
		return units.FormatShare(float64(x))
	case float64:
		return units.FormatShare(x)
	case fmt.Stringer: // a rate, percentiles
		return x.String()
	}
	switch v.Kind() {
	case reflect.String, reflect.Bool, reflect.Int, reflect.Uint64:
		return fmt.Sprint(v.Interface())
	}
	return ""
}
