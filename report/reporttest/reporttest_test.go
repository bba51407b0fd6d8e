package reporttest_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"testing"

	"kvbench/report/reporttest"
)

// picture is a PNG, with a dot or without.
func picture(width, height int, dot bool) string {
	p := image.NewGray(image.Rect(0, 0, width, height))
	if dot {
		p.SetGray(1, 1, color.Gray{Y: 99})
	}
	var out bytes.Buffer
	if err := png.Encode(&out, p); err != nil {
		panic(err)
	}
	return out.String()
}

// What is wrong is found: the checks can fail.
func TestFindsWhatIsWrong(t *testing.T) {
	for _, bad := range []struct{ name, data string }{
		{"x.png", "no picture"},
		{"x.svg", `<svg><path d="M0 0"`},
		{"x.svg", `<svg><title>t</title><g data-variant="a"><path d="M NaN 0"/></g></svg>`},
		{"x.svg", `<svg><g data-variant="a"><path d="M0 0"/></g></svg>`},
		{"x.svg", `<svg><title>t</title><path d="M0 0"/><g data-variant="a"></g></svg>`},
		{"x.svg", `<svg><title>t</title><path d="M0 0"/></svg>`},
		{"x.png", picture(2, 2, false)},
		{"x.png", picture(5001, 5000, true)},
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
		{"x.svg", `<svg><title>t</title><g data-variant="a"><path d="M0 0"/></g></svg>`},
		{"x.png", picture(2, 2, true)},
		{"report.md", "| a \\| x | b |\n|---|---|\n| c \\\\| d |\n"},
		{"report.csv", "a,b\n'=1+1,-2.5\n"},
		{"report.json", `{"text": "\u202e"}`},
	} {
		if err := reporttest.File(good.name, []byte(good.data)); err != nil {
			t.Errorf("%s of %q: %v", good.name, good.data, err)
		}
	}
}
