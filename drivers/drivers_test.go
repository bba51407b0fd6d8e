package drivers_test

import (
	"net/url"
	"strings"
	"testing"

	"kvbench/drivers"
	"kvbench/internal/clock"
	"kvbench/internal/setting"
)

// Every driver of the table has what is shown of it, and its example parses.
func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range drivers.Table() {
		if d.Scheme == "" || d.Doc == "" || d.Open == nil || seen[d.Scheme] {
			t.Errorf("incomplete, or there twice: %+v", d)
		}
		seen[d.Scheme] = true
		if u, err := url.Parse(d.Example); err != nil || u.Scheme != d.Scheme {
			t.Errorf("%s: example %q: %v", d.Scheme, d.Example, err)
		}
	}
}

func TestOpen(t *testing.T) {
	s, err := drivers.Open("embedded://?locations=3&profile=edge", drivers.Env{Clock: clock.NewVirtual()})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Capabilities(); got.Locations != 3 || !got.Modelled {
		t.Errorf("got %+v", got)
	}
	if _, err := drivers.Open("embedded://", drivers.Env{}); err != nil {
		t.Errorf("without a clock: %v", err)
	}
}

// A store that is to fail is the driver's, wrapped, and says so.
func TestOpenWithFaults(t *testing.T) {
	s, err := drivers.Open("embedded://?locations=3&fault=outage&fault-from=60s&fault-for=30s&fault-share=90%",
		drivers.Env{Clock: clock.NewVirtual()})
	if err != nil {
		t.Fatal(err)
	}
	got := s.Capabilities()
	const want = "injected fault, modelled: outage: 90 % of "
	if got.Locations != 3 || len(got.Sources) == 0 || !strings.Contains(got.Sources[len(got.Sources)-1], want) {
		t.Errorf("got %+v", got)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// An error says what was wrong, what would be right, and what was probably meant.
func TestOpenErrors(t *testing.T) {
	for _, test := range []struct {
		url  string
		want []string
	}{
		{"embeded://", []string{`unknown driver "embeded"`, `did you mean "embedded"?`}},
		{"postgres://", []string{`unknown driver "postgres"`, "want embedded"}},
		{"embedded", []string{"no scheme", "embedded://"}},
		{"", []string{"no scheme"}},
		{"embedded://?locations=%zz", []string{"driver embedded", "invalid URL escape"}},
		{"embedded://host", []string{"options only"}},
		{"embedded:///path", []string{"options only"}},
		{"embedded://?location=3", []string{`unknown option "location"`, `did you mean "locations"?`, "propagation"}},
		{"embedded://?locations=0", []string{"locations=0", "from 1 to 64"}},
		{"embedded://?locations=65", []string{"from 1 to 64"}},
		{"embedded://?locations=many", []string{"from 1 to 64"}},
		{"embedded://?locations=1&locations=2", []string{"given 2 times"}},
		{"embedded://?profile=edgehot", []string{`unknown profile "edgehot"`, `did you mean "edge-hot"?`, "edge-mix"}},
		{"embedded://?writes=on", []string{`unknown mode of writes "on"`, "off, strict, lenient"}},
		{"embedded://?propagation=60", []string{"propagation=60", "such as 60s"}},
		{"embedded://?propagation=-1s", []string{"not negative"}},
		{"embedded://?propagation=48h", []string{"at most 24h"}},
		{"embedded://?hot=p50:1ms,p99:48h", []string{"hot=", "at most 24h"}},
		{"embedded://?write=2562047h", []string{"write=", "at most 24h"}},
		{"embedded://?write=60", []string{`"60"`, "p50:60ms"}},
		{"embedded://?write=p50:60ms,p40:90ms", []string{"ascending"}},
		{"embedded://?write=p50:60ms,p90:50ms", []string{"ascending"}},
		{"embedded://?hot=p101:60ms", []string{"p101:60ms"}},
		{"embedded://?hot=pNaN:60ms", []string{"pNaN"}},
		{"embedded://?hot=p50:-1ms", []string{"p50:-1ms"}},
		{"embedded://?fault=outge", []string{`unknown fault "outge"`, `did you mean "outage"?`, "partial-outage"}},
		{"embedded://?fault-share=2&fault=blips", []string{"fault-share=2", "from 0% to 100%"}},
		{"embedded://?fault=blips&location=3", []string{`unknown option "location"`, `did you mean "locations"?`}},
		{"embedded://?falt=outage", []string{`unknown option "falt"`, `did you mean "fault"?`, "hot, cold, list, write, prices, fault, fault-share"}},
		{"embedded://?price=read:1&fault=outge", []string{`did you mean "prices"?`, `did you mean "outage"?`}},
		{"embedded://?locations=x&profil=none", []string{"from 1 to 64", `did you mean "profile"?`}},
	} {
		_, err := drivers.Open(test.url, drivers.Env{Clock: clock.NewVirtual()})
		if err == nil {
			t.Errorf("%s: no error", test.url)
			continue
		}
		for _, want := range test.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q does not say %q", test.url, err, want)
			}
		}
	}
}

