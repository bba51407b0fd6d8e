package runfile_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"kvbench/internal/runfile"
)

// What is no run file is refused, and so are lines whose check sum is right and whose
// figures are impossible.
func TestRefused(t *testing.T) {
	whole := string(write(t))
	lines := strings.SplitAfter(whole, "\n")
	plain := unsealed([]byte(whole))
	// with is the file with a text in a line replaced, and all check sums made anew.
	with := func(line int, old, now string) string {
		t.Helper()
		changed := append([]string(nil), plain...)
		if changed[line-1] = strings.Replace(plain[line-1], old, now, 1); changed[line-1] == plain[line-1] {
			t.Fatalf("line %d has no %s: %s", line, old, plain[line-1])
		}
		return sealed(changed...)
	}
	const most = "9007199254740993" // 2^53 + 1
	for name, test := range map[string]struct{ text, want string }{
		"empty":                       {"", "run.jsonl:1: not a run file"},
		"another file":                {"hello\nworld\n", "run.jsonl:1: not a line of a run file"},
		"another format":              {strings.Replace(whole, `"format":2`, `"format":9`, 1), "run.jsonl:1: format 9"},
		"a format of today, unsealed": {plain[0] + "\n" + lines[1], "run.jsonl:1: it does not end in its check sum"},
		"a sealed line in format 1":   {strings.Replace(plain[0], `"format":2`, `"format":1`, 1) + "\n" + lines[1] + lines[2], "run.jsonl:2: a check sum in a file of format 1"},
		"no header":                   {strings.Join(lines[1:], ""), "run.jsonl:1: not a run file: it does not begin with a header"},
		"a broken line inside":        {lines[0] + "{\n" + strings.Join(lines[1:], ""), "run.jsonl:2: not a line"},
		"an empty line":               {lines[0] + "\n" + strings.Join(lines[1:], ""), "run.jsonl:2: not a line"},
		"an unknown variant":          {with(6, `"variant":"other"`, `"variant":"odd"`), "run.jsonl:6: the header has no s/odd"},
		"too many repeats":            {with(6, `"repeat":0`, `"repeat":1`), "run.jsonl:6: s/other, repeat 2: the header has 1 repeats"},
		"no key":                      {with(2, `"scenario":"s","variant":"seed","repeat":0,`, ``), "run.jsonl:2: it does not say which variant it is of"},
		"an interval first":           {with(2, `"begin":{}`, plain[2][strings.Index(plain[2], `"interval"`):len(plain[2])-1]), "run.jsonl:2: s/seed: a line before it begins"},
		"an unknown series":           {with(3, `"series":{"response"`, `"series":{"odd"`), "run.jsonl:3: 1 series that the scenario does not have"},
		"a series twice":              {with(3, `"series":{`, `"series":{"response":[1,1,1,"A"],`), "run.jsonl:3: 1 series that the scenario does not have, or has twice"},
		"an odd name":                 {with(3, `"series":{`, `"Series":{`), "run.jsonl:3: 1 series that the scenario does not have"},
		"after the trailer":           {whole + lines[1], "run.jsonl:10: a line after the trailer"},
		"an escape":                   {with(3, `[3,1000,3000,"`, `[3,1000,3000,"\u0041`), "run.jsonl:3: not a line of a run file: its series are not names and histograms"},
		"an unknown line":             {lines[0] + "{}\n" + lines[1], "run.jsonl:2: a line that does not say one thing"},
		"two things in a line":        {with(2, `"begin":{}`, `"begin":{},"end":{}`), "run.jsonl:2: a line that does not say one thing"},
		"a gap":                       {with(4, `"from_ns":1000000000`, `"from_ns":1500000000`), "run.jsonl:4: an interval from 1.5s to 2s, where the last one ended at 1s"},
		"an overlap":                  {with(4, `"from_ns":1000000000`, `"from_ns":500000000`), "run.jsonl:4: an interval from 500ms to 2s"},
		"an empty interval":           {with(4, `"to_ns":2000000000`, `"to_ns":1000000000`), "run.jsonl:4: an interval from 1s to 1s"},
		"a total that is short":       {with(5, `"to_ns":2000000000`, `"to_ns":1000000000`), "run.jsonl:5: a total from 0s to 1s"},
		"fewer outcomes":              {with(3, `"outcomes":[2,1]`, `"outcomes":[3]`), "run.jsonl:3: 1 outcomes where the scenario has 2"},
		"other outcomes":              {with(3, `"outcomes":[2,1]`, `"outcomes":[3,1]`), "run.jsonl:3: 4 transactions in the outcomes, 3 in the series response"},
		"less than nothing":           {with(3, `"outcomes":[2,1]`, `"outcomes":[-2,1]`), "run.jsonl:3: not a line of a run file"},
		"beyond 64 bits":              {with(3, `"reads":3`, `"reads":18446744073709551616`), "run.jsonl:3: not a line of a run file"},
		"beyond 2^53":                 {with(3, `"reads":3`, `"reads":`+most), "run.jsonl:3: reads: " + most},
		"errors beyond 2^53":          {with(3, `"429":1`, `"429":`+most), "run.jsonl:3: errors of code 429: " + most},
		"values beyond 2^53":          {with(3, `[3,1000`, `[`+most+`,1000`), "run.jsonl:3: series response: a count of " + most},
		"a total of fewer":            {with(5, `"reads":8`, `"reads":7`), "run.jsonl:5: reads: 7 in the total, 8 in the intervals"},
		"a total of less":             {with(5, `[8,1000,8000`, `[8,1000,4000`), "run.jsonl:5: series response: from 1000 to 4000 in the total, from 1000 to 5000 in the intervals"},
		"ends out of order":           {with(3, `[3,1000,3000`, `[3,3000,1000`), "run.jsonl:3: series response: the least value, 3000"},
		"outside, but not said":       {with(3, `[3,1000,3000`, `[3,-1,3000`), "run.jsonl:3: series response: values from -1 to 3000"},
		"more outside than any":       {with(3, `[3,1000,3000`, `[3,-1,3000,4,0`), "run.jsonl:3: series response: 4 values below"},
		"two numbers":                 {with(3, `[3,1000,3000`, `[3,1000`), "run.jsonl:3: series response: not a count"},
		"six numbers":                 {with(3, `[3,1000,3000`, `[3,1,2,3,4,5`), "run.jsonl:3: series response: not a count"},
		"no number":                   {with(3, `[3,1000,3000`, `[3,1000,3e3`), "run.jsonl:3: series response: not a count"},
		"a bare histogram":            {with(3, `[3,1000,3000,"`, `"`), "run.jsonl:3: not a line of a run file"},
		"fewer bytes than none":       {with(5, `"verified":true`, `"verified":true,"stored_bytes":-1`), "run.jsonl:5: -1 bytes stored"},
		"longer than it took":         {with(5, `"verified":true`, `"verified":true,"ended":8,"within_ns":2000000001`), "run.jsonl:5: 8 transactions ended within 2.000000001s of 2s"},
		"more behind than counted":    {with(5, `"verified":true`, `"verified":true,"behind":`+most), "run.jsonl:5: " + most + " transactions had not begun"},
		"another number of lines":     {with(9, `"lines":8`, `"lines":9`), "run.jsonl:9: the file is to have 9 lines before this one, and has 8"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := runfile.Read("run.jsonl", strings.NewReader(test.text))
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got %v, want %s…", err, test.want)
			}
		})
	}
}

