package reporttest

import (
	"fmt"
	"path/filepath"
	"reflect"
	"testing"

	"kvbench/internal/record"
	"kvbench/internal/runfile"
)

// Hostile is a text of all that a format or a terminal might take for something else.
const Hostile = "=1+1\x1b[31m\x1b]0;t\x07\x00\x7f\u009b2J\u202e\u2066\u061c\u200b\ufeff\u2028\u2029\x85\r\n\n\t|a|b|\n# h\n```\n" +
	"<script>alert(1)</script>`*_[x](javascript:1)\"'&,;]]>--%s{{.}}\xff\xc0\U000e0041\uffff \U0001F600"

// HostileRun is a run whose every text is hostile, as one that was made by hand can be.
// The standard series keep their names, and each thing has a name of its own.
func HostileRun(t testing.TB) *runfile.Run {
	t.Helper()
	run := MadeUp{Name: "x", Question: "q", Variants: []Variant{
		{Name: "a", P50: 1e6, P99: 3e6, Errors: 200, Reads: 10, Stale: Sizes(200, 5e9), Lost: Sizes(3, 1)},
		{Name: "b", P50: 2e6, P99: 9e6, Stale: Sizes(20, 7e9)},
		{Name: "c", N: 700, Failed: "why"},
		{Name: "d", Missing: true},
	}}.Run(t)
	def, text := &run.Header.Scenarios[0], ""
	def.Models = []string{"m"}
	def.Workload = &runfile.Workload{Settings: []runfile.Setting{{Text: &text}}}
	n := 0
	fill(reflect.ValueOf(&run.Header).Elem(), &n)
	copy(def.Series, record.Standard())
	for i, s := range Series() {
		def.Series[record.FirstMark+i].Unit, def.Series[record.FirstMark+i].Of = s.Unit, s.Of
	}
	def.Series[record.FirstMark+1].Of, def.Outcomes[2] = def.Outcomes[1], "error"
	def.Choose = &runfile.Choose{Promise: []string{"errors < 1%"}, Prefer: []string{"response.p99"}}
	for _, v := range run.Variants {
		v.Name, v.FirstError = def.Variants[v.Variant].Name, Hostile
		if v.Error != "" {
			v.Error = Hostile
		}
		v.Total.Errors[Hostile] = 3
	}
	run.Warnings = []string{Hostile}
	run.Path = filepath.Join("results", Hostile, "run.jsonl")
	return run
}

// fill makes every text hostile, each with a number of its own.
func fill(v reflect.Value, n *int) {
	switch v.Kind() {
	case reflect.String:
		*n++
		v.SetString(fmt.Sprintf("%s%d", Hostile, *n))
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fill(v.Field(i), n)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), n)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem(), n)
		}
	}
}
