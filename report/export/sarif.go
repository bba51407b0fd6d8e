package export

import (
	"encoding/json"
	"net/url"
	"path"
	"path/filepath"

	"kvbench/internal/answer"
	"kvbench/internal/runfile"
)

// The parts of SARIF 2.1.0 that are written
// (docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html).
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID      string       `json:"id"`
		Short   sarifText    `json:"shortDescription"`
		Help    sarifText    `json:"help"`
		Default sarifDefault `json:"defaultConfiguration"`
	}
	sarifDefault struct {
		Level string `json:"level"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID       string             `json:"ruleId"`
		RuleIndex    int                `json:"ruleIndex"`
		Level        string             `json:"level"`
		Message      sarifText          `json:"message"`
		Occurrences  uint64             `json:"occurrenceCount"`
		Locations    []sarifLocation    `json:"locations,omitempty"`
		Related      []sarifLocation    `json:"relatedLocations,omitempty"`
		Flows        []sarifFlow        `json:"codeFlows,omitempty"`
		Suppressions []sarifSuppression `json:"suppressions,omitempty"`
		Properties   map[string]any     `json:"properties,omitempty"`
	}
	sarifSuppression struct {
		Kind string `json:"kind"`
	}
	sarifLocation struct {
		ID       *int           `json:"id,omitempty"`
		Physical *sarifPhysical `json:"physicalLocation,omitempty"`
		Message  *sarifText     `json:"message,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI  string `json:"uri"`
		Base string `json:"uriBaseId"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
	}
	sarifFlow struct {
		Message sarifText         `json:"message"`
		Threads []sarifThreadFlow `json:"threadFlows"`
	}
	sarifThreadFlow struct {
		ID        string          `json:"id"`
		Message   sarifText       `json:"message"`
		Locations []sarifFlowStep `json:"locations"`
	}
	sarifFlowStep struct {
		Location sarifLocation `json:"location"`
		Order    int           `json:"executionOrder"`
	}
)

// levels are those of SARIF by the group of a finding.
var levels = map[string]string{runfile.HazardGroup: "warning", runfile.StalenessGroup: "warning", runfile.AdviceGroup: "note"}

// SARIF writes what detectors found, for a code host to show at the line: a rule for each
// kind, a result for each finding of each variant, suppressed ones as such. A finding that
// an expectation forbids is an error; another hazard, or staleness that is limited, a
// warning; advice a note.
func SARIF(a *answer.Answer) ([]byte, error) {
	run := sarifRun{
		Tool:       sarifTool{sarifDriver{Name: "kvbench", Version: a.Set.Run.Header.Version, Rules: []sarifRule{}}},
		ColumnKind: "utf16CodeUnits", Results: []sarifResult{},
	}
	rules := map[string]int{}
	for i := range a.Scenarios {
		s := &a.Scenarios[i]
		for _, f := range s.Findings(true) {
			rule, ok := rules[f.ID]
			if !ok {
				rule = len(rules)
				rules[f.ID] = rule
				run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{
					ID: f.ID, Short: sarifText{f.Doc}, Help: sarifText{f.Do}, Default: sarifDefault{levels[f.Group]},
				})
			}
			run.Results = append(run.Results, sarifOf(s, &f, rule))
		}
	}
	text, err := json.MarshalIndent(sarifLog{
		Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run},
	}, "", "  ")
	return append(text, '\n'), err
}

func sarifOf(s *answer.Scenario, f *answer.Finding, rule int) sarifResult {
	out := sarifResult{
		RuleID: f.ID, RuleIndex: rule, Level: levels[f.Group], Occurrences: f.Count,
		Message:    sarifText{f.ID + ": " + f.Often() + ". " + sentence(f.Doc) + " (" + f.Sizes() + "). " + sentence(f.Do) + "."},
		Properties: map[string]any{"scenario": s.Def.Name, "variant": f.Variant},
	}
	if f.Broken != "" {
		out.Level = "error"
		out.Message.Text += " It is forbidden: " + f.Broken
	}
	if at := place(f, f.Site); at != nil {
		out.Locations = []sarifLocation{{Physical: at}}
	}
	if at := place(f, f.Other); at != nil {
		id := 1
		out.Related = []sarifLocation{{ID: &id, Physical: at, Message: &sarifText{"the other line that is involved"}}}
	}
	if f.Suppressed {
		out.Suppressions = []sarifSuppression{{Kind: "inSource"}}
	}
	out.Flows = flows(f)
	return out
}

// flows is its example: a thread for each invocation, its steps in the order of time.
func flows(f *answer.Finding) []sarifFlow {
	e := f.Example
	if e == nil {
		return nil
	}
	flow := sarifFlow{Message: sarifText{"how one came about, in virtual or measured time"}}
	for i := range e.Actors {
		a := &e.Actors[i]
		thread := sarifThreadFlow{ID: answer.ActorName(a), Message: sarifText{a.Role}}
		for j := range a.Steps {
			step := &a.Steps[j]
			thread.Locations = append(thread.Locations, sarifFlowStep{
				Location: sarifLocation{Physical: place(f, step.Site), Message: &sarifText{answer.StepWords(step)}},
				Order:    orderOf(e, step),
			})
		}
		if len(thread.Locations) > 0 {
			flow.Threads = append(flow.Threads, thread)
		}
	}
	if flow.Threads == nil {
		return nil
	}
	return []sarifFlow{flow}
}

// orderOf is the place of a step among those of all invocations, by when it ended.
func orderOf(e *runfile.Example, step *runfile.FindingStep) (n int) {
	for i := range e.Actors {
		for j := range e.Actors[i].Steps {
			if e.Actors[i].Steps[j].End < step.End {
				n++
			}
		}
	}
	return n
}

// root is what code hosts take for the root of the repository.
const root = "%SRCROOT%"

// place is a site of a finding; nil where there is none. Its file is told from the root of
// the repository, as a code host knows no other folder.
func place(f *answer.Finding, s runfile.Site) *sarifPhysical {
	if s.File == "" {
		return nil
	}
	file := path.Join(f.Sources, filepath.ToSlash(s.File))
	out := &sarifPhysical{Artifact: sarifArtifact{(&url.URL{Path: file}).String(), root}}
	if s.Line > 0 {
		out.Region = &sarifRegion{s.Line, s.Column}
	}
	return out
}

// sentence begins a text with a capital.
func sentence(text string) string {
	if text != "" && 'a' <= text[0] && text[0] <= 'z' {
		return string(text[0]-'a'+'A') + text[1:]
	}
	return text
}
