package command

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// deltas writes the fields of a comparison that others rest on, one delta a line:
// deltas JSON TEXT. Both are files; stdout is one.
func deltas(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: deltas JSON TEXT")
	}
	var c struct {
		Base, Head, Gate string
		Deltas           []struct {
			Scenario, Variant, Series, Statistic string
			Base, Head                           float64
			Ratio, Low, High                     *float64
			P                                    float64
			Verdict                              string
		}
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &c))
	number := func(v *float64) string {
		if v == nil {
			return "null"
		}
		return strconv.FormatFloat(*v, 'g', 5, 64)
	}
	var out strings.Builder
	fmt.Fprintf(&out, "%s %s %s\n", c.Base, c.Head, c.Gate)
	for _, d := range c.Deltas {
		fmt.Fprintln(&out, d.Scenario, d.Variant, d.Series, d.Statistic, number(&d.Base), number(&d.Head),
			number(d.Ratio), number(d.Low), number(d.High), number(&d.P), d.Verdict)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(out.String()), 0o644))
}
