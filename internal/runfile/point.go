package runfile

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"kvbench/internal/metric"
	"kvbench/internal/units"
	"kvbench/kv"
)

// MaxPoints is how many points a sweep has at most.
const MaxPoints = 64

// Point is one point of a sweep: what of the scenario's definition is its own there.
type Point struct {
	// Settings are those that vary, in the order of the sweep and named as there:
	// keys.count, with.memory-ttl, driver.propagation.
	Settings     []Setting       `json:"settings"`
	Driver       string          `json:"driver"`
	Capabilities kv.Capabilities `json:"traits"`
	Workload     *Workload       `json:"workload"`
	Load         string          `json:"load"`
	Rate         float64         `json:"rate,omitempty"`
}

// At is the definition as it is at a point: the scenario's own where it has no sweep and the
// point no settings. ok is false where the sweep has no such point.
func (d *Definition) At(settings []Setting) (at *Definition, ok bool) {
	if len(d.Points) == 0 {
		return d, len(settings) == 0
	}
	want := idOf(settings)
	for i := range d.Points {
		if p := &d.Points[i]; idOf(p.Settings) == want {
			return d.at(*p), true
		}
	}
	return nil, false
}

// at is the definition with what is a point's own.
func (d *Definition) at(p Point) *Definition {
	own := *d
	own.Driver, own.Capabilities, own.Workload, own.Load, own.Rate = p.Driver, p.Capabilities, p.Workload, p.Load, p.Rate
	return &own
}

// idOf is settings in a form that can be compared.
func idOf(settings []Setting) string {
	text, err := json.Marshal(settings)
	if err != nil { // they are made of what JSON can say
		panic("runfile: " + err.Error())
	}
	return string(text)
}

// Sweeps are the settings that a sweep varies, each with its values in their order; none
// where there is no sweep.
func (d *Definition) Sweeps() (out [][]Setting) {
	for i := range d.Points {
		for k, s := range d.Points[i].Settings {
			if k == len(out) {
				out = append(out, nil)
			}
			known := false
			for _, o := range out[k] {
				known = known || o.String() == s.String()
			}
			if !known {
				out[k] = append(out[k], s)
			}
		}
	}
	return out
}

// Short is the setting's name without the part of a scenario that it is in, where that says
// nothing: "memory-ttl" of with.memory-ttl, but "keys.count".
func (s *Setting) Short() string {
	for _, part := range []string{"with.", "driver."} {
		if name, ok := strings.CutPrefix(s.Name, part); ok {
			return name
		}
	}
	return s.Name
}

// String is the value as a scenario file has it: "10s", "1000", "10%", "200/s".
func (s *Setting) String() string {
	switch {
	case s.Time != nil:
		return units.ShortDuration(*s.Time)
	case s.Share != nil:
		return strconv.FormatFloat(*s.Share*100, 'g', 12, 64) + "%"
	case s.Count != nil:
		return strconv.FormatUint(*s.Count, 10)
	case s.Flag != nil:
		return strconv.FormatBool(*s.Flag)
	case s.Text != nil:
		return *s.Text
	case s.Rate != nil:
		return s.Rate.String()
	case s.Size != nil && s.Size.Min == s.Size.Max:
		return units.FormatSize(float64(s.Size.Min))
	case s.Size != nil:
		return fmt.Sprintf("uniform(%s, %s)", units.FormatSize(float64(s.Size.Min)), units.FormatSize(float64(s.Size.Max)))
	case s.Popularity != nil:
		return s.Popularity.String()
	}
	text, err := json.Marshal(s.Distribution)
	if err != nil {
		panic("runfile: " + err.Error())
	}
	return string(text)
}

// String is the popularity as a scenario file has it: "zipfian(0.99)".
func (p *Popularity) String() string {
	switch {
	case p.HotKeys > 0:
		return fmt.Sprintf("%s(%g, %g)", p.Kind, p.HotKeys, p.HotShare)
	case p.Exponent > 0:
		return fmt.Sprintf("%s(%g)", p.Kind, p.Exponent)
	}
	return p.Kind
}

// Number is a value that has a size, in its unit: nanoseconds, a fraction, a count, bytes,
// a second's transactions; ok is false of another.
func (s *Setting) Number() (v float64, unit metric.Unit, ok bool) {
	switch {
	case s.Time != nil:
		return float64(*s.Time), metric.Time, true
	case s.Share != nil:
		return *s.Share, metric.Share, true
	case s.Count != nil:
		return float64(*s.Count), metric.Count, true
	case s.Rate != nil:
		return s.Rate.PerSecond(), metric.Count, true
	case s.Size != nil && s.Size.Min == s.Size.Max:
		return float64(s.Size.Min), metric.Size, true
	}
	return 0, "", false
}

// Words is the value for people: "10 s", "1,000".
func (s *Setting) Words() string {
	switch {
	case s.Time != nil && *s.Time == 0:
		return "0"
	case s.Time != nil:
		return metric.FormatTime(float64(*s.Time))
	case s.Count != nil:
		return metric.Grouped(*s.Count)
	case s.Size != nil && s.Size.Min == s.Size.Max:
		return metric.FormatSize(float64(s.Size.Min))
	}
	return s.String()
}

// Words is a point for people: "memory-ttl 10 s, keys.count 1,000"; empty without
// settings.
func Words(point []Setting) string {
	parts := make([]string, len(point))
	for i := range point {
		parts[i] = point[i].Short() + " " + point[i].Words()
	}
	return strings.Join(parts, ", ")
}

// Pairs is a point for programs: "with.memory-ttl=10s;keys.count=1000"; empty without
// settings.
func Pairs(point []Setting, between string) string {
	parts := make([]string, len(point))
	for i := range point {
		parts[i] = point[i].Name + "=" + point[i].String()
	}
	return strings.Join(parts, between)
}
