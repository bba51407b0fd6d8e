package webapi

import (
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/web.txt anew; look at what changed")

// Each line of testdata/web.txt is an expression, or a promise of one, and what String of
// it is, as JSON. The values are those of the standards, and were held against Node's.
func TestWeb(t *testing.T) {
	const path = "testdata/web.txt"
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	n := 0
	for line := range strings.Lines(string(b)) {
		expr, want, ok := strings.Cut(strings.TrimRight(line, "\n"), "\t=> ")
		if !ok && !*update {
			t.Fatalf("%s: no value", expr)
		}
		vm, _ := testAPI(t)
		v, failed := settle(t, vm, expr)
		got := v.String()
		if failed {
			got = "throws " + got
		}
		j, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		if string(j) != want && !*update {
			t.Errorf("%s\ngot  %s\nwant %s", expr, j, want)
		}
		out.WriteString(expr + "\t=> " + string(j) + "\n")
		n++
	}
	if n < 300 {
		t.Errorf("only %d cases", n)
	}
	if *update {
		if err := os.WriteFile(path, []byte(out.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
