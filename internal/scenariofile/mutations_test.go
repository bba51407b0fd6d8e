package scenariofile_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"kvbench/internal/scenariofile"
	"kvbench/scenarios"
)

// mutation damages the text of a scenario file as people, editors and disks do.
type mutation struct {
	name   string
	mutate func(r *rand.Rand, text string) string
}

// atLine makes a mutation of one line, drawn among those that match.
func atLine(pattern string, change func(r *rand.Rand, line string) string) func(*rand.Rand, string) string {
	of := regexp.MustCompile(pattern)
	return func(r *rand.Rand, text string) string {
		lines := strings.SplitAfter(text, "\n")
		for {
			if i := r.IntN(len(lines)); of.MatchString(lines[i]) {
				lines[i] = change(r, lines[i])
				return strings.Join(lines, "")
			}
		}
	}
}

// value replaces a value of a line, what follows its last colon, by one of several.
func value(of ...string) func(*rand.Rand, string) string {
	last := regexp.MustCompile(`: [^:{}\[\],\n]+`)
	return atLine(last.String(), func(r *rand.Rand, line string) string {
		places := last.FindAllStringIndex(line, -1)
		at := places[r.IntN(len(places))]
		return line[:at[0]+2] + of[r.IntN(len(of))] + line[at[1]:]
	})
}

// insert puts one of several texts somewhere into a line.
func insert(of ...string) func(*rand.Rand, string) string {
	return atLine(`\S`, func(r *rand.Rand, line string) string {
		at := r.IntN(len(line))
		return line[:at] + of[r.IntN(len(of))] + line[at:]
	})
}

var mutations = []mutation{
	{"a line is missing", atLine(`^ .*\w`, func(*rand.Rand, string) string { return "" })},
	{"a line is there twice", atLine(`^ .*\w`, func(_ *rand.Rand, line string) string { return line + line })},
	{"a value of another type", value("[]", "{}", "true", "null", "~", "'x'", "1e9", "-1", "[1, [2]]", "{a: {b: c}}")},
	{"a huge number", value("9223372036854775807", "18446744073709551616", "1"+strings.Repeat("0", 400), "2562047h48m", "1e308GiB", ".inf", ".nan")},
	{"a NUL", insert("\x00")},
	{"a tab", atLine(`^ +\w`, func(_ *rand.Rand, line string) string { return "\t" + line })},
	{"control characters", insert("\x1b[31m", "\x07", "\u202e", "\u0085", "\x7f")},
	{"bytes that are no UTF-8", insert("\xff", "\xc3\x28", "\xed\xa0\x80")},
	{"it is cut off", func(r *rand.Rand, text string) string { return text[:r.IntN(len(text))] }},
	{"another indent", atLine(`^ +\w`, func(r *rand.Rand, line string) string { return strings.Repeat(" ", r.IntN(9)) + line })},
	{"an alias of nothing, or of itself", value("*none", "&a *a", "&a [*a]", "!!binary x", "<<", "&")},
	{"an anchor that is merged", atLine(`^  - name: `, func(_ *rand.Rand, line string) string {
		return "  - &loop\n    <<: [*loop, {<<: *loop}]\n" + strings.Replace(line, "- ", "  ", 1)
	})},
	{"quotes and brackets", insert("'", `"`, "[", "}", "{{", "|", ">", "%", "@", "`", "#")},
	{"another document", atLine(`^  - name: `, func(_ *rand.Rand, line string) string { return "---\n" + line })},
	{"two characters change places", atLine(`\w\w`, func(r *rand.Rand, line string) string {
		at := r.IntN(len(line) - 1)
		return line[:at] + line[at+1:at+2] + line[at:at+1] + line[at+2:]
	})},
}

var placed = regexp.MustCompile(`^file\.yaml:\d+:\d+: \S`)

// Sixty damages of the shipped file, four of each kind: each is taken, or refused with the
// places of what is wrong, within two seconds and little memory.
func TestMutations(t *testing.T) {
	if testing.Short() {
		t.Skip("it measures memory, or computes a lot in one goroutine")
	}
	const each = 4
	text, refused := string(scenarios.Shipped()), 0
	for number, m := range mutations {
		for n := range each {
			t.Run(fmt.Sprintf("%s %d", m.name, n), func(t *testing.T) {
				damaged := m.mutate(rand.New(rand.NewPCG(uint64(number), uint64(n))), text)
				if damaged == text {
					t.Fatal("nothing is changed")
				}
				file, err := loadBounded(t, damaged)
				if err == nil {
					if len(file.Scenarios) == 0 {
						t.Error("taken, with no scenario")
					}
					return
				}
				refused++
				all, ok := errors.AsType[scenariofile.Errors](err)
				if !ok || len(all) == 0 {
					t.Fatalf("the error is a %T: %v", err, err)
				}
				for _, e := range all {
					lines := strings.Count(damaged, "\n") + strings.Count(damaged, "\u0085") + 1
					if !placed.MatchString(e.Error()) || e.Line < 1 || e.Line > lines || e.Column < 1 {
						t.Errorf("%d lines, and an error at %d:%d: %.200s", lines, e.Line, e.Column, e.Error())
					}
				}
			})
		}
	}
	if all := each * len(mutations); all != 60 || refused < all/2 {
		t.Errorf("%d of %d are refused", refused, all)
	}
}