// The figures of a file of format 1, too, are held against each other.
func TestRefusedOfFormat1(t *testing.T) {
	whole := string(format1(t))
	lines := strings.SplitAfter(whole, "\n")
	for name, test := range map[string]struct{ text, want string }{
		"a line twice":       {lines[0] + lines[1] + strings.Join(lines[1:], ""), "run.jsonl:3: coalesce-one-location/per-field begins before"},
		"an interval twice":  {strings.Join(lines[:3], "") + strings.Join(lines[2:], ""), "run.jsonl:4: an interval from 0s"},
		"a variant twice":    {strings.Join(lines[:len(lines)/2], "") + strings.Join(lines[1:], ""), "run.jsonl:"},
		"a missing line":     {strings.Join(lines[:2], "") + strings.Join(lines[3:], ""), "run.jsonl:3: an interval from"},
		"another digit":      {strings.Replace(whole, `"outcomes":[1,0,0,0]`, `"outcomes":[2,0,0,0]`, 1), "run.jsonl:3: "},
		"another billed sum": {strings.Replace(whole, `"billed":{"reads":`, `"billed":{"reads":9999`, 1), "run.jsonl:"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := runfile.Read("run.jsonl", strings.NewReader(test.text))
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got %v, want %s…", err, test.want)
			}
		})
	}
}

// A last line of format 1 whose figures are wrong is left out, as one that is cut off.
func TestWrongLastLineOfFormat1(t *testing.T) {
	lines := strings.SplitAfter(string(format1(t)), "\n")
	last := strings.Replace(strings.TrimSuffix(lines[3], "\n"), `"outcomes":[`, `"outcomes":[1,`, 1)
	run, err := runfile.Read("run.jsonl", strings.NewReader(strings.Join(lines[:3], "")+last))
	if err != nil {
		t.Fatal(err)
	}
	if v := run.Variants[0]; len(v.Intervals) != 1 || v.Total.To != v.Intervals[0].To {
		t.Errorf("%d intervals, a total to %v", len(v.Intervals), v.Total.To)
	}
	if text := strings.Join(run.Warnings, " "); !run.CutOff || !strings.Contains(text, "line 4, is incomplete and was left out") {
		t.Errorf("%q", text)
	}
}

