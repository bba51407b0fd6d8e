package scenariofile

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"kvbench/internal/load"
	"kvbench/scenarios"
)

func mustLoad(t *testing.T, text string) *File {
	t.Helper()
	f, err := Load("s.yaml", []byte(text), testPatterns(), nil)
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
	want := load.Load{Shape: load.Open{Profile: load.PerSecond(1), Arrivals: load.Constant{}}, Duration: time.Hour, WarmUp: 5 * time.Second}
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
		_, err := Load("s.yaml", []byte(text), testPatterns(), nil)
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
	if s.Repeat != 4 || s.Load.Rate() != 3 {
		t.Errorf("repeat %d, rate %v", s.Repeat, s.Load.Rate())
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
		"keys: {distribution: FIELD}", "keys: {size: FIELD}", "with: {a: FIELD}",
	} {
		with := text + "    " + strings.ReplaceAll(field, "FIELD", `"${KVBENCH_SECRET}"`) + "\n"
		_, err := Load("s.yaml", []byte(with), testPatterns(), nil)
		shown, _ := json.Marshal(err)
		if err == nil || strings.Contains(err.Error(), "s3cret") || strings.Contains(string(shown), "s3cret") {
			t.Errorf("%s: %v", field, err)
		}
	}
	for _, field := range []string{"name", "pattern"} {
		with := strings.Replace(text, field+": ", field+": ${KVBENCH_SECRET}-_ #", 1)
		_, err := Load("s.yaml", []byte(with), testPatterns(), nil)
		if err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// What is shown beside figures, and is a part of the names of files, is short.
func TestLongNames(t *testing.T) {
	file := func(name, question string) string {
		return "scenarios:\n  - name: " + name + "\n    question: " + question + "\n    pattern: plain\n    load: {duration: 1s}\n"
	}
	mustLoad(t, file(strings.Repeat("n", 60), strings.Repeat("é", 300)))
	for want, text := range map[string]string{
		"s.yaml:2:11: the name has 61 characters":      file(strings.Repeat("n", 61), "q"),
		"s.yaml:3:15: the question has 301 characters": file("n", strings.Repeat("é", 301)),
	} {
		if _, err := Load("s.yaml", []byte(text), testPatterns(), nil); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
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
	// Those that share a line have a part of it each.
	// Those that share a line have a part of it each.
	one := "scenarios: [{name: a, question: é, pattern: plain, load: {duration: 1s}}, " +
		"{name: b, question: é, pattern: plain, load: {duration: 1s}} , {name: c, question: é, pattern: plain,\n  load: {duration: 1s}}]\n"
	for i, s := range mustLoad(t, one).Scenarios {
		if want := []string{
			"{name: a, question: é, pattern: plain, load: {duration: 1s}}\n",
			"{name: b, question: é, pattern: plain, load: {duration: 1s}}\n",
			"{name: c, question: é, pattern: plain,\n  load: {duration: 1s}}]\n",
		}[i]; s.YAML != want {
			t.Errorf("the text of %s is %q, want %q", s.Name, s.YAML, want)
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
	f.Add([]byte("scenarios: [{name: a, question: q, pattern: plain, load: {stages: [{name: b, to: 9/s, for: 1s}, {for: 1h}, {amplitude: 1/s, period: 1s, for: 1m}]}}]"))
	f.Add(scenarios.Shipped()[:4000])
	patterns := slices.Concat(testPatterns(), scenarios.Patterns())
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Load("s.yaml", data, patterns, nil)
		if err != nil {
			if n := len(err.Error()); n > shownErrors*(1000+len(data)) {
				t.Errorf("%d bytes of errors", n)
			}
			checkErrors(t, err, data)
			return
		}
		for _, s := range file.Scenarios {
			if s.Name == "" || s.Pattern == nil || len(s.Variants) == 0 || s.YAML == "" || s.Params.Keys < 1 ||
				s.Repeat < 1 || s.Load.Shape == nil || s.Load.Check(s.Repeat) != nil ||
				s.Load.Duration == 0 && s.Load.Transactions == 0 {
				t.Errorf("%+v", s)
			}
		}
	})
}

// CheckDriver never panics and says little; what it takes has a scheme, each option once
// and no password, and says how many locations it asks for.
func FuzzCheckDriver(f *testing.F) {
	for _, text := range []string{
		"embedded://?locations=3&profile=edge&propagation=60s", "rest://a/b?base=http://127.0.0.1:1&fault-share=90%",
		"cloudflare://u:p@a/b", "x://?a=1&a=2", "embedded:opaque", "://", "a://[::1%25x]:1/%zz?%#%", "a://?locations=99999999999999999999",
		"a://?%&%", "a://\u202e?\x00=%00", "embedded://?locations=-3",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if n := locations(text); n < 1 {
			t.Errorf("%d locations", n)
		}
		if err := CheckDriver(text); err != nil {
			if n := len(err.Error()); n > 1000+10*len(text) {
				t.Errorf("%d bytes of error", n)
			}
			return
		}
		u, err := url.Parse(text)
		if err != nil || u.Scheme == "" {
			t.Fatalf("taken: %v", err)
		}
		if _, secret := u.User.Password(); secret {
			t.Error("taken with a password")
		}
	})
}
