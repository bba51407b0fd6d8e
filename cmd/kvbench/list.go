package main

import (
	"fmt"
	"io"
	"strings"

	"kvbench/drivers"
	"kvbench/drivers/fault"
	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/compare"
	"kvbench/internal/printable"
	"kvbench/internal/record"
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
	Figures   []compare.Figure `json:"figures"` // of every variant, beside its series
	Scenarios []listedScenario `json:"scenarios"`
}

type listedPattern struct {
	Name      string          `json:"name"`
	Doc       string          `json:"doc"`
	Published string          `json:"published"` // the variant that does what the pattern's source does
	Variants  []listedVariant `json:"variants"`
	Outcomes  []string        `json:"outcomes"`
	Marks     []listedMark    `json:"marks"`
	Calls     []listedCall    `json:"calls"`  // what else it times and counts, and marks can be a share of
	Models    []string        `json:"models"` // what of its latencies is drawn from a distribution, whatever the store is
}

type listedVariant struct {
	Name string `json:"name"`
	Doc  string `json:"doc"`
}

type listedMark struct {
	Name string `json:"name"`
	Unit string `json:"unit"`
	Of   string `json:"of"`
	Doc  string `json:"doc"`
}

type listedDriver struct {
	Scheme  string    `json:"scheme"`
	Doc     string    `json:"doc"`
	Example string    `json:"example"`
	Traits  kv.Traits `json:"traits"` // of the example
}

type listedCall struct {
	Name string `json:"name"`
	Unit string `json:"unit"`
	Doc  string `json:"doc"`
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
		Short: "List patterns, variants, marks, drivers and scenarios",
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

func newListing(file *scenarios.File) (*listing, error) {
	l := &listing{}
	for _, p := range scenarios.Patterns() {
		l.Patterns = append(l.Patterns, listPattern(p))
	}
	for _, d := range drivers.Table() {
		store, err := drivers.Open(d.Example, drivers.Env{Clock: clock.NewVirtual()})
		if err != nil {
			return nil, err
		}
		l.Drivers = append(l.Drivers, listedDriver{d.Scheme, d.Doc, d.Example, store.Traits()})
		if err := store.Close(); err != nil {
			return nil, err
		}
	}
	for _, p := range fault.Profiles() {
		l.Faults = append(l.Faults, listedFault{p.Name, p.Doc})
	}
	l.Figures = compare.Figures()
	for _, s := range file.Scenarios {
		l.Scenarios = append(l.Scenarios, listedScenario{s.Name, s.Pattern.Name, s.Question})
	}
	return l, nil
}

func listPattern(p *bench.Pattern) listedPattern {
	out := listedPattern{Name: p.Name, Doc: p.Doc, Published: p.Published, Outcomes: p.Outcomes, Calls: []listedCall{}, Models: append([]string{}, p.Models...)}
	for _, v := range p.Variants {
		out.Variants = append(out.Variants, listedVariant(v))
	}
	for _, m := range p.Marks {
		out.Marks = append(out.Marks, listMark(m))
	}
	for _, c := range p.Calls {
		out.Calls = append(out.Calls, listedCall{c.Name, c.Unit, c.Doc})
	}
	return out
}

func listMark(m record.Series) listedMark { return listedMark{m.Name, m.Unit, m.Of, m.Doc} }

// markdown prints docs/patterns.md.
func (l *listing) markdown(w io.Writer) {
	fmt.Fprint(w, "# Patterns\n\nMade by `kvbench list --markdown`; a test keeps it in step with the code.\n\n"+
		"A transaction is one logical operation of a pattern and ends in one outcome. A mark counts and sizes what went\n"+
		"wrong, as a share of a series or an outcome. A series is a kind of calls of the store, or what a pattern times or counts\n"+
		"beside them. The variant that does what the pattern's published example does, mistakes included, is marked \"as published\".\n")
	for _, p := range l.Patterns {
		fmt.Fprintf(w, "\n## %s\n\n%s\n\nOutcomes: %s.\n\n| variant | what it does |\n|---|---|\n", p.Name, p.Doc, strings.Join(p.Outcomes, ", "))
		for _, v := range p.Variants {
			published := ""
			if v.Name == p.Published {
				published = ", as published"
			}
			fmt.Fprintf(w, "| `%s`%s | %s |\n", v.Name, published, v.Doc)
		}
		fmt.Fprint(w, "\n| mark | share of | unit | one value of it |\n|---|---|---|---|\n")
		for _, m := range p.Marks {
			fmt.Fprintf(w, "| `%s` | %s | %s | %s |\n", m.Name, m.Of, m.Unit, m.Doc)
		}
		if len(p.Calls) > 0 {
			fmt.Fprint(w, "\n| series | unit | one value of it |\n|---|---|---|\n")
			for _, c := range p.Calls {
				fmt.Fprintf(w, "| `%s` | %s | %s |\n", c.Name, c.Unit, c.Doc)
			}
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
		fmt.Fprintf(w, "  as published %s\n  outcomes %s\n", p.Published, strings.Join(p.Outcomes, ", "))
		for _, m := range p.Marks {
			of := ""
			if m.Of != "" {
				of = "; its share is of all " + m.Of
			}
			fmt.Fprintf(w, "  mark     %-20s %s%s\n", m.Name, m.Doc, of)
		}
		for _, c := range p.Calls {
			fmt.Fprintf(w, "  series   %-20s %s\n", c.Name, c.Doc)
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