// Of what a line and a scenario may hold there are bounds, so that reading a small file
// does not take much memory, and naming a device does not take it all.
func TestBounds(t *testing.T) {
	if testing.Short() {
		t.Skip("it measures memory, or computes a lot in one goroutine")
	}
	plain := unsealed(write(t))
	header := func(old, now string) string {
		t.Helper()
		changed := strings.Replace(plain[0], old, now, 1)
		if changed == plain[0] {
			t.Fatalf("no %s: %s", old, plain[0])
		}
		return sealed(changed, plain[1])
	}
	for name, test := range map[string]struct{ text, want string }{
		"scenarios of nothing": {header(`"scenarios":[`, `"scenarios":[`+strings.Repeat("{},", 500_000)), "more than 500000 objects"},
		"null":                 {header(`"scenarios":[`, `"scenarios":[`+strings.Repeat("null,", 500_000)), "more than 500000 objects"},
		"values":               {header(`"scenarios":[`, `"x":[`+strings.Repeat("0,", 4_000_000)+`0],"scenarios":[`), "more than 4000000 values"},
		"a long text":          {strings.Repeat("x", 65<<20) + "\n", "more than 64 MiB beside its histograms"},
		"outcomes":             {header(`"outcomes":[`, `"outcomes":[`+strings.Repeat(`"x",`, 100)), "scenario 1: 102 outcomes: want at most 100"},
		"series":               {header(`"series":[`, `"series":[`+strings.Repeat(`{},`, 200)), "series: want at most 200"},
		"variants":             {header(`"variants":[`, `"variants":[`+strings.Repeat(`{},`, 1000)), "variants: want at most 1000"},
		"stages":               {header(`"repeats":`, `"workload":{"load":{"stages":[`+strings.Repeat(`{},`, 1000)+`{}]}},"repeats":`), "scenario 1: 1001 stages: want at most 1000"},
		"a stage of before":    {header(`"repeats":`, `"workload":{"load":{"stages":[{"from_ns":0,"to_ns":5},{"from_ns":4,"to_ns":6}]}},"repeats":`), "scenario 1: a stage from 4ns to 6ns after one that ends at 5ns"},
		"a stage's long name":  {header(`"repeats":`, `"workload":{"load":{"stages":[{"name":"`+strings.Repeat("x", 201)+`"}]}},"repeats":`), "scenario 1: a name of 201 bytes"},
		"a rate":               {header(`"repeats":`, `"rate":1e308,"repeats":`), "scenario 1: a rate or a price of 1e+308: want 0 to 1e+12"},
		"a price":              {header(`"reads":0`, `"reads":-1`), "scenario 1: a rate or a price of -1"},
		"other series":         {header(`"name":"response"`, `"name":"wait"`), "scenario 1: its series are not response and so on"},
		"a long name":          {header(`"name":"seed"`, `"name":"`+strings.Repeat("seed", 51)+`"`), `scenario 1: a name of 204 bytes, "seedseed`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := runfile.Read("run.jsonl", strings.NewReader(test.text))
			if err == nil || !strings.Contains(err.Error(), test.want) || len(err.Error()) > 300 {
				t.Errorf("got %.400v, want %s", err, test.want)
			}
		})
	}
	if _, err := runfile.Open("/dev/zero"); err == nil || !strings.Contains(err.Error(), "/dev/zero: neither a file nor a pipe") {
		t.Errorf("/dev/zero: %v", err)
	}
}

// In a file of format 1 the order of the keys and the white space between them are
// free, as in any JSON.
func TestReadsOtherSpelling(t *testing.T) {
	var spelled bytes.Buffer
	for _, line := range bytes.SplitAfter(format1(t), []byte("\n")) {
		if len(line) == 0 {
			continue
		}
		var v any
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatal(err)
		}
		text, err := json.MarshalIndent(v, "", "\t") // sorted by key
		if err != nil {
			t.Fatal(err)
		}
		spelled.Write(append(bytes.ReplaceAll(text, []byte("\n"), []byte(" ")), '\n'))
	}
	run, err := runfile.Read("run.jsonl", bytes.NewReader(spelled.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	want, err := runfile.Read("run.jsonl", bytes.NewReader(format1(t)))
	if err != nil {
		t.Fatal(err)
	}
	if figures(t, run) != figures(t, want) {
		t.Error("other figures")
	}
}
