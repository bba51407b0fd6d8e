package scenariofile

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"kvbench/internal/load"
)

func mustLoad(t *testing.T, text string) *File {
	t.Helper()
	f, err := Load("s.yaml", []byte(text), testPatterns())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestAnchorsAndMerges(t *testing.T) {
	f := mustLoad(t, `
scenarios:
  - &first
    name: a
    question: q
    pattern: plain
    load: &day {rate: 1/s, duration: 24h}
  - {name: b, question: q, pattern: plain, load: *day}
  - name: c
    load: {duration: 1h, <<: [{warm-up: 5s, duration: 3h}, *day]}
    <<: *first
`)
	a, b, c := f.Scenarios[0], f.Scenarios[1], f.Scenarios[2]
	if a.Load != b.Load || a.Load.Duration != 24*time.Hour {
		t.Errorf("an alias changes %+v to %+v", a.Load, b.Load)
	}
	want := load.Load{Rate: load.PerSecond(1), Duration: time.Hour, WarmUp: 5 * time.Second}
	if c.Load != want || c.Name != "c" || c.Question != "q" {
		t.Errorf("merged: %q %+v", c.Name, c.Load)
	}
}

// An anchor that stands for itself must not be followed for ever.
func TestCircles(t *testing.T) {
	for _, text := range []string{
		"scenarios: &a [*a]\n",
		"scenarios:\n  - &a\n    <<: *a\n    name: a\n",
		"scenarios:\n  - &a\n    <<: [*a, *a, {<<: *a}]\n    load: &l {<<: *l}\n",
		"&a ? *a\n: 1\n",
	} {
		_, err := Load("s.yaml", []byte(text), testPatterns())
		if err == nil {
			t.Errorf("%q was taken for right", text)
			continue
		}
		checkErrors(t, err, []byte(text))
	}
}

func TestVariables(t *testing.T) {
	t.Setenv("KVBENCH_DRIVER", "embedded://?token=s3cret")
	t.Setenv("KVBENCH_EMPTY", "")
	f := mustLoad(t, `
driver: ${KVBENCH_DRIVER}
scenarios:
  - name: a
    question: Is $${HOME} left alone, ${KVBENCH_EMPTY}and $HOME? # ${KVBENCH_NOT_SET}
    pattern: plain
    repeat: ${KVBENCH_EMPTY:-4}
    driver: "${KVBENCH_DRIVER}&locations=${KVBENCH_NOT_SET:-2}"
    load: {rate: "${KVBENCH_NOT_SET:-3}/s", duration: 1s}
`)
	s := f.Scenarios[0]
	if want := "Is ${HOME} left alone, and $HOME?"; s.Question != want {
		t.Errorf("the question is %q, want %q", s.Question, want)
	}
	if want := "embedded://?token=s3cret&locations=2"; s.Driver != want || locations(s.Driver) != 2 {
		t.Errorf("the driver is %q, want %q", s.Driver, want)
	}
	if s.Repeat != 4 || s.Load.Rate != load.PerSecond(3) {
		t.Errorf("repeat %d, rate %v", s.Repeat, s.Load.Rate)
	}
	if strings.Contains(s.YAML, "s3cret") || !strings.Contains(s.YAML, `"${KVBENCH_DRIVER}&`) {
		t.Errorf("the text is\n%s", s.YAML)
	}
}

// A value that came from a variable may be a secret: no error shows it.
func TestVariablesStaySecret(t *testing.T) {
	t.Setenv("KVBENCH_SECRET", "s3cret")
	text := "driver: x\nscenarios:\n  - name: a\n    question: q\n    pattern: plain\n    load: {duration: 1s}\n"
	for _, field := range []string{
		"variants: [FIELD]", "driver: FIELD", "clock: FIELD", "isolates: FIELD",
		"keys: {popularity: FIELD}", "keys: {size: FIELD}", "with: {a: FIELD}",
	} {
		with := text + "    " + strings.ReplaceAll(field, "FIELD", `"${KVBENCH_SECRET}"`) + "\n"
		_, err := Load("s.yaml", []byte(with), testPatterns())
		shown, _ := json.Marshal(err)
		if err == nil || strings.Contains(err.Error(), "s3cret") || strings.Contains(string(shown), "s3cret") {
			t.Errorf("%s: %v", field, err)
		}
	}
	for _, field := range []string{"name", "pattern"} {
		with := strings.Replace(text, field+": ", field+": ${KVBENCH_SECRET}-_ #", 1)
		_, err := Load("s.yaml", []byte(with), testPatterns())
		if err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// A scenario's text is its own lines, however the file is laid out.
func TestDefinition(t *testing.T) {
	f := mustLoad(t, "scenarios:\r\n"+
		"- name: a\r\n  question: |\r\n    What?\r\n    # no comment\r\n"+
		"  pattern: plain\r\n  load: {duration: 1s}\r\n"+
		"# apart\r\n\r\n# of b\r\n- name: b\r\n  question: q\r\n  pattern: plain\r\n  load: {duration: 1s}\r\n"+
		"# of the clock\r\nclock: wall\r\n# the end")
	want := []string{
		"- name: a\n  question: |\n    What?\n    # no comment\n  pattern: plain\n  load: {duration: 1s}\n",
		"# of b\n- name: b\n  question: q\n  pattern: plain\n  load: {duration: 1s}\n",
	}
	for i, s := range f.Scenarios {
		if s.YAML != want[i] {
			t.Errorf("the text of %s is\n%q\nwant\n%q", s.Name, s.YAML, want[i])
		}
		if s.Clock != "wall" {
			t.Errorf("the clock of %s is %s", s.Name, s.Clock)
		}
	}
	one := "scenarios: [{name: a, question: q, pattern: plain, load: {duration: 1s}}, " +
		"{name: b, question: q, pattern: plain, load: {duration: 1s}}]\n"
	for _, s := range mustLoad(t, one).Scenarios {
		if s.YAML != one {
			t.Errorf("the text of %s is %q", s.Name, s.YAML)
		}
	}
}

// Load never panics, and all that is wrong has a place in the file.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte("scenarios: [{name: a, question: ${X:-y}, pattern: cache, load: {rate: 1/s, duration: 1s}}]"))
	f.Add([]byte("scenarios: &a [*a]\n--- \n"))
	f.Add([]byte("<<: &a {scenarios: [{<<: *a}]}\n"))
	f.Add([]byte("\ufeffa: \"\\\n\u2028b\" c\u0085- \t|\r# x"))
	f.Add([]byte("scenarios:\n-\n  ? {}\n  : !!binary x\n  expect: ['*.stampede.max <= 1', \"\\u00e9 < 1\"]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Load("s.yaml", data, testPatterns())
		if err != nil {
			checkErrors(t, err, data)
			return
		}
		for _, s := range file.Scenarios {
			if s.Name == "" || s.Pattern == nil || len(s.Variants) == 0 || s.YAML == "" || s.Params.Keys < 1 ||
				s.Repeat < 1 || s.Load.Rate.IsZero() != (s.Load.Workers > 0) ||
				s.Load.Duration == 0 && s.Load.Transactions == 0 {
				t.Errorf("%+v", s)
			}
		}
	})
}
