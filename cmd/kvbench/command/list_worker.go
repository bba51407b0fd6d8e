package command

import (
	"fmt"
	"io"
	"strings"

	"kvbench/internal/detect"
	"kvbench/internal/isolate"
	"kvbench/internal/setting"
	"kvbench/internal/webapi"
)

// The topics of Workers of one's own.
const (
	apisTopic     = "apis"
	findingsTopic = "findings"
)

// listedAPI is an API of Workers.
type listedAPI struct {
	Name  string     `json:"name"`
	Group string     `json:"group"`
	How   webapi.How `json:"how"` // "as the standard has it", "limited" or "missing"
	Note  string     `json:"note,omitempty"`
}

func listAPIs() (out []listedAPI) {
	for _, e := range isolate.Table() {
		out = append(out, listedAPI{e.Name, e.Group, e.How, e.Note})
	}
	return out
}

// short says how far it is here, in a few words.
func (a *listedAPI) short() string {
	switch {
	case a.How == webapi.Standard:
		return string(a.How)
	case a.Note == "":
		return string(a.How)
	}
	return string(a.How) + ": " + a.Note
}

// groups parts APIs by their headings, which come one after the other.
func groups(all []listedAPI) (out [][]listedAPI) {
	for i := range all {
		if i == 0 || all[i].Group != all[i-1].Group {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], all[i])
	}
	return out
}

func tellAPIs(w io.Writer, all []listedAPI) {
	for i, group := range groups(all) {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintln(w, strings.ToUpper(group[0].Group))
		for _, a := range group {
			entry(w, fmt.Sprintf("  %-32s ", a.Name), a.short())
		}
	}
}

// markdownAPIs prints docs/workers-apis.md.
func markdownAPIs(w io.Writer, all []listedAPI) {
	fmt.Fprint(w, "# What a Worker finds\n\nMade by `kvbench list apis --markdown`; a test keeps it in step with the code, and others hold each line against\n"+
		"what runs. What is missing throws an error that names it when it is used. [workers.md](workers.md) says how a\nWorker is run.\n")
	for _, group := range groups(all) {
		fmt.Fprintf(w, "\n## %s\n\n| API | how it is here |\n|---|---|\n", group[0].Group)
		for _, a := range group {
			fmt.Fprintf(w, "| %s | %s |\n", setting.Cell("`"+a.Name+"`"), setting.Cell(a.short()))
		}
	}
}

// listedFinding is a kind of finding.
type listedFinding struct {
	ID    string       `json:"id"`
	Group detect.Group `json:"group"` // "hazard", "staleness" or "advice"
	Of    string       `json:"of"`    // what it is a share of
	Unit  string       `json:"unit"`  // of its size
	Doc   string       `json:"doc"`
	Do    string       `json:"do"`
}

func listFindings() (out []listedFinding) {
	for _, k := range detect.Kinds() {
		a := k.About()
		out = append(out, listedFinding{a.ID, a.Group, a.Of, a.Unit, a.Doc, a.Do})
	}
	return out
}

// findingGroups say what each group means.
var findingGroups = [...]struct {
	group   detect.Group
	heading string
	doc     string
}{
	{detect.Hazard, "Hazards", "A race or a mistake: always a finding. It fails a run where an expectation forbids it."},
	{detect.Staleness, "Staleness", "What Workers KV does by design: figures, and a finding where an expectation or a promise limits it."},
	{detect.Advice, "Advice", "What could be had for less: it never fails anything."},
}

func tellFindings(w io.Writer, all []listedFinding) {
	for i, g := range findingGroups {
		if i > 0 {
			fmt.Fprintln(w)
		}
		entry(w, strings.ToUpper(g.heading)+"  ", g.doc)
		for _, f := range all {
			if f.Group == g.group {
				entry(w, fmt.Sprintf("  %-18s ", f.ID), f.Doc+"; its share is of all "+f.Of)
				entry(w, strings.Repeat(" ", 21), "mend it: "+f.Do)
			}
		}
	}
}

// markdownFindings prints docs/findings.md.
func markdownFindings(w io.Writer, all []listedFinding) {
	fmt.Fprint(w, "# What the detector finds\n\nMade by `kvbench list findings --markdown`; a test keeps it in step with the code.\n\n"+
		"The detector is told every call of KV that an invocation makes and knows what was acknowledged when. It runs with every\n"+
		"[Worker of your own](workers.md), and with the patterns by `kvbench run --detect`. Each finding has the place in the\n"+
		"script, how often it was, how bad, and an example. A comment `// kvbench-ignore KIND` on the line, or above it, suppresses one.\n")
	for _, g := range findingGroups {
		fmt.Fprintf(w, "\n## %s\n\n%s\n\n| finding | what one is | share of | what to do |\n|---|---|---|---|\n", g.heading, g.doc)
		for _, f := range all {
			if f.Group == g.group {
				fmt.Fprintf(w, "| `%s` | %s | %s | %s |\n", f.ID, setting.Cell(f.Doc), f.Of, setting.Cell(f.Do))
			}
		}
	}
}
