package expect

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kvbench/internal/record"
	"kvbench/internal/runfile"
	"kvbench/kv"

	"github.com/google/go-cmp/cmp"
)

func testNames() Names {
	return Names{
		Variants: []string{"seed", "single-flight"},
		Idle:     []string{"no-memory"},
		Metrics:  runfile.Metrics(testSeries(), testOutcomes),
	}
}

var testOutcomes = []string{"kv", "origin", "error"}

func testSeries() []record.Series {
	return append(record.Standard(),
		record.Series{Name: "stale-read", Unit: "ns", Of: "get", Mark: true},
		record.Series{Name: "stampede", Unit: "count", Of: "origin", Mark: true},
		record.Series{Name: "waste", Unit: "bytes", Mark: true},
		record.Series{Name: "held", Unit: "percent", Mark: true})
}

func TestParse(t *testing.T) {
	for text, want := range map[string]struct {
		variant string
		figure  string // its ID, its statistic and the unit of its value
		op      string
		value   float64
	}{
		"single-flight.stampede.max <= 1":        {"single-flight", "stampede max count", "<=", 1},
		"stale-read == 0":                        {"*", "stale-read count count", "==", 0},
		"*.response.p999<1m30s":                  {"*", "response p999 ns", "<", 90e9},
		"seed.stale-read.share <= 1%":            {"seed", "stale-read share share", "<=", 0.01},
		"seed.stale-read.p99 > 0":                {"seed", "stale-read p99 ns", ">", 0},
		"waste.mean != 1KiB":                     {"*", "waste mean bytes", "!=", 1024},
		"held.p50 >= 12.5%":                      {"*", "held p50 percent", ">=", 12.5},
		"seed.ops.bulk-get <= 1.2":               {"seed", "ops.bulk-get mean count", "<=", 1.2},
		"ops < 3":                                {"*", "ops mean count", "<", 3},
		"seed.usd-per-million < $5":              {"seed", "usd-per-million mean usd", "<", 5},
		"usd-per-million < 0.5":                  {"*", "usd-per-million mean usd", "<", 0.5},
		"seed.outcome.kv.share >= 50%":           {"seed", "outcome.kv share share", ">=", 0.5},
		"outcome.origin == 1_000":                {"*", "outcome.origin count count", "==", 1000},
		"seed.errors == 0":                       {"seed", "errors count count", "==", 0},
		"  errors.share  <  1%  ":                {"*", "errors share share", "<", 0.01},
		"seed.call-errors.429.share < 1%":        {"seed", "call-errors.429 share share", "<", 0.01},
		"call-errors.timeout.count <= 3":         {"*", "call-errors.timeout count count", "<=", 3},
		"call-errors.network == 0":               {"*", "call-errors.network count count", "==", 0},
		"call-errors == 0":                       {"*", "call-errors count count", "==", 0},
		"errors.transaction == 0":                {"*", "errors.transaction count count", "==", 0},
		"seed.errors.invocation-limit.count < 2": {"seed", "errors.invocation-limit count count", "<", 2},
		// What it was called before.
		"errors.network == 0":              {"*", "call-errors.network count count", "==", 0},
		"errors.429.share < 1%":            {"*", "call-errors.429 share share", "<", 0.01},
		"single-flight.lateness.max <= 5s": {"single-flight", "lateness max ns", "<=", 5e9},
	} {
		got, err := Parse(text, testNames())
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		_, value, _ := strings.Cut(text, want.op)
		value = strings.TrimSpace(value)
		figure := fmt.Sprintf("%s %s %s", got.Figure.ID, got.Figure.Stat, got.Figure.Kind())
		if figure != want.figure {
			t.Errorf("%s: %s, want %s", text, figure, want.figure)
		}
		all := Expect{text, want.variant, got.Figure, want.op, want.value, want.op + " " + value}
		if diff := cmp.Diff(all, got); diff != "" {
			t.Errorf("%s:\n%s", text, diff)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct {
		text string
		at   string // what is left of the text at the offset
		want string
	}{
		{"", "", "there is no comparison; write it like seed.response.p99 < 250ms"},
		{"seed.get", "", "there is no comparison; write it like seed.response.p99 < 250ms"},
		{"seed.get = 1", "= 1", "this is not a comparison; the comparisons are <= < >= > == !="},
		{"0 < get < 1", "< get < 1", "this is not a comparison; the comparisons are <= < >= > == !="},
		{"seed.get <", "", "there is no value to compare with"},
		{" < 1", "< 1", `there is no series ""; the series and other figures are: ` +
			"response, wait, service, lateness, get, put, delete, list, bulk-get, bulk-put, " +
			"stale-read, stampede, waste, held, errors, call-errors, ops, usd-per-million, outcome"},
		{"seed < 1", "seed < 1", `there is no series "seed"; the series and other figures are: ` +
			"response, wait, service, lateness, get, put, delete, list, bulk-get, bulk-put, " +
			"stale-read, stampede, waste, held, errors, call-errors, ops, usd-per-million, outcome"},
		{"seed.gte < 1", "gte < 1", `there is no series "gte"; did you mean "get"?`},
		{"sede.get < 1", "sede.get < 1", `there is no variant "sede"; did you mean "seed"?`},
		{"nomemory.get < 1", "nomemory.get < 1", `there is no variant "nomemory"; did you mean "no-memory"?`},
		{
			"no-memory.get < 1", "no-memory.get < 1",
			`the variant "no-memory" does not run in this scenario; add it to the scenario's variants`,
		},
		{"seed.get.p99.9 < 1s", "p99.9 < 1s", `there is no statistic "p99.9" here; the percentiles are p50, p90, p95, p99 and p999, which is 99.9%`},
		{"get.p99.5 < 1s", "p99.5 < 1s", `there is no statistic "p99.5" here; the percentiles are p50, p90, p95, p99 and p999, which is 99.9%`},
		{"get.p99.x < 1s", "x < 1s", `nothing may follow here, but "x" does`},
		{"errors.p99.9 < 1", "p99.9 < 1", `there is no statistic "p99" here; the statistics are: count, share`},
		{"errors.transaction.share < 1%", "share < 1%", "errors.transaction is not a share of anything; ask for its count"},
		{"call-errors.transaction < 1", "transaction < 1", `no call of the store fails with the code "transaction"; write errors.transaction`},
		{"errors.0429 < 1", "0429 < 1", `there is no error code "0429"; it is an HTTP status, network, timeout, canceled or other; of errors also transaction, invocation-limit, exception, hung or no-origin`},
		{"seed.get.p99. < 1s", " < 1s", `nothing may follow here, but "" does`},
		{"seed.get.mx < 1s", "mx < 1s", `there is no statistic "mx" here; did you mean "max"?`},
		{"get.share < 1%", "share < 1%", "get is not a share of anything; ask for its count"},
		{"get.p50 < 10", "10", `"10" is not a duration: it has no unit; write it like 250ms, 10s, 1m30s or 2h`},
		{"stampede.max < 10s", "10s", `"10s" is not a number; write it like 10, 1_000 or 0.25`},
		{"waste.max < 10kb", "10kb", `"10kb" is not a size: there is no unit "kb"; did you mean "kB"?`},
		{"outcome < 1", "< 1", `the pattern has no outcome ""; its outcomes are: kv, origin, error`},
		{"outcome.kv.p50 < 1", "p50 < 1", `there is no statistic "p50" here; the statistics are: count, share`},
		{"errors.p50 < 1", "p50 < 1", `there is no statistic "p50" here; the statistics are: count, share`},
		{"errors.4290 < 1", "4290 < 1", `there is no error code "4290"; it is an HTTP status, network, timeout, canceled or other; of errors also transaction, invocation-limit, exception, hung or no-origin`},
		{"ops.get.p50 < 1", "p50 < 1", `nothing may follow here, but "p50" does`},
		{"seed.usd-per-million < 1€", "1€", `"1€" is not an amount: want 0 or more, in US dollars; write it like 1, 0.25 or $10`},
	} {
		_, err := Parse(c.text, testNames())
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%q: the error is %v", c.text, err)
			continue
		}
		if at := c.text[min(e.Offset, len(c.text)):]; at != c.at || e.Error() != c.want {
			t.Errorf("%q: at %q: %s\nwant at %q: %s", c.text, at, e, c.at, c.want)
		}
	}
}

// Parse never panics, its errors lie within the text, and what it takes
// it takes again from its parts.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"seed.stale-read.share <= 1%", "*.errors.429 == 0", "usd-per-million<$1_0", "ops.get >", "..<0", "é<",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := Parse(text, testNames())
		if err != nil {
			var bad *Error
			if !errors.As(err, &bad) || bad.Offset < 0 || bad.Offset > len(text) || bad.Message == "" {
				t.Fatalf("%q: %#v", text, err)
			}
			return
		}
		if e.Value < 0 || e.Figure.ID == "" || e.Figure.Stat == "" || e.Figure.Unit == "" {
			t.Fatalf("%q: %+v", text, e)
		}
		left, _, _ := strings.Cut(text, e.Op)
		again, err := Parse(left+e.Want, testNames())
		e.Text, again.Text = "", ""
		if err != nil || e != again {
			t.Fatalf("%q: %+v, and again %+v, %v", text, e, again, err)
		}
	})
}

// Every code that a failure is counted by can be expected, and no other.
func TestCodes(t *testing.T) {
	var known []string
	for _, c := range record.Codes() {
		known = append(known, c.Name)
	}
	for _, err := range []error{
		&kv.Error{}, &kv.Error{Status: 429}, &kv.Error{Status: 599}, kv.ErrNotFound, kv.ErrInvocationLimit,
		context.DeadlineExceeded, context.Canceled, errors.New("what"),
	} {
		code := kv.ErrorCode(err)
		if status, err := strconv.Atoi(code); (err != nil || status < 100) && !slices.Contains(known, code) {
			t.Errorf("%v: %q is not in the table", err, code)
		}
		known = append(known, code)
	}
	for _, code := range known {
		if _, err := Parse("errors."+code+" == 0", testNames()); err != nil {
			t.Errorf("%s: %v", code, err)
		}
	}
}
