package command

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kvbench/drivers"
	"kvbench/drivers/embedded"
	"kvbench/drivers/fault"
	"kvbench/internal/bench"
	"kvbench/internal/clock"
	"kvbench/internal/expect"
	"kvbench/internal/runfile"
	"kvbench/internal/scenariofile"
	"kvbench/internal/secret"
	"kvbench/internal/setting"
	"kvbench/internal/suggest"
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
	file      string           // the scenarios'; empty where none was read
}

type listedPattern struct {
	Name      string            `json:"name"`
	Doc       string            `json:"doc"`
	Published string            `json:"published"` // the variant that does what the pattern's source does
	Variants  []listedVariant   `json:"variants"`
	Outcomes  []bench.Outcome   `json:"outcomes"`
	Series    []listedSeries    `json:"series"` // beside those that every pattern has
	Models    []string          `json:"models"` // what of its latencies is drawn from a distribution, whatever the store is
	Settings  []setting.Setting `json:"settings"`
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
	Scheme       string            `json:"scheme"`
	Doc          string            `json:"doc"`
	Example      string            `json:"example"`
	Capabilities kv.Capabilities   `json:"traits"`   // of the example
	Options      []setting.Setting `json:"options"`  // those of every driver too
	Secrets      []string          `json:"secrets"`  // environment variables that it takes one from
	Profiles     []listedProfile   `json:"profiles"` // of latency; what its option profile may be
	own          int               // so many of Options are its own
}

// listedProfile is how long calls take, by their percentiles.
type listedProfile struct {
	Name  string `json:"name"`
	Hot   string `json:"hot"`
	Cold  string `json:"cold"`
	List  string `json:"list"`
	Write string `json:"write"`
}

// listedFault is a profile of drivers/fault, for the option fault of any driver.
type listedFault struct {
	Name    string `json:"name"`
	Doc     string `json:"doc"`
	Figures string `json:"figures"` // its defaults in a phrase
	Source  string `json:"source"`  // where they come from
}

type listedScenario struct {
	Name     string `json:"name"`
	Pattern  string `json:"pattern"`
	Question string `json:"question"`
	Points   int    `json:"points,omitempty"` // of its sweep
	Finds    string `json:"finds,omitempty"`  // what it looks for
	yaml     string // its definition
}

