package main

import (
	"fmt"
	"io"
	"strings"

	"kvbench/drivers"
	"kvbench/drivers/fault"
	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/expect"
	"kvbench/internal/printable"
	"kvbench/internal/scenariofile"
	"kvbench/internal/secret"
	"kvbench/kv"
	"kvbench/scenarios"

	"github.com/spf13/cobra"
)

// listing is what `kvbench list --json` prints.
type listing struct {
	Patterns  []listedPattern  `json:"patterns"`
	Drivers   []listedDriver   `json:"drivers"`
	Faults    []listedFault    `json:"faults"`
	Figures   []expect.Figure  `json:"figures"` // of every variant, beside its series
	Scenarios []listedScenario `json:"scenarios"`
}

type listedPattern struct {
	Name      string          `json:"name"`
	Doc       string          `json:"doc"`
	Published string          `json:"published"` // the variant that does what the pattern's source does
	Variants  []listedVariant `json:"variants"`
	Outcomes  []bench.Outcome `json:"outcomes"`
	Series    []listedSeries  `json:"series"` // beside those that every pattern has
	Models    []string        `json:"models"` // what of its latencies is drawn from a distribution, whatever the store is
}

type listedVariant struct {
	Name string `json:"name"`
	Doc  string `json:"doc"`
}

type listedSeries struct {
	Name  string `json:"name"`
	Class string `json:"class"` // "anomaly", "gauge" or "call"
	Unit  string `json:"unit"`
	Of    string `json:"of"`   // of an anomaly
	Says  string `json:"says"` // of an anomaly
	Doc   string `json:"doc"`
}

type listedDriver struct {
	Scheme       string          `json:"scheme"`
	Doc          string          `json:"doc"`
	Example      string          `json:"example"`
	Capabilities kv.Capabilities `json:"traits"` // of the example
}

// listedFault is a profile of drivers/fault, for the option fault of any driver.
type listedFault struct {
	Name string `json:"name"`
	Doc  string `json:"doc"`
}

type listedScenario struct {
	Name     string `json:"name"`
	Pattern  string `json:"pattern"`
	Question string `json:"question"`
}

