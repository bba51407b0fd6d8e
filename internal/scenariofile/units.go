package scenariofile

import (
	"strconv"
	"strings"

	"kvbench/internal/load"
	"kvbench/internal/suggest"
	"kvbench/internal/units"
	"kvbench/kv"
)

// splitCall cuts "name(a, b)" into its name and its arguments; a plain name has none.
func splitCall(s string) (name string, args []string, ok bool) {
	name, rest, found := strings.Cut(s, "(")
	if !found {
		return s, nil, true
	}
	inner, ok := strings.CutSuffix(rest, ")")
	args = strings.Split(inner, ",")
	for i := range args {
		args[i] = strings.TrimSpace(args[i])
	}
	return strings.TrimSpace(name), args, ok
}

// ParseSize reads the size of a value: one for all ("1KiB"), or a range from
// which each key has one ("uniform(100B, 10KiB)"). Values are 0 B to 25 MiB,
// the limit of Workers KV.
func ParseSize(s string) (load.Size, error) {
	name, args, ok := splitCall(s)
	if args == nil {
		n, err := parseSize(s)
		return load.Size{Min: n, Max: n}, err
	}
	bad := &units.Error{Text: s, Want: "a range of sizes", Hint: "write it like uniform(100B, 10KiB)"}
	if !ok || name != "uniform" || len(args) != 2 {
		return load.Size{}, bad
	}
	var ends [2]int
	for i, arg := range args {
		n, err := parseSize(arg)
		if err != nil {
			return load.Size{}, err
		}
		ends[i] = n
	}
	if ends[0] > ends[1] {
		bad.Why = "its least is above its most"
		return load.Size{}, bad
	}
	return load.Size{Min: ends[0], Max: ends[1]}, nil
}

func parseSize(s string) (int, error) {
	n, err := units.ParseSize(s)
	if err == nil && n > kv.MaxValueBytes {
		return 0, &units.Error{Text: s, Want: "a size", Why: "Workers KV takes values of up to 25MiB"}
	}
	return n, err
}

// maxExponent bounds the exponent of a distribution: at 10 practically every
// transaction touches the same key.
const maxExponent = 10

// ParseDistribution reads how often each key is touched: "uniform",
// "zipfian(0.99)", "latest(0.99)" or "hotspot(20%, 80%)", which is the share
// of the keys that are hot and the share of the touches that fall on them.
func ParseDistribution(s string) (load.Distribution, error) {
	forms := []string{"uniform", "zipfian(0.99)", "hotspot(20%, 80%)", "latest(0.99)"}
	bad := &units.Error{Text: s, Want: "a distribution", Hint: "write one of: " + strings.Join(forms, ", ")}
	name, args, ok := splitCall(s)
	kinds := []string{"uniform", "zipfian", "hotspot", "latest"}
	p := load.Distribution{Kind: -1}
	for i, k := range kinds {
		if k == name {
			p.Kind = []load.DistributionKind{load.Uniform, load.Zipfian, load.Hotspot, load.Latest}[i]
			bad.Hint = "write it like " + forms[i]
		}
	}
	if near := suggest.Nearest(name, kinds); p.Kind < 0 && near != "" {
		bad.Hint = "did you mean " + strconv.Quote(near) + "?"
	}
	want := map[load.DistributionKind]int{load.Zipfian: 1, load.Latest: 1, load.Hotspot: 2}[p.Kind]
	if !ok || p.Kind < 0 || len(args) != want {
		return load.Distribution{}, bad
	}
	var err error
	switch p.Kind {
	case load.Zipfian, load.Latest:
		p.Exponent, err = units.ParseNumber(args[0])
		if err == nil && (p.Exponent <= 0 || p.Exponent > maxExponent) {
			bad.Why = "the exponent must be above 0 and at most " + strconv.Itoa(maxExponent)
			err = bad
		}
	case load.Hotspot:
		if p.HotKeys, err = units.ParseFraction(args[0]); err == nil {
			p.HotShare, err = units.ParseFraction(args[1])
		}
		if err == nil && (p.HotKeys <= 0 || p.HotKeys >= 1 || p.HotShare <= 0 || p.HotShare >= 1) {
			bad.Why = "both shares must be above 0 and below 1"
			err = bad
		}
	}
	if err != nil {
		return load.Distribution{}, err
	}
	return p, nil
}
