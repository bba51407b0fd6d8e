package printable_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"kvbench/internal/printable"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestText(t *testing.T) {
	for _, test := range []struct{ in, text, line string }{
		{"", "", ""},
		{"p99 of 3 µs\u00a0– “seed” 日本 👩‍🚀", "p99 of 3 µs\u00a0– “seed” 日本 👩‍🚀", "p99 of 3 µs\u00a0– “seed” 日本 👩‍🚀"},
		{"a\tb\nc\r\nd", "a\tb\nc\nd", "a b c d"},
		{"over\rwritten", `over\rwritten`, "over written"},
		{"\x1b[31mred\x07\x00\x7f", `\x1b[31mred\x07\x00\x7f`, `\x1b[31mred\x07\x00\x7f`},
		{"C1 \u009b2J", `C1 \x9b2J`, `C1 \x9b2J`},
		{"\u202efdp.exe\u2066\u061c", `\u202efdp.exe\u2066\u061c`, `\u202efdp.exe\u2066\u061c`},
		{"a\u2028b\u2029c", `a\u2028b\u2029c`, `a\u2028b\u2029c`},
		{"\ufeffzero\u200bwidth\u00ad", `\ufeffzero\u200bwidth\xad`, `\ufeffzero\u200bwidth\xad`},
		{"\uffff\U000e0041", `\uffff\U000e0041`, `\uffff\U000e0041`},
		{"no \xff\xc0 UTF-8, and \uFFFD", `no \xff\xc0 UTF-8, and ` + "\uFFFD", `no \xff\xc0 UTF-8, and ` + "\uFFFD"},
	} {
		if got := printable.Text(test.in); got != test.text {
			t.Errorf("Text(%q) = %q, want %q", test.in, got, test.text)
		}
		if got := printable.Line(test.in); got != test.line {
			t.Errorf("Line(%q) = %q, want %q", test.in, got, test.line)
		}
	}
}

// Nothing that steers is left, what is printable stays as it is, and doing it twice is
// doing it once.
func TestNothingIsLeft(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "in")
		text, line := printable.Text(in), printable.Line(in)
		for _, out := range []string{text, line} {
			if !utf8.ValidString(out) || printable.Text(out) != out {
				t.Fatalf("%q of %q", out, in)
			}
			for _, r := range out {
				if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
					t.Fatalf("%q holds %U", out, r)
				}
			}
		}
		if strings.ContainsAny(line, "\n\t\r") {
			t.Fatalf("%q is more than a line", line)
		}
		clean := strings.Map(func(r rune) rune {
			if r == ' ' || unicode.IsGraphic(r) && r != utf8.RuneError {
				return r
			}
			return -1
		}, in)
		if printable.Line(clean) != clean {
			t.Fatalf("%q became %q", clean, printable.Line(clean))
		}
	})
}

// JSON means what it meant.
func TestJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := map[string]string{rapid.String().Draw(t, "name"): rapid.String().Draw(t, "value") + "\u202e\U000e0041\u009b\uFFFD"}
		text, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		safe := printable.JSON(text)
		if s := string(safe); strings.ContainsAny(s, "\u202e\U000e0041\u009b\x1b") {
			t.Fatalf("%q", s)
		}
		var before, after map[string]string
		if err := json.Unmarshal(text, &before); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(safe, &after); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, after); diff != "" {
			t.Fatal(diff)
		}
	})
}