func newList(secrets *secret.Set) *cobra.Command {
	var asJSON, asMarkdown bool
	c := &cobra.Command{
		Use:   "list [scenarios.yaml]",
		Short: "List patterns, variants, what they observe, drivers and scenarios",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			file, err := loadFile(c.Context(), args, c.ErrOrStderr(), secrets)
			if err != nil {
				return err
			}
			l, err := newListing(file)
			if err != nil {
				return err
			}
			switch {
			case asMarkdown:
				l.markdown(c.OutOrStdout())
			case asJSON:
				return writeJSON(c.OutOrStdout(), l)
			default:
				l.print(c.OutOrStdout())
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	c.Flags().BoolVar(&asMarkdown, "markdown", false, "print the patterns as docs/patterns.md has them")
	c.MarkFlagsMutuallyExclusive("json", "markdown")
	return c
}

func newListing(file *scenariofile.File) (*listing, error) {
	l := &listing{}
	for _, p := range scenarios.Patterns() {
		l.Patterns = append(l.Patterns, listPattern(p))
	}
	for _, d := range drivers.Table() {
		store, err := drivers.Open(d.Example, drivers.Env{Clock: clock.NewVirtual()})
		if err != nil {
			return nil, err
		}
		l.Drivers = append(l.Drivers, listedDriver{d.Scheme, d.Doc, d.Example, store.Capabilities()})
		if err := store.Close(); err != nil {
			return nil, err
		}
	}
	for _, p := range fault.Profiles() {
		l.Faults = append(l.Faults, listedFault{p.Name, p.Doc})
	}
	l.Figures = expect.Figures()
	for _, s := range file.Scenarios {
		l.Scenarios = append(l.Scenarios, listedScenario{s.Name, s.Pattern.Name, s.Question})
	}
	return l, nil
}

func listPattern(p *bench.Pattern) listedPattern {
	out := listedPattern{Name: p.Name, Doc: p.Doc, Published: p.Published, Outcomes: p.Outcomes, Models: append([]string{}, p.Models...)}
	for _, v := range p.Variants {
		out.Variants = append(out.Variants, listedVariant{v.Name, v.Doc})
	}
	for _, s := range p.Observes {
		r := s.Record()
		out.Series = append(out.Series, listedSeries{r.Name, s.Class(), r.Unit, r.Of, r.Says, r.Doc})
	}
	return out
}

// outcomes are the names of the pattern's outcomes, in one line.
func (p *listedPattern) outcomes() string {
	names := make([]string, len(p.Outcomes))
	for i, o := range p.Outcomes {
		names[i] = string(o)
	}
	return strings.Join(names, ", ")
}

// markdown prints docs/patterns.md.
func (l *listing) markdown(w io.Writer) {
	fmt.Fprint(w, "# Patterns\n\nMade by `kvbench list --markdown`; a test keeps it in step with the code.\n\n"+
		"A transaction is one logical operation of a pattern and ends in one outcome. An anomaly counts and sizes what went\n"+
		"wrong, as a share of a series or an outcome; a gauge is a size that is neither right nor wrong; a call is something\n"+
		"that takes time beside the calls of the store. The variant that does what the pattern's published example does,\n"+
		"mistakes included, is marked \"as published\".\n\n"+
		"| pattern | variants | outcomes | anomalies and gauges |\n|---|---|---|---|\n")
	for _, p := range l.Patterns {
		var variants, observed []string
		for _, v := range p.Variants {
			variants = append(variants, v.Name)
		}
		for _, s := range p.Series {
			if s.Class != "call" {
				observed = append(observed, s.Name)
			}
		}
		fmt.Fprintf(w, "| [%s](#%[1]s) | %s | %s | %s |\n", p.Name, strings.Join(variants, ", "), p.outcomes(), strings.Join(observed, ", "))
	}
	for _, p := range l.Patterns {
		fmt.Fprintf(w, "\n## %s\n\n%s\n\nOutcomes: %s.\n\n| variant | what it does |\n|---|---|\n", p.Name, p.Doc, p.outcomes())
		for _, v := range p.Variants {
			published := ""
			if v.Name == p.Published {
				published = ", as published"
			}
			fmt.Fprintf(w, "| `%s`%s | %s |\n", v.Name, published, v.Doc)
		}
		fmt.Fprint(w, "\n| observed | class | share of | a variant that has it | unit | one value of it |\n|---|---|---|---|---|---|\n")
		for _, s := range p.Series {
			fmt.Fprintf(w, "| `%s` | %s | %s | %s | %s | %s |\n",
				s.Name, s.Class, s.Of, strings.ReplaceAll(s.Says, "{share}", "N%"), s.Unit, s.Doc)
		}
		for _, m := range p.Models {
			fmt.Fprintf(w, "\nModelled, whatever the store is: %s.\n", m)
		}
	}
}

func (l *listing) print(w io.Writer) {
	for _, p := range l.Patterns {
		fmt.Fprintf(w, "%s  %s\n", p.Name, p.Doc)
		for _, v := range p.Variants {
			fmt.Fprintf(w, "  variant  %-20s %s\n", v.Name, v.Doc)
		}
		fmt.Fprintf(w, "  as published %s\n  outcomes %s\n", p.Published, p.outcomes())
		for _, s := range p.Series {
			of := ""
			if s.Of != "" {
				of = "; its share is of all " + s.Of
			}
			fmt.Fprintf(w, "  %-8s %-20s %s%s\n", s.Class, s.Name, s.Doc, of)
		}
		for _, m := range p.Models {
			fmt.Fprintf(w, "  modelled %s\n", m)
		}
		fmt.Fprintln(w)
	}
	for _, d := range l.Drivers {
		fmt.Fprintf(w, "driver %s  %s\n  such as %s\n", d.Scheme, d.Doc, d.Example)
	}
	fmt.Fprintln(w)
	for _, f := range l.Faults {
		fmt.Fprintf(w, "fault %-17s %s\n", f.Name, f.Doc)
	}
	fmt.Fprintln(w)
	for _, f := range l.Figures {
		of := ""
		if f.Of != "" {
			of = "; its share is of all " + f.Of
		}
		fmt.Fprintf(w, "figure %-16s %s%s\n", f.Name, f.Doc, of)
	}
	fmt.Fprintln(w)
	for _, s := range l.Scenarios {
		fmt.Fprintf(w, "scenario %-32s %-12s %s\n", s.Name, s.Pattern, printable.Line(s.Question))
	}
}
