package command

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"short", "short"},
		{"one two three four five", "one two three four\n  five"},
		{"  name  one two three four", "  name  one two\n        three four"},
		{"  aaaaaaaaaaaaaaaaaaaaaaaaa b", "  aaaaaaaaaaaaaaaaaaaaaaaaa\n    b"},
		{"aaaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaaaa"},
		{"äöü äöü äöü äöü äöü äöü", "äöü äöü äöü äöü äöü\n  äöü"},
	} {
		if got := fold(c.line, 20); got != c.want {
			t.Errorf("%q became\n%s\nwant\n%s", c.line, got, c.want)
		}
	}
}

// Folding loses and breaks no word, and no part that holds two words is too wide.
func TestFoldKeepsWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.StringMatching(`[ a-zß]{0,200}`).Draw(t, "line")
		columns := rapid.IntRange(20, 100).Draw(t, "columns")
		got := fold(line, columns)
		if strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(line), " ") {
			t.Fatalf("%q became %q", line, got)
		}
		for part := range strings.SplitSeq(got, "\n") {
			if utf8.RuneCountInString(part) > columns && len(strings.Fields(part)) > 1 {
				t.Fatalf("%q is wider than %d", part, columns)
			}
		}
	})
}