// What the tables say of the options of a driver is so: each says what it means, takes its
// default and the ends of its range, and refuses what is beyond, in its own name.
func TestOptions(t *testing.T) {
	for _, d := range drivers.Table() {
		for _, o := range append(d.Options(), drivers.Shared()...) {
			open := func(value string) error {
				u := d.Example
				if before, _, found := strings.Cut(u, "?"); found {
					u = before
				}
				u += "?" + o.Name + "=" + url.QueryEscape(value)
				switch {
				case strings.Contains(o.Doc, "only with base"):
					u += "&base=" + url.QueryEscape("http://127.0.0.1:8787")
				case o.Name == "fault-factor":
					u += "&fault=brownout"
				case strings.HasPrefix(o.Name, "fault-"):
					u += "&fault=throttle"
				}
				s, err := drivers.Open(u, drivers.Env{Clock: clock.NewVirtual()})
				if err != nil {
					return err
				}
				return s.Close()
			}
			if o.Doc == "" || o.Kind == "" || o.Default == "" {
				t.Errorf("%s: %+v", d.Scheme, o)
			}
			right := append([]string{}, o.Choices...)
			if !o.Otherwise {
				right = append(right, o.Default)
			}
			for _, end := range []string{o.Min, o.Max} {
				if end != "" {
					right = append(right, end)
				}
			}
			for _, value := range right {
				if err := open(value); err != nil {
					t.Errorf("%s: %s=%s: %v", d.Scheme, o.Name, value, err)
				}
			}
			wrong := []string{"?"}
			if o.Max != "" { // a longer time, a larger share or number
				wrong = append(wrong, "9"+o.Max)
			}
			for _, value := range wrong {
				if err := open(value); err == nil || !strings.Contains(err.Error(), "option "+o.Name+"="+value) {
					t.Errorf("%s: %s=%s is taken, or refused in another name: %v", d.Scheme, o.Name, value, err)
				}
			}
		}
	}
}

// An option that is in no table is refused, and the error names those that are.
func TestNoOptionBesides(t *testing.T) {
	for _, d := range drivers.Table() {
		scheme, _, _ := strings.Cut(d.Example, "?")
		_, err := drivers.Open(scheme+"?zzzzzz=1", drivers.Env{Clock: clock.NewVirtual()})
		want := strings.Join(append(setting.Names(d.Options()), setting.Names(drivers.Shared())...), ", ")
		if err == nil || !strings.HasSuffix(err.Error(), ": want "+want) {
			t.Errorf("%s: %v does not say %s", d.Scheme, err, want)
		}
	}
}

func TestOpenHidesPasswords(t *testing.T) {
	for _, url := range []string{
		"embedded://user:hunter2@host", "//user:hunter2@host", "embedded://user:hunter2@ho st/%zz",
	} {
		if _, err := drivers.Open(url, drivers.Env{}); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: got %v", url, err)
		}
	}
}
