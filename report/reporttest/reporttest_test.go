package reporttest_test

import (
	"testing"

	"kvbench/report/reporttest"
)

// What is wrong is found: the checks can fail.
func TestFindsWhatIsWrong(t *testing.T) {
	for _, bad := range []struct{ name, data string }{
		{"x.png", "no picture"},
		{"x.svg", `<svg><path d="M0 0"`},
		{"x.svg", `<svg><path d="M NaN 0"/></svg>`},
		{"junit.xml", "<a>&#x1b;</a>"},
		{"report.csv", "a,b\n=1+1,2\n"},
		{"report.csv", "a,b\n1\n"},
		{"report.csv", "a,b\n1,+Inf\n"},
		{"report.bench.txt", "BenchmarkKV/scenario=a b/variant=c-2 1 2 ns/op\n"},
		{"report.hlog", "Tag=a,0.0,1.0,2.0,rubbish\n"},
		{"report.html", `<a href="javascript:alert(1)">x</a>`},
		{"report.html", `<p onclick="x()">x</p>`},
		{"report.md", "| a | b |\n|---|---|\n| c | d | e |\n"},
		{"report.md", "<script>x</script>\n"},
		{"report.md", "```\nopen\n"},
		{"report.md", "a\x1b[31m\n"},
		{"report.md", "\u202e\n"},
		{"report.md", "\xff\n"},
		{"report.json", `{"a": NaN}`},
		{"report.txt", "x"},
		{"report.md", ""},
	} {
		if reporttest.File(bad.name, []byte(bad.data)) == nil {
			t.Errorf("nothing is wrong with %s of %q", bad.name, bad.data)
		}
	}
	for _, good := range []struct{ name, data string }{
		{"report.md", "| a \\| x | b |\n|---|---|\n| c \\\\| d |\n"},
		{"report.csv", "a,b\n'=1+1,2\n"},
		{"report.json", `{"text": "\u202e"}`},
	} {
		if err := reporttest.File(good.name, []byte(good.data)); err != nil {
			t.Errorf("%s of %q: %v", good.name, good.data, err)
		}
	}
}
