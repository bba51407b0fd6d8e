package scenarios_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"kvbench/internal/bench"
	"kvbench/internal/record"
	"kvbench/scenarios"
)

// A phrase begins with a verb in the third person, so that it makes a clause with the
// name of a variant, and says once how often, of what: "loses {share} of updates".
var phrase = regexp.MustCompile(`^[a-z]+s .*\{share\} of (?:its )?([a-z -]+?)(?: (?:on|beside|refused)\b.*)?$`)

// Every anomaly says what a variant does that has it, as a share of what it is a share
// of: of a series or an outcome of its pattern, in the plural.
func TestAnomaliesSay(t *testing.T) {
	plurals := map[string]string{"pages": "listings", "fetch": "fetches", "live": "live answers", "served-origin": "responses", "invocation": "invocations"}
	for _, p := range scenarios.Patterns() {
		of := p.AllOutcomes()
		for _, s := range p.Series() {
			of = append(of, s.Name)
		}
		for _, s := range p.Observes {
			r := s.Record()
			if _, anomaly := s.(*bench.Anomaly); !anomaly {
				if r.Of != "" || r.Says != "" {
					t.Errorf("%s: the %s %s is a share: %+v", p.Name, s.Class(), r.Name, r)
				}
				continue
			}
			want := plurals[r.Of]
			if want == "" {
				want = r.Of + "s"
			}
			parts := phrase.FindStringSubmatch(r.Says)
			if r.Of == "response" && p.Fields != nil { // of which a Worker has one each invocation
				want = "invocations"
			}
			if parts == nil || strings.Count(r.Says, "{share}") != 1 || parts[1] != want {
				t.Errorf("%s: %s says %q; want a verb, and {share} of %s once", p.Name, r.Name, r.Says, want)
			}
			if !slices.Contains(of, r.Of) {
				t.Errorf("%s: %s is a share of %q, which it does not have", p.Name, r.Name, r.Of)
			}
		}
	}
}

// A pattern observes nothing under a name that is taken, or without words.
func TestObservedNames(t *testing.T) {
	for _, p := range scenarios.Patterns() {
		taken := map[string]bool{}
		for i, s := range p.Series() {
			if s.Name == "" || s.Unit == "" || s.Doc == "" || taken[s.Name] {
				t.Errorf("%s: %+v", p.Name, s)
			}
			taken[s.Name] = true
			if i >= record.FirstMark && s.Mark == (p.Observes[i-record.FirstMark].Class() == "call") {
				t.Errorf("%s: %s is no %s in the run file", p.Name, s.Name, p.Observes[i-record.FirstMark].Class())
			}
		}
	}
}
