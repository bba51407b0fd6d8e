package fault_test

import (
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"kvbench/drivers/fault"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func fromURL(t *testing.T, raw string) (*url.URL, fault.Profile, error) {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return fault.FromURL(u)
}

func TestFromURL(t *testing.T) {
	for _, test := range []struct {
		url, rest string
		want      fault.Profile
	}{
		{"x://h/p?a=1&b=%zz", "a=1&b=%zz", fault.Profile{}},
		{"x://?fault=none", "", named(t, "none")},
		{"x://?a=1&fault=blips&b=2", "a=1&b=2", named(t, "blips")},
		{
			"x://?locations=3&fault=outage&fault-from=90s&fault-for=0s&fault-share=90%", "locations=3",
			named(t, "outage", hits(0.9), func(p *fault.Profile) { p.From, p.For = 90*time.Second, 0 }),
		},
		{
			"x://?fault-share=12.5%25&fault-ops=get+bulk-put&fault-delay=1s&fault=blips", "",
			named(t, "blips", hits(0.125), func(p *fault.Profile) {
				p.Ops, p.Delay = fault.Get|fault.BulkPut, time.Second
			}),
		},
		{
			"x://?fault=throttle&fault-retry-after=5m&fault-share=0.02&fault-ops=put", "",
			named(t, "throttle", hits(0.02), func(p *fault.Profile) { p.Ops, p.RetryAfter = fault.Put, 5*time.Minute }),
		},
		{
			"x://?fault=brownout&fault-factor=2.5&fault-share=90%&fault-delay=0s", "",
			named(t, "brownout", hits(0.9), func(p *fault.Profile) { p.Factor, p.Delay = 2.5, 0 }),
		},
		{
			"x://?fault=corrupt&fault-ops=bulk-get", "",
			named(t, "corrupt", func(p *fault.Profile) { p.Ops = fault.BulkGet }),
		},
	} {
		rest, p, err := fromURL(t, test.url)
		if err != nil || rest.RawQuery != test.rest {
			t.Errorf("%s: rest %v, error %v", test.url, rest, err)
		}
		if diff := cmp.Diff(test.want, p, cmpopts.IgnoreUnexported(fault.Profile{})); diff != "" {
			t.Errorf("%s: %s", test.url, diff)
		}
	}
}

// An error says what was wrong, what would be right, and what was probably meant.
func TestFromURLErrors(t *testing.T) {
	for query, want := range map[string]string{
		"fault=outge":                             `option fault=outge: unknown fault "outge" (did you mean "outage"?): want none, `,
		"fault=":                                  `unknown fault ""`,
		"faults=outage":                           `unknown option "faults" (did you mean "fault"?)`,
		"fault-share=1":                           "option fault-share needs a fault: want fault=blips or another",
		"fault=a&fault=b":                         "option fault is given 2 times",
		"fault=%zz":                               "invalid URL escape",
		"fault-shares=1%":                         `unknown option "fault-shares" (did you mean "fault-share"?)`,
		"fault=blips&fault-share=101%":            "fault-share=101%: want a share from 0% to 100%, such as 1% or 0.01",
		"fault=blips&fault-share=-1":              "want a share",
		"fault=blips&fault-share=2":               "want a share",
		"fault=blips&fault-share=NaN":             "want a share",
		"fault=blips&fault-share=":                "want a share",
		"fault=blips&fault-from=60":               "fault-from=60: want a duration that is not negative, such as 60s",
		"fault=blips&fault-for=-1s":               "not negative",
		"fault=blips&fault-for=9000h":             "want at most 8760h",
		"fault=blips&fault-ops=gets":              `unknown operation "gets" (did you mean "get"?): want get, put, `,
		"fault=blips&fault-ops=+":                 "want operations such as get+put",
		"fault=corrupt&fault-ops=put+get":         "fault=corrupt cannot hit put: want get+bulk-get",
		"fault=blips&fault-factor=2":              "option fault-factor=2: it plays no part in fault=blips",
		"fault=outage&fault-retry-after=2s":       "it plays no part in fault=outage",
		"fault=corrupt&fault-delay=2s":            "it plays no part in fault=corrupt",
		"fault=brownout&fault-factor=0.5":         "want a number from 1 to 1000",
		"fault=brownout&fault-factor=x":           "want a number from 1 to 1000",
		"fault=throttle&fault-retry-after=0s":     "want at least 1ns",
		"fault=throttle&fault-retry-after=second": "want a duration",
	} {
		_, _, err := fromURL(t, "x://?"+query)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v does not say %q", query, err, want)
		}
		if err != nil && strings.Contains(query, "outge") && strings.Contains(err.Error(), "needs a fault") {
			t.Errorf("%s: %v blames what is right", query, err)
		}
	}
}

// docs/faults.md has a row for every profile, with the default share and window,
// and names every option.
func TestDocument(t *testing.T) {
	text, err := os.ReadFile("../../docs/faults.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if name, row, ok := strings.Cut(strings.TrimPrefix(line, "| `"), "` |"); ok {
			rows[name] += row
		}
	}
	for _, p := range fault.Profiles() {
		want := []string{"always"}
		if p.For > 0 {
			want = []string{fmt.Sprintf("from %v s for %v s", p.From.Seconds(), p.For.Seconds())}
		}
		if p.Share < 1 {
			want = append(want, fmt.Sprintf("%v%%", 100*p.Share))
		}
		for _, text := range want {
			if row, ok := rows[p.Name]; !ok || p.Name != "none" && !strings.Contains(row, text) {
				t.Errorf("the row of %s does not say %q: %s", p.Name, text, row)
			}
		}
	}
	for _, option := range []string{"share", "from", "for", "ops", "delay", "factor", "retry-after"} {
		if rows["fault-"+option] == "" {
			t.Errorf("fault-%s has no row", option)
		}
	}
}

func TestProfileText(t *testing.T) {
	for _, p := range fault.Profiles() {
		ops, err := fault.ParseOps(p.Ops.String())
		if err != nil || ops != p.Ops {
			t.Errorf("%s: %v reads back as %v, %v", p.Name, p.Ops, ops, err)
		}
	}
	want := "throttle: 7 % of get+put, from 1m0s after measuring began for 30s, at least 5ms, retry after 1s"
	p := named(t, "throttle", hits(0.07), func(p *fault.Profile) {
		p.From, p.For, p.Ops = time.Minute, 30*time.Second, fault.Get|fault.Put
	})
	if diff := cmp.Diff(want, p.String()); diff != "" {
		t.Error(diff)
	}
}
