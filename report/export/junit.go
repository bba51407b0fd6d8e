package export

import (
	"encoding/xml"
	"fmt"

	"kvbench/internal/answer"
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
		Output   string      `xml:"system-out,omitempty"`
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

// JUnit writes the expectations of a run for a CI server: a test suite for each scenario,
// a test case for each expectation of each variant, with what was measured, one with an
// error for each variant that did not run to its end, and one with the choice. What a
// detector found is output of the suite: it fails nothing unless an expectation forbids it.
func JUnit(a *answer.Answer) ([]byte, error) {
	out := junitSuites{Name: "kvbench"}
	for i := range a.Scenarios {
		suite := junit(&a.Scenarios[i])
		out.Tests += suite.Tests
		out.Failures += suite.Failures
		out.Errors += suite.Errors
		out.Suites = append(out.Suites, suite)
	}
	text, err := xml.MarshalIndent(out, "", "  ")
	return append([]byte(xml.Header), append(text, '\n')...), err
}

func junit(s *answer.Scenario) junitSuite {
	name := s.Def.Name
	suite := junitSuite{Name: name, Facts: []junitFact{
		{"clock", s.Def.Clock}, {"driver", s.Def.Driver}, {"latency", string(s.Def.Latency())},
	}}
	for _, v := range s.Variants {
		if v.Missing != "" {
			suite.Errors++
			suite.Cases = append(suite.Cases, junitCase{Suite: name, Name: v.Name + " runs to its end", Error: &junitProblem{Message: v.Missing}})
		}
	}
	if s.Choice != nil {
		suite.Cases = append(suite.Cases, junitCase{Suite: name, Name: "choice", Output: s.Choice.Line()})
	}
	for _, e := range s.Expectations {
		c := junitCase{Suite: name, Name: e.Text + " (" + e.Variant + ")", Output: e.Have}
		if !e.OK {
			suite.Failures++
			c.Failure = &junitProblem{
				Message: fmt.Sprintf("%s: have %s, want %s", e.Variant, e.Have, e.Want),
				Text:    fmt.Sprintf("expect %s\nhave   %s\nwant   %s\nscenario %s: %s", e.Text, e.Have, e.Want, name, s.Def.Question),
			}
		}
		suite.Cases = append(suite.Cases, c)
	}
	suite.Output = findingsText(s)
	suite.Tests = len(suite.Cases)
	return suite
}