func newList(secrets *secret.Set, table []kv.Driver) *cobra.Command {
	var asJSON, asMarkdown bool
	c := &cobra.Command{
		Use:   "list [NAME] [scenarios.yaml]",
		Short: "List patterns, drivers, faults and scenarios, or tell all of one",
		Long: `List the patterns, the drivers with their faults, and the scenarios of a file. With the
NAME of one of them, tell all of it: what a pattern's variants do, how its transactions end,
what it observes and can be set; what options a driver has; how a scenario is defined.
"drivers" stands for all of them, "figures" for what every variant has, "apis" for what a
Worker of your own finds, "findings" for what the detector looks for.`,
		Example: "  kvbench list\n  kvbench list coalesce\n  kvbench list embedded\n  kvbench list --json my.yaml",
		Args:    cobra.MaximumNArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			l, err := newListing(table)
			if err != nil {
				return err
			}
			name, files := l.split(args)
			if l.find(name) == nil || len(files) > 0 { // a pattern is told whatever the file is
				file, err := loadFile(c.Context(), files, c.ErrOrStderr(), secrets)
				if err != nil {
					return err
				}
				l.read(file)
			}
			about := l.find(name)
			switch {
			case name != "" && about == nil:
				return usage(fmt.Errorf("there is no pattern, driver, fault, scenario or file %q; %s", name, suggest.Mean(name, "there are", l.names())))
			case asMarkdown:
				return l.printMarkdown(c.OutOrStdout(), name)
			case asJSON && name != "":
				return writeJSON(c.OutOrStdout(), about)
			case asJSON:
				return writeJSON(c.OutOrStdout(), l)
			}
			out, done := folded(c.OutOrStdout())
			defer done()
			if name == "" {
				l.print(out)
			} else {
				l.tell(out, about)
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	c.Flags().BoolVar(&asMarkdown, "markdown", false, "print the patterns, drivers, apis or findings as the documents have them")
	c.MarkFlagsMutuallyExclusive("json", "markdown")
	return c
}

// The names of what is told together.
const (
	driversTopic = "drivers"
	figuresTopic = "figures"
)

// split parts the arguments into a name and a file: what is named like a file, or is one,
// and has no name here is the file.
func (l *listing) split(args []string) (name string, files []string) {
	for _, a := range args {
		_, absent := os.Stat(a)
		like := strings.ContainsAny(a, `/\`) || slices.Contains([]string{".yaml", ".yml"}, filepath.Ext(a)) || absent == nil
		if name != "" || files == nil && like && l.find(a) == nil {
			files = append(files, a)
			continue
		}
		name = a
	}
	return name, files
}

// find returns what is called so: a listedPattern, and so on, or all drivers or figures;
// nil where nothing is.
func (l *listing) find(name string) any {
	for i := range l.Patterns {
		if l.Patterns[i].Name == name {
			return &l.Patterns[i]
		}
	}
	switch name {
	case driversTopic:
		return l.Drivers
	case figuresTopic:
		return l.Figures
	case apisTopic:
		return listAPIs()
	case findingsTopic:
		return listFindings()
	}
	for i := range l.Drivers {
		if l.Drivers[i].Scheme == name {
			return &l.Drivers[i]
		}
	}
	for i := range l.Faults {
		if l.Faults[i].Name == name {
			return &l.Faults[i]
		}
	}
	for i := range l.Scenarios {
		if l.Scenarios[i].Name == name {
			return &l.Scenarios[i]
		}
	}
	return nil
}

// names are all that find knows.
func (l *listing) names() []string {
	names := []string{driversTopic, figuresTopic, apisTopic, findingsTopic}
	for _, p := range l.Patterns {
		names = append(names, p.Name)
	}
	for _, d := range l.Drivers {
		names = append(names, d.Scheme)
	}
	for _, f := range l.Faults {
		names = append(names, f.Name)
	}
	for _, s := range l.Scenarios {
		names = append(names, s.Name)
	}
	return names
}

// read adds the scenarios of a file.
func (l *listing) read(file *scenariofile.File) {
	l.file = file.Name
	for _, s := range file.Scenarios {
		if last := len(l.Scenarios) - 1; last >= 0 && l.Scenarios[last].Name == s.Name {
			l.Scenarios[last].Points++
			continue
		}
		l.Scenarios = append(l.Scenarios, listedScenario{s.Name, s.Pattern.Name, s.Question, min(len(s.Point), 1), finds(&s), s.YAML})
	}
}

// finds is what a scenario looks for; empty where that is nothing.
func finds(s *bench.Scenario) string {
	if s.Find == nil {
		return ""
	}
	return runfile.MaxRate
}

// newListing lists all but the scenarios.
func newListing(table []kv.Driver) (*listing, error) {
	l := &listing{}
	for _, p := range scenarios.Patterns() {
		l.Patterns = append(l.Patterns, listPattern(p))
	}
	for _, d := range table {
		own := drivers.Own(&d)
		store, err := drivers.OpenWith(table, d.Example, drivers.Env{Clock: clock.NewVirtual()})
		if err != nil {
			return nil, err
		}
		listed := listedDriver{
			Scheme: d.Scheme, Doc: d.Doc, Example: d.Example, Capabilities: store.Capabilities(),
			Options: append(own, drivers.Shared()...), own: len(own), Secrets: append([]string{}, d.Secrets...), Profiles: []listedProfile{},
		}
		if d.Scheme == embedded.Scheme {
			for _, p := range embedded.Profiles() {
				listed.Profiles = append(listed.Profiles, listedProfile{p.Name, p.Hot.String(), p.Cold.String(), p.List.String(), p.Write.String()})
			}
		}
		l.Drivers = append(l.Drivers, listed)
		if err := store.Close(); err != nil {
			return nil, err
		}
	}
	for _, p := range fault.Profiles() {
		l.Faults = append(l.Faults, listedFault{p.Name, p.Doc, p.String(), p.Source})
	}
	l.Figures = expect.Figures()
	return l, nil
}

func listPattern(p *bench.Pattern) listedPattern {
	out := listedPattern{Name: p.Name, Doc: p.Doc, Published: p.Published, Outcomes: p.Outcomes, Models: append([]string{}, p.Models...), Settings: scenariofile.PatternSettings(p)}
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
