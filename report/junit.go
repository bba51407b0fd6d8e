package report

import (
	"encoding/xml"
	"fmt"
)

// The parts of JUnit's XML that its readers agree on.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Facts    []junitFact `xml:"properties>property"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitFact struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Suite   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Failure *junitProblem `xml:"failure"`
		Error   *junitProblem `xml:"error"`
		Output  string        `xml:"system-out,omitempty"`
	}
	junitProblem struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// asJUnit writes the expectations of a run for a CI server: a test suite for
// each scenario, a test case for each expectation of each variant, with what
// was measured, and one with an error for each variant that did not run to its
// end.
func (s *Summary) asJUnit() ([]byte, error) {
	out := junitSuites{Name: "kvbench"}
	for i := range s.Scenarios {
		suite := s.Scenarios[i].junit()
		out.Tests += suite.Tests
		out.Failures += suite.Failures
		out.Errors += suite.Errors
		out.Suites = append(out.Suites, suite)
	}
	text, err := xml.MarshalIndent(out, "", "  ")
	return append([]byte(xml.Header), append(text, '\n')...), err
}

func (s *Scenario) junit() junitSuite {
	suite := junitSuite{Name: s.Name, Facts: []junitFact{
		{"clock", s.Clock}, {"driver", s.Driver}, {"latency", measuredOrModelled(s.Modelled)},
	}}
	for _, v := range s.Variants {
		if !v.Complete || v.Errored != "" {
			suite.Errors++
			why := v.Errored
			if why == "" {
				why = "it was cut off"
			}
			suite.Cases = append(suite.Cases, junitCase{Suite: s.Name, Name: v.Name + " runs to its end", Error: &junitProblem{Message: why}})
		}
	}
	for _, e := range s.Expectations {
		c := junitCase{Suite: s.Name, Name: e.Expect, Output: e.Have}
		if e.Variant != "" {
			c.Name += " (" + e.Variant + ")"
		}
		if !e.OK {
			suite.Failures++
			c.Failure = &junitProblem{
				Message: fmt.Sprintf("%s: have %s, want %s", e.Variant, e.Have, e.Want),
				Text:    fmt.Sprintf("expect %s\nhave   %s\nwant   %s\nscenario %s: %s", e.Expect, e.Have, e.Want, s.Name, s.Question),
			}
		}
		suite.Cases = append(suite.Cases, c)
	}
	suite.Tests = len(suite.Cases)
	return suite
}
