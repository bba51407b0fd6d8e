package scenariofile

import (
	"strings"
	"testing"

	"kvbench/internal/secret"
)

// A driver is shown with the names of variables whose values may be secret, and with
// the values of the others; the environment makes it whole again.
func TestShownDriver(t *testing.T) {
	t.Setenv("KVBENCH_ACCOUNT", "0123456789abcdef")
	t.Setenv("KVBENCH_SHORT", "3")
	t.Setenv("KVBENCH_PLAIN", "${X}")
	for _, test := range []struct{ file, driver, shown string }{
		{"x://${KVBENCH_ACCOUNT}/ns?a=${KVBENCH_SHORT}", "x://0123456789abcdef/ns?a=3", "x://${KVBENCH_ACCOUNT}/ns?a=3"},
		{"x://${KVBENCH_ACCOUNT:-other}/ns", "x://0123456789abcdef/ns", "x://${KVBENCH_ACCOUNT}/ns"},
		{"x://a/${KVBENCH_NOT_SET:-other}", "x://a/other", "x://a/other"},
		{"x://a/?b=$${X}&c=${KVBENCH_PLAIN}", "x://a/?b=${X}&c=${X}", "x://a/?b=$${X}&c=$${X}"},
		{"x://a/b", "x://a/b", "x://a/b"},
	} {
		f := mustLoad(t, "driver: "+test.file+"\nscenarios:\n  - {name: a, question: q, pattern: plain, load: {transactions: 1}}\n"+
			"  - {name: b, question: q, pattern: plain, load: {transactions: 1}, driver: \""+test.file+"&d=1\"}\n")
		inherited, own := f.Scenarios[0], f.Scenarios[1]
		if f.Driver != test.driver || f.Shown != test.shown || inherited.Shown != test.shown || own.Shown != test.shown+"&d=1" {
			t.Errorf("%s is shown as %s, and of scenarios as %s and %s", test.file, f.Shown, inherited.Shown, own.Shown)
		}
		var secrets secret.Set
		if got, err := Expand(f.Shown, &secrets); err != nil || got != test.driver {
			t.Errorf("%s expands to %s, %v; want %s", f.Shown, got, err, test.driver)
		}
		if got := secrets.Strike(test.driver); strings.Contains(got, "0123456789abcdef") {
			t.Errorf("Expand lets %s be shown", got)
		}
	}
	if got, err := Expand("x://${KVBENCH_NOT_SET}/", nil); err == nil {
		t.Errorf("a variable that is not set expands to %s", got)
	}
	if _, err := Expand("x://${not a name}/", nil); err == nil {
		t.Error("what names no variable expands")
	}
}

// What a file takes from the environment is known to be secret from eight bytes on,
// as are users and passwords of its drivers, also where they are composed.
func TestSecretsOfAFile(t *testing.T) {
	t.Setenv("KVBENCH_TEXT", "12345678")
	t.Setenv("KVBENCH_SHORT", "1234567")
	t.Setenv("KVBENCH_WORD", "pa55")
	var secrets secret.Set
	_, err := Load("s.yaml", []byte(`driver: x://a/b?base=http://me:${KVBENCH_WORD}@127.0.0.1
scenarios:
  - {name: a, question: "${KVBENCH_TEXT} ${KVBENCH_SHORT}", pattern: plain, load: {transactions: 1}}
`), testPatterns(), &secrets)
	if err != nil {
		t.Fatal(err)
	}
	if got := secrets.Strike("12345678, 1234567, pa55, x"); got != "[secret], 1234567, [secret], x" {
		t.Error(got)
	}
}

// The line that an error shows holds no secret, though only a part of it is shown.
func TestErrorLines(t *testing.T) {
	var secrets secret.Set
	secrets.Add("tail-of-a-token-that-is-cut")
	const head = "  - {name: a, question: q, pattern: plain, load: {transactions: 1}, driver: \"x://me:s3cr3t@h/\", "
	for _, text := range []string{
		"scenarios:\n" + head + "repaet: 1}\n",
		"scenarios:\n" + head + "repaet: 1} # " + strings.Repeat("x", 200) + "\n",
		"scenarios:\n" + head + strings.Repeat(" ", 100) + "with: {x: tail-of-a-token-that-is-cut" + strings.Repeat(" ", 40) + "}, repaet: 1}\n",
		"scenarios:\n" + head + "]\n",
	} {
		_, err := Load("s.yaml", []byte(text), testPatterns(), &secrets)
		if err == nil {
			t.Errorf("%s: no error", text)
			continue
		}
		if got := err.Error(); strings.Contains(got, "s3cr3t") || strings.Contains(got, "that-is-cut") {
			t.Errorf("%s\nshows\n%s", text, got)
		}
	}
}
