package scenariofile

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSelect(t *testing.T) {
	f, err := Load("s.yaml", []byte(whole), testPatterns(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		globs  []string
		want   []string // SCENARIO/VARIANT
		expect int      // expectations that are left
		err    string
	}{
		{nil, []string{"tier/seed", "tier/single-flight", "plain/seed"}, 2, ""},
		{[]string{"*"}, []string{"tier/seed", "tier/single-flight", "plain/seed"}, 2, ""},
		{[]string{"t*"}, []string{"tier/seed", "tier/single-flight"}, 2, ""},
		{[]string{"*/seed"}, []string{"tier/seed", "plain/seed"}, 1, ""},
		{[]string{"tier/single-flight", "plain"}, []string{"tier/single-flight", "plain/seed"}, 1, ""},
		{[]string{"teir"}, nil, 0, `no scenario matches "teir"; did you mean "tier"?`},
		{[]string{"tier", "tier/sed"}, nil, 0, `no scenario matches "tier/sed"; did you mean "tier/seed"?`},
		{[]string{"elsewhere"}, nil, 0, `no scenario matches "elsewhere"; the scenarios are: tier, plain`},
		{[]string{"[a"}, nil, 0, `"[a" is not a glob: syntax error in pattern`},
	} {
		var got []string
		expect := 0
		some, err := f.Select(c.globs...)
		message := ""
		if err != nil {
			message = err.Error()
		} else {
			for _, s := range some.Scenarios {
				expect += len(s.Expect)
				for _, v := range s.Variants {
					got = append(got, s.Name+"/"+v.Name)
				}
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" || message != c.err || expect != c.expect {
			t.Errorf("%q: %d expectations, error %q\n%s", c.globs, expect, message, diff)
		}
	}
	if len(f.Scenarios) != 2 || len(f.Scenarios[0].Expect) != 2 || len(f.Scenarios[0].Variants) != 2 {
		t.Error("selecting changed the file")
	}
}
