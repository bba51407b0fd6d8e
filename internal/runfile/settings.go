package runfile

import (
	"fmt"
	"reflect"
	"time"

	"kvbench/internal/load"
	"kvbench/internal/quantile"
)

// Setting is one setting of a pattern. Beside its name one field is set, which says
// what kind of value it has.
type Setting struct {
	// Name is as in the scenario file, with a dot before the name of a field within
	// another: origin.changes.
	Name         string         `json:"name"`
	Time         *time.Duration `json:"time_ns,omitempty"`
	Share        *float64       `json:"share,omitempty"`
	Count        *uint64        `json:"count,omitempty"`
	Flag         *bool          `json:"flag,omitempty"`
	Text         *string        `json:"text,omitempty"`
	Size         *Size          `json:"size,omitempty"`
	Rate         *load.Rate     `json:"rate,omitempty"`
	Popularity   *Popularity    `json:"popularity,omitempty"`
	Distribution []Percentile   `json:"distribution,omitzero"` // of times, rising; of none every time is 0
}

// Percentile says that a share of all draws, in parts per billion, takes at most a time.
// Between two of them the share rises evenly.
type Percentile struct {
	Share uint64        `json:"share_ppb"`
	Time  time.Duration `json:"time_ns"`
}

// SettingsOf are the settings that a struct holds: its fields that have a yaml tag, in
// their order. A pattern's whole numbers are counts, its fractions shares. It fails on a
// type that the file has no kind for.
func SettingsOf(v any) ([]Setting, error) {
	return appendSettings(nil, "", reflect.Indirect(reflect.ValueOf(v)))
}

func appendSettings(out []Setting, prefix string, v reflect.Value) ([]Setting, error) {
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("yaml")
		if name == "" {
			continue
		}
		s := Setting{Name: prefix + name}
		known := s.set(v.Field(i))
		if v.Field(i).Kind() == reflect.Struct && !known {
			var err error
			if out, err = appendSettings(out, s.Name+".", v.Field(i)); err != nil {
				return nil, err
			}
			continue
		}
		if !known {
			return nil, fmt.Errorf("the run file has no kind of setting for %s, a %s", s.Name, v.Field(i).Type())
		}
		out = append(out, s)
	}
	return out, nil
}

// set sets the field that is for a value of this kind; it reports whether there is one.
func (s *Setting) set(v reflect.Value) bool {
	switch x := v.Interface().(type) {
	case time.Duration:
		s.Time = &x
		return true
	case quantile.Dist:
		s.Distribution = []Percentile{}
		for _, p := range x {
			s.Distribution = append(s.Distribution, Percentile{Share: p.Share, Time: p.D})
		}
		return true
	case load.Size:
		s.Size = &Size{Min: x.Min, Max: x.Max}
		return true
	case load.Rate:
		s.Rate = &x
		return true
	case load.Distribution:
		p := PopularityOf(x)
		s.Popularity = &p
		return true
	}
	switch {
	case v.CanFloat():
		x := v.Float()
		s.Share = &x
	case v.CanUint():
		x := v.Uint()
		s.Count = &x
	case v.CanInt() && v.Int() >= 0:
		x := uint64(v.Int())
		s.Count = &x
	case v.Kind() == reflect.Bool:
		x := v.Bool()
		s.Flag = &x
	case v.Kind() == reflect.String:
		x := v.String()
		s.Text = &x
	default:
		return false
	}
	return true
}
