package scenariofile

import (
	"reflect"
	"slices"
	"strings"

	"kvbench/internal/bench"
	"kvbench/internal/runfile"
	"kvbench/internal/setting"
	"kvbench/internal/units"
)

// typed are the values of an axis by their kinds, once it is known that they are right: of a
// field its own kind, of a driver's option the one that all its values have.
func (d *decoder) typed(a *axis, pattern *bench.Pattern) []runfile.Setting {
	texts := make([]string, len(a.values))
	for i, n := range a.values {
		texts[i] = resolve(n).Value
	}
	var kind setting.Kind
	section, rest, _ := strings.Cut(a.name, ".")
	switch section {
	case "with":
		kind = kindIn(PatternSettings(pattern), rest)
	case "driver":
		kind = kindOfAll(texts)
	default:
		kind = kindIn(flat("", fieldsOf(reflect.ValueOf(defaultScenario(defaultFile())))), a.name)
	}
	out := make([]runfile.Setting, len(texts))
	for i, text := range texts {
		out[i] = settingOf(a.name, kind, text)
	}
	return out
}

func kindIn(all []setting.Setting, name string) setting.Kind {
	if i := slices.IndexFunc(all, func(s setting.Setting) bool { return s.Name == name }); i >= 0 {
		return all[i].Kind
	}
	return setting.Text
}

// kindOfAll is the kind that texts have, where all have one.
func kindOfAll(texts []string) setting.Kind {
	for _, kind := range []setting.Kind{setting.Whole, setting.Duration, setting.Percent, setting.Size} {
		if !slices.ContainsFunc(texts, func(text string) bool { s := settingOf("", kind, text); return s.Text != nil }) {
			return kind
		}
	}
	return setting.Text
}

// settingOf is a value of a kind; what is none, and what has no kind of its own in a run
// file, is a text.
func settingOf(name string, kind setting.Kind, text string) runfile.Setting {
	s := runfile.Setting{Name: name}
	var err error
	switch kind {
	case setting.Duration:
		v, failed := units.ParseDuration(text)
		s.Time, err = &v, failed
	case setting.Share:
		v, failed := units.ParseFraction(text)
		s.Share, err = &v, failed
	case setting.Percent:
		v, failed := units.ParseShare(text)
		s.Share, err = &v, failed
	case setting.Whole:
		v, failed := parseWhole[uint64](text)
		s.Count, err = &v, failed
	case setting.Rate:
		v, failed := parseRate(text)
		s.Rate, err = &v, failed
	case setting.Size:
		v, failed := ParseSize(text)
		s.Size, err = &runfile.Size{Min: v.Min, Max: v.Max}, failed
	case setting.Distribution:
		v, failed := ParseDistribution(text)
		p := runfile.PopularityOf(v)
		s.Popularity, err = &p, failed
	case setting.Flag:
		v, failed := parseBool(text)
		s.Flag, err = &v, failed
	default:
		s.Text = &text
	}
	if err != nil {
		return runfile.Setting{Name: name, Text: &text}
	}
	return s
}
