package runfile_test

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"kvbench/internal/load"
	"kvbench/internal/record"
	"kvbench/internal/runfile"
	"kvbench/internal/secret"
)

// fill sets every text below v to a word, each of a list once more, and returns how many
// there were.
func fill(v reflect.Value, word string) (n int) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(word)
		return 1
	case reflect.Struct:
		for i := range v.NumField() {
			n += fill(v.Field(i), word)
		}
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		return fill(v.Elem(), word)
	case reflect.Slice:
		if v.Len() == 0 {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		}
		for i := range v.Len() {
			n += fill(v.Index(i), word)
		}
	}
	return n
}

// words are all texts below v.
func words(v reflect.Value, name string) (out []string) {
	switch v.Kind() {
	case reflect.String:
		return []string{name + "=" + v.String()}
	case reflect.Struct:
		for i := range v.NumField() {
			out = append(out, words(v.Field(i), name+"."+v.Type().Field(i).Name)...)
		}
	case reflect.Pointer:
		return words(v.Elem(), name)
	case reflect.Slice:
		for i := range v.Len() {
			out = append(out, words(v.Index(i), name)...)
		}
	}
	return out
}

// Every text of a header is struck, but for kvbench's own words, by which the rest of the
// file is read.
func TestHeaderWithSecrets(t *testing.T) {
	const word = "swordfish"
	var h runfile.Header
	filled := fill(reflect.ValueOf(&h).Elem(), word)
	for i := range h.Scenarios { // every run has these
		h.Scenarios[i].Series = append(record.Standard(), h.Scenarios[i].Series...)
		h.Scenarios[i].Find.From, h.Scenarios[i].Find.To, h.Scenarios[i].Find.Within = load.PerSecond(1), load.PerSecond(2), 0.1
	}
	h.Shard.Of, h.Merged.Of, h.Merged.Faults[0].Kind = 1, 1, runfile.Missing
	var secrets secret.Set
	secrets.Add(word)
	var out bytes.Buffer
	w, err := runfile.NewWriter(&out, h, &secrets)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(false); err != nil {
		t.Fatal(err)
	}
	run, err := runfile.Read("run.jsonl", bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	own := []string{
		".RunID", ".Shard.RunID", ".Scenarios.Pattern", ".Scenarios.Published", ".Scenarios.Clock", ".Scenarios.Capabilities.Mode", ".Clock",
		".Scenarios.Workload.Load.Arrivals", ".Scenarios.Workload.Keys.Popularity.Kind", ".Scenarios.Workload.Plan",
		".Scenarios.Workload.Settings.Popularity.Kind", ".Scenarios.Variants.Name", ".Scenarios.Variants.Doc", ".Scenarios.Outcomes",
		".Scenarios.Series.Name", ".Scenarios.Series.Unit", ".Scenarios.Series.Of", ".Scenarios.Series.Each", ".Scenarios.Series.Doc",
		".Scenarios.Series.Says", ".Scenarios.Series.Role", ".Scenarios.Variants.Never",
		".Scenarios.Points.Settings.Popularity.Kind", ".Scenarios.Points.Capabilities.Mode",
		".Scenarios.Points.Workload.Load.Arrivals", ".Scenarios.Points.Workload.Keys.Popularity.Kind", ".Scenarios.Points.Workload.Plan",
		".Scenarios.Points.Workload.Settings.Popularity.Kind",
		".Scenarios.Expect", ".Scenarios.Choose.Promise", ".Scenarios.Choose.Prefer", ".Scenarios.Choose.Given", ".Scenarios.Find.While",
	}
	for i := range run.Header.Scenarios {
		run.Header.Scenarios[i].Series = run.Header.Scenarios[i].Series[len(record.Standard()):]
	}
	all := words(reflect.ValueOf(run.Header), "")
	if len(all) != filled || filled <= len(own) {
		t.Errorf("%d texts were written, %d read", filled, len(all))
	}
	for _, text := range all {
		name, value, _ := strings.Cut(text, "=")
		want := secret.Mark
		if slices.Contains(own, name) {
			want = word
		}
		if name == ".Merged.Faults.Kind" {
			want = string(runfile.Missing)
		}
		if value != want {
			t.Errorf("%s: %s, want %s", name, value, want)
		}
	}
	if strings.Contains(h.Scenarios[0].Name, secret.Mark) {
		t.Error("the header that was given is changed")
	}
}

// Whatever words are secret, the file can be read, and its figures are right.
func TestSecretsOfTheFilesOwnWords(t *testing.T) {
	h := header()
	h.Scenarios[0].Name, h.Scenarios[0].YAML = "the-response", "count: 1000 # of 429"
	var secrets secret.Set
	for _, word := range []string{
		"response", "seed", "other", "virtual", "mark", "1000", "series", "scenario", "interval", "boom", "AAAA", "crc\":\"", "count", "null",
	} {
		secrets.Add(word)
	}
	var out bytes.Buffer
	w, err := runfile.NewWriter(&out, h, &secrets)
	one, two := w.Variant(0, 0, 0), w.Variant(0, 1, 0)
	for _, err := range []error{
		err,
		one.Begin(),
		one.Interval(interval(0, time.Second, 3)),
		one.End(&runfile.Variant{Total: interval(0, time.Second, 3), Complete: true, FirstError: "no response to seed"}),
		two.Begin(),
		two.End(&runfile.Variant{Total: interval(0, time.Second, 2), Error: "boom: 1000 < 2000"}),
		w.Close(false),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	run, err := runfile.Read("run.jsonl", bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	def, first, second := run.Header.Scenarios[0], run.Variants[0], run.Variants[1]
	if def.Name != "the-[secret]" || def.YAML != "[secret]: [secret] # of 429" || def.Series[record.Response].Name != "response" {
		t.Errorf("got %+v", def)
	}
	if first.Name != "seed" || first.FirstError != "no [secret] to [secret]" || second.Error != "[secret]: [secret] < 2000" {
		t.Errorf("got %+v and %+v", first, second)
	}
	if count(t, &first.Total) != 3 || count(t, &first.Intervals[0]) != 3 || count(t, &second.Total) != 2 {
		t.Error("the figures are others")
	}
}
