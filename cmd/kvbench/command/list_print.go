package command

import (
	"fmt"
	"io"
	"strings"

	"kvbench/drivers"
	"kvbench/internal/expect"
	"kvbench/internal/printable"
	"kvbench/internal/record"
	"kvbench/internal/setting"
)

// listWidth is how wide a list is, in characters, where no terminal is narrower.
const listWidth = 100

// print lists everything in short, so that it fits a screen.
func (l *listing) print(w io.Writer) {
	fmt.Fprintln(w, "PATTERNS   kvbench list PATTERN tells the variants, what is observed and what can be set")
	for _, p := range l.Patterns {
		entry(w, fmt.Sprintf("  %-11s %d variants  ", p.Name, len(p.Variants)), p.Doc)
	}
	fmt.Fprintln(w, "\nDRIVERS    kvbench list DRIVER tells the options")
	for _, d := range l.Drivers {
		entry(w, fmt.Sprintf("  %-11s %2d options  ", d.Scheme, len(d.Options)), d.Doc)
	}
	var faults []string
	for _, f := range l.Faults {
		faults = append(faults, f.Name)
	}
	entry(w, "  fault=...   of any      ", strings.Join(faults, ", "))
	fmt.Fprintf(w, "\nSCENARIOS  of %s; kvbench list SCENARIO tells its definition\n", printable.Line(l.file))
	for _, p := range l.Patterns {
		var names []string
		for _, s := range l.Scenarios {
			if s.Pattern == p.Name {
				names = append(names, s.label())
			}
		}
		if names != nil {
			entry(w, fmt.Sprintf("  %-11s %-12s ", p.Name, ""), strings.Join(names, ", "))
		}
	}
}

// label is its name, with how many points its sweep has.
func (s *listedScenario) label() string {
	switch {
	case s.Finds != "":
		return fmt.Sprintf("%s (finds %s)", s.Name, s.Finds)
	case s.Points == 0:
		return s.Name
	}
	return fmt.Sprintf("%s (%s)", s.Name, counted(s.Points, "point"))
}

// entry writes a text behind its head, and what does not fit the line below its beginning.
func entry(w io.Writer, head, text string) {
	line, indent := head, strings.Repeat(" ", len([]rune(head)))
	empty, most := true, listWidth
	if columns := width(w); columns > 0 {
		most = min(most, columns)
	}
	for word := range strings.FieldsSeq(text) {
		if !empty && len([]rune(line))+len([]rune(word)) >= most {
			fmt.Fprintln(w, strings.TrimRight(line, " "))
			line = indent
			empty = true
		}
		if !empty {
			line += " "
		}
		line, empty = line+word, false
	}
	fmt.Fprintln(w, strings.TrimRight(line, " "))
}

// tell tells all of what find has found.
func (l *listing) tell(w io.Writer, about any) {
	switch x := about.(type) {
	case *listedPattern:
		x.tell(w)
		var names []string
		for _, s := range l.Scenarios {
			if s.Pattern == x.Name {
				names = append(names, s.Name)
			}
		}
		if names != nil {
			fmt.Fprintln(w, "\nSCENARIOS")
			entry(w, "  ", strings.Join(names, ", "))
		}
	case *listedDriver:
		x.tell(w, x.Options)
	case []listedDriver:
		for i := range x {
			if i > 0 {
				fmt.Fprintln(w)
			}
			x[i].tell(w, x[i].Options[:x[i].own])
		}
		fmt.Fprintln(w, "\nOPTIONS    of every driver")
		printSettings(w, drivers.Shared())
		fmt.Fprintln(w, "\nFAULTS     kvbench list FAULT tells its figures")
		for _, f := range l.Faults {
			entry(w, fmt.Sprintf("  %-15s ", f.Name), f.Doc)
		}
	case *listedFault:
		fmt.Fprintf(w, "fault=%s\n", x.Name)
		entry(w, "  ", x.Doc)
		entry(w, "  by default: ", x.Figures)
		if x.Source != "" {
			entry(w, "  ", x.Source)
		}
	case []expect.Figure:
		for _, s := range record.Standard() {
			entry(w, fmt.Sprintf("series %-16s ", s.Name), s.Doc)
		}
		for _, f := range x {
			of := ""
			if f.Of != "" {
				of = "; its share is of all " + f.Of
			}
			entry(w, fmt.Sprintf("figure %-16s ", f.Name), f.Doc+of)
		}
	case []listedAPI:
		tellAPIs(w, x)
	case []listedFinding:
		tellFindings(w, x)
	case *listedScenario:
		fmt.Fprintf(w, "%s  of %s\n%s\n\n", x.label(), x.Pattern, printable.Line(x.Question))
		fmt.Fprintln(w, strings.TrimRight(printable.Text(x.yaml), "\n"))
	}
}

func (p *listedPattern) tell(w io.Writer) {
	entry(w, p.Name+"  ", p.Doc)
	fmt.Fprintln(w, "\nVARIANTS   the one marked * does what the published example does, mistakes included")
	for _, v := range p.Variants {
		mark := " "
		if v.Name == p.Published {
			mark = "*"
		}
		entry(w, fmt.Sprintf("%s %-22s ", mark, v.Name), v.Doc)
	}
	fmt.Fprintf(w, "\nOUTCOMES   %s, error\n", p.outcomes())
	fmt.Fprintln(w, "\nOBSERVED   beside what every pattern has, which kvbench list figures tells")
	for _, s := range p.Series {
		of := ""
		if s.Of != "" {
			of = "; its share is of all " + s.Of
		}
		entry(w, fmt.Sprintf("  %-8s%-22s ", s.Class, s.Name), s.Doc+of)
	}
	for _, m := range p.Models {
		entry(w, "  modelled ", m)
	}
	fmt.Fprintln(w, "\nSETTINGS   in with: of a scenario")
	printSettings(w, p.Settings)
}

// tell tells all of the driver, with these of its options.
func (d *listedDriver) tell(w io.Writer, options []setting.Setting) {
	entry(w, d.Scheme+"  ", d.Doc)
	fmt.Fprintf(w, "  such as %s\n", d.Example)
	for _, name := range d.Secrets {
		fmt.Fprintf(w, "  with the secret of the environment variable %s\n", name)
	}
	fmt.Fprintln(w, "\nOPTIONS    of the URL, ?option=value&option=value")
	printSettings(w, options)
	if len(d.Profiles) == 0 {
		return
	}
	fmt.Fprintln(w, "\nPROFILES   how long calls take, by their percentiles")
	for _, p := range d.Profiles {
		head := p.Name
		for _, part := range [][2]string{{"hot", p.Hot}, {"cold", p.Cold}, {"list", p.List}, {"write", p.Write}} {
			if part[1] != "" {
				fmt.Fprintf(w, "  %-9s %-6s %s\n", head, part[0], part[1])
				head = ""
			}
		}
		if head != "" {
			fmt.Fprintf(w, "  %-9s no time\n", head)
		}
	}
}

// printSettings writes what can be set: each name with what may be given and the default, and
// below it what it means.
func printSettings(w io.Writer, all []setting.Setting) {
	for i := range all {
		s := &all[i]
		entry(w, fmt.Sprintf("  %-18s ", s.Name), s.Value()+"; default "+s.Unset())
		entry(w, strings.Repeat(" ", 23), s.Doc)
	}
}
