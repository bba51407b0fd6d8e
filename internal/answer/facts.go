package answer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kvbench/internal/metric"
	"kvbench/internal/runfile"
)

// Fact is a name and a value.
type Fact struct{ Name, Value string }

// Facts are what was run, where and when.
func (a *Answer) Facts() []Fact {
	h := &a.Set.Run.Header
	machine := []string{h.Host, strings.Trim(h.OS+"/"+h.Arch, "/"), cpus(h.CPUs), h.Go}
	var out []Fact
	for _, f := range []Fact{
		{"Driver", h.Driver},
		{"Clock", h.Clock},
		{"Random seed", fmt.Sprint(h.Seed)},
		{"kvbench", h.Version},
		{"Machine", strings.Join(slices.DeleteFunc(machine, func(s string) bool { return s == "" }), ", ")},
		{"Started", h.Started},
	} {
		if f.Value != "" {
			out = append(out, f)
		}
	}
	return append(out, a.Shards()...)
}

func cpus(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "1 CPU"
	}
	return fmt.Sprintf("%d CPUs", n)
}

// Facts are what was run of a scenario: its pattern, what its latencies are, its load, its
// keys and its settings.
func (s *Scenario) Facts() []Fact {
	out := []Fact{
		{"Pattern", s.Def.Pattern}, {"Latency", string(s.Def.Latency())}, {"Clock", s.Def.Where()}, {"Load", s.Def.Load},
	}
	sweeps := s.Def.Sweeps()
	if f := s.Def.Find; f != nil {
		out = append(out, Fact{"Find", fmt.Sprintf("max-rate while %s, from %v to %v, within %s",
			strings.Join(f.While, ", "), f.From, f.To, metric.FormatShare(f.Within))})
		sweeps = nil
	}
	for _, values := range sweeps {
		words := make([]string, len(values))
		for i := range values {
			words[i] = values[i].Words()
		}
		out = append(out, Fact{"Sweep", values[0].Short() + " " + strings.Join(words, ", ") + " (what else is said here is of the first point)"})
	}
	w := s.Def.Workload
	if w == nil {
		return out // it is shown as it was written in any case
	}
	keys := metric.Grouped(uint64(w.Keys.Count)) + " keys, " + w.Keys.Popularity.Kind
	if w.Keys.Popularity.Exponent > 0 {
		keys += "(" + strconv.FormatFloat(w.Keys.Popularity.Exponent, 'g', -1, 64) + ")"
	}
	size := metric.FormatSize(float64(w.Keys.Size.Min))
	if w.Keys.Size.Max != w.Keys.Size.Min {
		size += " to " + metric.FormatSize(float64(w.Keys.Size.Max))
	}
	out = append(out, Fact{"Keys", keys + ", " + size})
	var settings []string
	for _, setting := range w.Settings {
		if text := settingText(setting); text != "" {
			settings = append(settings, setting.Name+" "+text)
		}
	}
	if settings != nil {
		out = append(out, Fact{"Settings", strings.Join(settings, ", ")})
	}
	return out
}

// settingText is a plain value of a setting; empty for one that is none.
func settingText(s runfile.Setting) string {
	switch {
	case s.Time != nil && *s.Time == 0:
		return "none"
	case s.Time != nil:
		return metric.FormatTime(float64(*s.Time))
	case s.Share != nil:
		return metric.FormatShare(*s.Share)
	case s.Count != nil:
		return metric.Grouped(*s.Count)
	case s.Flag != nil:
		return strconv.FormatBool(*s.Flag)
	case s.Text != nil:
		return *s.Text
	}
	return ""
}

// Line is facts in a line.
func Line(facts []Fact) string {
	var parts []string
	for _, f := range facts {
		parts = append(parts, f.Name+" "+f.Value)
	}
	return strings.Join(parts, " · ")
}
